using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Components;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases;
using Flotilla.Core.Releases.Changes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.Bench;

/// <summary>A stack of twenty published components, with values that sites give, compiled for 10,000 sites; one thread.</summary>
internal static class CompileBench
{
    private const int Sites = 10_000, Distinct = 500;

    public static Task<MarkdownTable> RunAsync(CancellationToken cancellationToken)
    {
        var table = new MarkdownTable("what", "ms", "MiB", "notes");
        var content = new Dictionary<string, byte[]>();
        var components = Components(content);
        var stack = Stack(components);
        Func<string, ReadOnlyMemory<byte>?> read = digest => content.TryGetValue(digest, out var bytes) ? (ReadOnlyMemory<byte>?)bytes : null;

        var before = Heap();
        var (revision, elapsed) = Timed(() => Revision(stack, components, read));
        table.Add("stack to revision, cold", elapsed, Heap() - before, $"{components.Count} components, {content.Values.Sum(c => c.Length) / 1024:N0} KiB of YAML");
        table.Add("stack to revision, again", Timed(() => Revision(stack, components, read)).Milliseconds, "", "");

        var sites = Enumerable.Range(0, Sites).Select(i => SiteInputs.Of(Site(i, i % Distinct))).ToArray();
        before = Heap();
        var cache = new ReleaseCache();
        var (releases, all) = Timed(() => Releases(cache, revision, sites, cancellationToken));
        var objects = releases[0].OwnBlobs.Sum(b => Encoding.UTF8.GetString(b.Bytes.Span).Count(c => c == '\n'));
        table.Add(
            $"{Sites:N0} sites, {Distinct} distinct, cold", all, Heap() - before,
            $"{releases.DistinctBy(r => r.Digest).Count()} releases, {objects} objects of each its own, {releases[0].OwnBytes / 1024.0:0.#} KiB");
        table.Add($"{Sites:N0} sites, nothing changed", Timed(() => Releases(cache, revision, sites, cancellationToken)).Milliseconds, "", "");

        sites[4711] = SiteInputs.Of(Site(4711, Distinct + 1));
        var (changed, one) = Timed(() => Releases(cache, revision, sites, cancellationToken));
        table.Add($"{Sites:N0} sites, a parameter of one changed", one, "", $"{changed.Zip(releases).Count(p => p.First.Digest != p.Second.Digest)} site gets another release");
        table.Add("one release more", Timed(() => Enumerable.Range(0, 100).Select(i => ReleaseCompiler.Compile(revision, SiteInputs.Of(Site(1, 10_000 + i))).Release!.Digest).Count()).Milliseconds / 100, "", "mean of 100");
        table.Add("difference of two releases", Timed(() => ReleaseDiff.Between(releases[4711], changed[4711])).Milliseconds, "", $"{ReleaseDiff.Between(releases[4711], changed[4711]).Objects.Count} objects");
        GC.KeepAlive(cache);
        return Task.FromResult(table);
    }

    private static Release[] Releases(ReleaseCache cache, Revision revision, SiteInputs[] sites, CancellationToken cancellationToken)
    {
        var releases = new Release[sites.Length];
        for (var i = 0; i < sites.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            releases[i] = cache.Get(revision, sites[i]).Release ?? throw new InvalidOperationException("a site does not compile");
        }
        return releases;
    }

    private static Revision Revision(Stack stack, IEnumerable<Component> components, Func<string, ReadOnlyMemory<byte>?> read)
    {
        var outcome = RevisionCompiler.Compile(stack, components, read);
        return outcome.Revision ?? throw new InvalidOperationException(string.Join('\n', outcome.Problems));
    }

    /// <summary>Ten projects, each twice: the second time under other names.</summary>
    private static List<Component> Components(Dictionary<string, byte[]> content)
    {
        var components = new List<Component>();
        foreach (var stored in RealStack.StoredComponents(content))
        {
            var component = System.Text.Json.JsonSerializer.Deserialize(stored, ApiJson.Default.Component)!;
            var version = component.Spec.Versions[^1];
            var objects = version.Source.Content.SelectMany(d => YamlReader.ReadAll(content[d])).Select(d => (JsonObject)d.Content!).ToList();
            components.Add(With(component, component.Metadata.Name, version, objects));
            foreach (var metadata in objects.Select(o => o.Object("metadata")!))
                metadata["name"] = metadata.String("name") + "-two";
            var bytes = Encoding.UTF8.GetBytes(YamlWriter.WriteAll(objects));
            var digest = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
            content[digest] = bytes;
            components.Add(With(component, component.Metadata.Name + "-two", version with { Source = new ComponentSource { Content = [digest] } }, objects));
        }
        var used = components.SelectMany(c => c.Spec.Versions[0].Source.Content).ToHashSet();
        foreach (var unused in content.Keys.Where(d => !used.Contains(d)).ToList())
            content.Remove(unused);
        return components;
    }

    private static Component With(Component component, string name, ComponentVersion version, List<JsonObject> objects)
    {
        (string Kind, string Patch)[] patches =
        [
            ("Deployment", """{"spec":{"template":{"metadata":{"annotations":{"example.com/tills":"x${tills}"}}}}}"""),
            ("DaemonSet", """{"spec":{"template":{"metadata":{"annotations":{"example.com/tills":"x${tills}"}}}}}"""),
            ("ConfigMap", """{"data":{"tills":"x${tills}"}}"""),
        ];
        return component with
        {
            Metadata = component.Metadata with { Name = name },
            Spec = component.Spec with
            {
                Versions =
                [
                    version with
                    {
                        Conflicts = [],
                        Parameters = [new ComponentParameter { Name = "tills", Type = "integer" }],
                        Patches = [.. patches.Where(p => objects.Any(o => o.String("kind") == p.Kind)).Select(p => new ObjectPatch { Target = new ObjectTarget { Kind = p.Kind }, Strategic = JsonNode.Parse(p.Patch) })],
                    },
                ],
            },
        };
    }

    private static Stack Stack(IEnumerable<Component> components) => new()
    {
        Metadata = new ObjectMeta { Name = "bench" },
        Spec = new StackSpec
        {
            Slots =
            [
                .. components.GroupBy(c => c.Spec.Role).Select(g => new StackSlot
                {
                    Role = g.Key,
                    Use = [.. g.Select(c => new StackUse { Component = c.Metadata.Name, Version = c.Spec.Versions[0].Version, Values = [new ParameterValue { Name = "tills", Value = "${site.tills}" }] })],
                }),
            ],
        },
    };

    private static Site Site(int number, int tills) => new()
    {
        Metadata = new ObjectMeta { Name = $"store-{number}" },
        Spec = new SiteSpec { Parameters = [new SiteParameter { Name = "tills", Value = tills.ToString(CultureInfo.InvariantCulture) }, new SiteParameter { Name = "unused", Value = $"{number}" }] },
    };

    private static (T Result, double Milliseconds) Timed<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        var result = work();
        return (result, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static double Heap() => GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
}
