using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Tests.Releases;

/// <summary>What a user declares, read from YAML as one would write it.</summary>
internal sealed record Declared(Stack Stack, IReadOnlyList<Component> Components, IReadOnlyList<Site> Sites)
{
    public IReadOnlyDictionary<string, byte[]> Content { get; init; } = new Dictionary<string, byte[]>();

    public static Declared Parse(string yaml) => Of(YamlReader.ReadAll(yaml).Select(d => (JsonObject)d.Content!));

    public static Declared Of(IEnumerable<JsonObject> objects)
    {
        var all = objects.ToLookup(o => o.String("kind"));
        return new Declared(
            all["Stack"].Single().Deserialize(ApiJson.Default.Stack)!,
            [.. all["Component"].Select(o => o.Deserialize(ApiJson.Default.Component)!)],
            [.. all["Site"].Select(o => o.Deserialize(ApiJson.Default.Site)!)]);
    }

    public RevisionOutcome Compile() => RevisionCompiler.Compile(Stack, Components, digest => Content.TryGetValue(digest, out var bytes) ? (ReadOnlyMemory<byte>?)bytes : null);

    public Revision Revision()
    {
        var outcome = Compile();
        Assert.Empty(outcome.Problems);
        return outcome.Revision!;
    }

    public Release Release(int site = 0)
    {
        var outcome = ReleaseCompiler.Compile(Revision(), SiteInputs.Of(Sites[site]));
        Assert.Empty(outcome.Problems);
        return outcome.Release!;
    }

    /// <summary>All problems, of the revision or else of the first site, as people read them.</summary>
    public string Problems()
    {
        var outcome = Compile();
        return string.Join('\n', outcome.Revision is null ? outcome.Problems : ReleaseCompiler.Compile(outcome.Revision, SiteInputs.Of(Sites[0])).Problems);
    }
}

internal static class ReleaseReading
{
    /// <summary>All objects of a release with their components, in the release's order.</summary>
    public static IEnumerable<(string Component, JsonObject Content)> Objects(this Release release)
    {
        var blobs = release.Blobs.DistinctBy(b => b.Digest).ToDictionary(b => b.Digest, b => b.Bytes);
        return release.Document.Components.SelectMany(c => c.Objects.SelectMany(d => Lines(blobs[d])).Select(o => (c.Name, o)));
    }

    public static JsonObject Object(this Release release, string kind, string name) =>
        release.Objects().Single(o => o.Content.String("kind") == kind && o.Content.Object("metadata").String("name") == name).Content;

    public static IEnumerable<JsonObject> Lines(ReadOnlyMemory<byte> blob) =>
        Encoding.UTF8.GetString(blob.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(l))!);
}
