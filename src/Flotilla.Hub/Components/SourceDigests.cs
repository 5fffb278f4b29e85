using Flotilla.Api.Components;

namespace Flotilla.Hub.Components;

/// <summary>What a source needs of the content store.</summary>
internal static class SourceDigests
{
    public static IReadOnlyList<string> Of(ComponentSource source) =>
        source.Http is { } http ? ["sha256:" + http.Sha256.ToLowerInvariant()] : source.Content;
}
