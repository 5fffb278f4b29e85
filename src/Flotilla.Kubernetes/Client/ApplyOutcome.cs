using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>What came of applying an object.</summary>
/// <param name="Created">The object was not there before.</param>
/// <param name="Json">The object as the server has it now, UTF-8.</param>
/// <param name="Warnings">What the server remarked.</param>
public sealed record ApplyOutcome(bool Created, ReadOnlyMemory<byte> Json, IReadOnlyList<string> Warnings)
{
    private JsonObject? parsed;

    /// <summary>The object as the server has it now; parsed at the first look.</summary>
    public JsonObject Object => parsed ??= JsonText.Parse(Json.Span) as JsonObject
        ?? throw new HttpRequestException(HttpRequestError.InvalidResponse, "the server's answer to an apply is no JSON object");
}
