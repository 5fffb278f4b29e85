using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Releases.Sources;

/// <summary>Reads the manifests of a component version.</summary>
internal sealed class SourceReader(ComponentUse use, Func<string, ReadOnlyMemory<byte>?> content, ProblemList problems)
{
    private readonly List<ManifestObject> objects = [];

    /// <summary>The digests of a version's sources.</summary>
    public static IReadOnlyList<string> DigestsOf(ComponentUse use) => use.Version.Source switch
    {
        { Inline: { } text } => [ContentDigest.Of(Encoding.UTF8.GetBytes(text))],
        { Http: { } http } => ["sha256:" + http.Sha256.ToLowerInvariant()],
        var source => source.Content,
    };

    /// <summary>Reads all objects of a version.</summary>
    /// <param name="use">The version.</param>
    /// <param name="content">The bytes behind a digest; null while they are not there.</param>
    /// <param name="problems">Told what is wrong.</param>
    public static List<ManifestObject> Read(ComponentUse use, Func<string, ReadOnlyMemory<byte>?> content, ProblemList problems)
    {
        var reader = new SourceReader(use, content, problems);
        reader.ReadAll();
        return reader.objects;
    }

    private void ReadAll()
    {
        var before = problems.Count;
        var source = use.Version.Source;
        var place = use.VersionPlace.At("source");
        var kinds = (source.Inline is null ? 0 : 1) + (source.Http is null ? 0 : 1) + (source.Content.Count == 0 ? 0 : 1);
        if (kinds != 1)
            problems.Add(place.Stalled(kinds == 0 ? "no source" : "more than one source", "set exactly one of inline, http and content"));
        else if (source.Inline is { } text)
            ReadYaml(Encoding.UTF8.GetBytes(text), place.At("inline"));
        else if (source.Http is { } http)
            Fetch(DigestsOf(use)[0], place.At("http"), http.Url);
        else
        {
            for (var i = 0; i < source.Content.Count; i++)
                Fetch(source.Content[i], place.At($"content[{i}]"), source.Content[i]);
        }
        if (objects.Count == 0 && problems.Count == before)
            problems.Add(place.Stalled("has no objects", "add some"));
    }

    private void Fetch(string digest, Place place, string named)
    {
        if (!ContentDigest.IsValid(digest))
            problems.Add(place.Stalled($"\"{digest}\" is no SHA-256 digest", "write 64 hexadecimal digits"));
        else if (content(digest) is { } bytes)
            ReadYaml(bytes.Span, place);
        else
            problems.Add(new CompileProblem(ProblemKind.Waiting, place.Object, place.Field, $"{named} is not here yet", "wait until it is fetched, or upload it"));
    }

    private void ReadYaml(ReadOnlySpan<byte> bytes, Place place)
    {
        try
        {
            foreach (var document in YamlReader.ReadAll(bytes, d => problems.Add(place.Stalled($"key {d.Key} stands twice in one mapping", "remove one", d.Line))))
                Flatten(document.Content, new ManifestObject([], document, "", place));
        }
        catch (YamlReadException e)
        {
            problems.Add(place.Stalled($"not YAML: {e.Problem}", "mend the manifest", e.Line));
        }
    }

    /// <summary>Takes lists apart, as kubectl does; what is left must be an object.</summary>
    private void Flatten(JsonNode? node, ManifestObject at)
    {
        if (node is not JsonObject found)
        {
            problems.Add(at.Source.Stalled("a manifest must be an object", "remove it, or mend the indentation", at.Line));
            return;
        }
        var kind = found.String("kind") ?? "";
        if (kind.EndsWith("List", StringComparison.Ordinal) && found.Array("items") is { } items && found.Object("metadata").String("name") is null)
        {
            for (var i = 0; i < items.Count; i++)
                Flatten(Item(items[i], found, kind), at with { Path = FieldText.Element(FieldText.Child(at.Path, "items"), i) });
            return;
        }
        at = at with { Content = found };
        if (ObjectShape.ProblemOf(found) is var (field, message, remedy))
            problems.Add(at.Problem(field, message, remedy));
        else
            objects.Add(at);
    }

    /// <summary>Items of a typed list need not say again what they are.</summary>
    private static JsonNode? Item(JsonNode? item, JsonObject list, string kind)
    {
        if (item is JsonObject map && kind != "List")
        {
            map.TryAdd("kind", kind[..^"List".Length], out _);
            map.TryAdd("apiVersion", list.String("apiVersion"), out _);
        }
        return item;
    }
}
