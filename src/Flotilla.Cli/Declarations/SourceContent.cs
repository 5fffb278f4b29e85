using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Declarations;

/// <summary>Content that declared components are made of.</summary>
internal static class SourceContent
{
    /// <summary>Digests that a Component's versions name, of uploads and of files on the web.</summary>
    public static IEnumerable<string> DigestsOf(JsonObject component) =>
        from version in component.Object("spec").Array("versions") ?? []
        let source = version.Object("source")
        from digest in (source.Array("content") ?? []).Select(d => d.AsStringOrNull()).Append(OfWeb(source))
        where digest is not null
        select digest;

    private static string? OfWeb(JsonNode? source) => source.Object("http").String("sha256") is { } hex ? "sha256:" + hex.ToLowerInvariant() : null;
}
