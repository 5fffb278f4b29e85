using System.Text.Json.Nodes;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Declarations;

/// <summary>Puts digests in the place of <c>source.files</c>: what is stored names no paths.</summary>
internal sealed class SourceUploads(DeclarationContext context, List<Problem> problems)
{
    // Stands where no file was found: something has to, or the schema would complain as well.
    private static readonly string Nothing = ContentDigest.Of(ReadOnlySpan<byte>.Empty);

    private readonly Dictionary<string, ReadOnlyMemory<byte>> uploads = new(StringComparer.Ordinal);

    /// <summary>Content by digest.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Uploads => uploads;

    public void Replace(Declared component)
    {
        var versions = component.Object.Object("spec").Array("versions") ?? [];
        for (var i = 0; i < versions.Count; i++)
        {
            if (versions[i].Object("source") is { } source && source.Remove("files", out var files))
                Replace(component, source, files, $"spec.versions[{i}].source");
        }
    }

    private void Replace(Declared component, JsonObject source, JsonNode? files, string field)
    {
        if (files is not JsonArray paths || paths.Any(path => path.AsStringOrNull() is not { Length: > 0 }) || paths.Count == 0)
        {
            problems.Add(component.Error($"{field}.files", "must be a list of paths", "write paths relative to the folder of this file, as - contour.yaml or - manifests/*.yaml"));
            source["content"] = new JsonArray(Nothing);
            return;
        }
        var content = source.Array("content") ?? [];
        for (var i = 0; i < paths.Count; i++)
        {
            foreach (var file in Find(component, paths[i].AsStringOrNull()!, $"{field}.files[{i}]"))
            {
                var digest = ContentDigest.Of(file.Content.Span);
                uploads[digest] = file.Content;
                component.ContentFiles[$"{field}.content[{content.Count}]"] = file.Name;
                content.Add((JsonNode)digest);
            }
        }
        if (content.Count == 0)
            content.Add((JsonNode)Nothing);
        source["content"] = content;
    }

    private IReadOnlyList<DeclarationFile> Find(Declared component, string path, string field)
    {
        if (context.Files is not { } find)
        {
            problems.Add(component.Error(field, "files can be named only in what flotilla apply reads from a folder", "use inline, http or content instead"));
            return [];
        }
        var found = find(component.File, path);
        if (found.Count == 0)
            problems.Add(component.Error(field, $"there is no file {path}", $"paths are relative to the folder of {component.File}"));
        return found;
    }
}
