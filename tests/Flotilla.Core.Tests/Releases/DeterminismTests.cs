using CsCheck;
using Flotilla.Api.Components;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases;

namespace Flotilla.Core.Tests.Releases;

/// <summary>The same inputs give the same bytes, whatever the order in which they are listed; and a change touches what it must.</summary>
public sealed class DeterminismTests
{
    private const string Stack =
        """
        kind: Component
        metadata: {name: web}
        spec:
          role: ingress
          versions:
          - version: 1.0.0
            source:
              inline: |
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {ports: [{port: "${port}"}]}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: fixed}
            parameters:
            - {name: port, type: integer, default: 80}
            - {name: host}
            - {name: spare}
            patches:
            - {target: {name: fixed}, merge: {data: {host: "${host}"}}}
            protect: [{kind: Service}, {kind: ConfigMap, name: fixed}, {name: "x-*"}]
            replace: [{kind: Job}, {kind: Pod}]
            requires: [{component: net}, {role: network}]
            ignoreFields: [{kind: Service, fields: [spec.clusterIP]}, {kind: ConfigMap, fields: [data.x]}]
        ---
        kind: Component
        metadata: {name: net}
        spec:
          role: network
          versions:
          - version: 1.0.0
            source: {inline: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: net}\ndata: {tills: '${tills}', country: '${country}'}"}
            parameters: [{name: tills}, {name: country}]
        ---
        kind: Stack
        metadata: {name: shop}
        spec:
          prune: {allow: [{kind: Namespace}, {kind: PersistentVolumeClaim, name: a}]}
          slots:
          - role: ingress
            use: [{component: web, version: 1.0.0, values: [{name: port, value: "8080"}, {name: host, value: "${site.name}"}]}]
            after: [network]
          - role: network
            use: [{component: net, version: 1.0.0, values: [{name: tills, value: "${site.tills}"}, {name: country, value: "${site.labels.country}"}]}]
        """;

    private static readonly Gen<Declared> Shuffled =
        from seeds in Gen.Int.Array[12]
        select Shuffle(Declared.Parse(Stack), seeds);

    [Fact]
    public void The_order_of_lists_that_mean_none_does_not_count()
    {
        var first = Declared.Parse(Stack).Revision();
        var site = Site("1", "FR", "north");
        Shuffled.Sample(declared =>
        {
            var revision = (declared with { Stack = declared.Stack with { Metadata = new() { Name = "other", Namespace = "elsewhere" } } }).Revision();
            Assert.Equal(first.Digest, revision.Digest);
            Assert.Equal(ReleaseCompiler.Compile(first, site).Release!.Digest, ReleaseCompiler.Compile(revision, site).Release!.Digest);
        }, iter: 100);
    }

    /// <summary>Any machine must find this digest; it changes with the form of the inputs only, and then <c>form</c> must, too.</summary>
    [Fact]
    public void Digests_stay_what_they_are() => Assert.Equal(
        ("sha256:45427d25fbcc", "sha256:65865d386ca9"),
        (Declared.Parse(Stack).Revision().Digest[..19], ReleaseCompiler.Compile(Declared.Parse(Stack).Revision(), Site("1", "FR", "north")).Release!.Digest[..19]));

    [Theory]
    [InlineData("version: 1.0.0\n    source: {inline", "version: 1.0.1\n    source: {inline")]
    [InlineData("value: \"8080\"", "value: \"8081\"")]
    [InlineData("metadata: {name: fixed}", "metadata: {name: fixed, labels: {a: b}}")]
    [InlineData("merge: {data: {host", "merge: {data: {hosts")]
    [InlineData("protect: [{kind: Service}", "protect: [{kind: Pod}")]
    [InlineData("replace: [{kind: Job}", "replace: [{kind: CronJob}")]
    [InlineData("{kind: Namespace}, ", "")]
    [InlineData("fields: [data.x]", "fields: [data.y]")]
    [InlineData("- version: 1.0.0\n    source:\n", "- version: 1.0.0\n    upgradeFrom: '>=0.9'\n    source:\n")]
    [InlineData("default: 80}", "default: 81}")]
    [InlineData(", {role: network}]", "]")]
    public void Every_input_counts(string from, string to)
    {
        var changed = Stack.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Stack, changed);
        if (to.StartsWith("version", StringComparison.Ordinal))
            changed = changed.Replace("component: net, version: 1.0.0", "component: net, version: 1.0.1", StringComparison.Ordinal);
        Assert.NotEqual(Declared.Parse(Stack).Revision().Digest, Declared.Parse(changed).Revision().Digest);
    }

    [Fact]
    public void A_changed_parameter_changes_only_the_blobs_that_use_it()
    {
        var revision = Declared.Parse(Stack).Revision();
        var text = Gen.String[Gen.Char["abc${}\\"], 0, 5];
        Gen.Select(text, text, text, text).Sample((tills, country, changed, name) =>
        {
            var before = ReleaseCompiler.Compile(revision, Site(tills, country, name)).Release!.Document.Components;
            var after = ReleaseCompiler.Compile(revision, Site(changed, country, name)).Release!.Document.Components;
            Assert.Equal(["net", "web"], before.Select(c => c.Name));
            Assert.Equal(before[1].Objects, after[1].Objects);
            Assert.Equal(tills == changed, before[0].Objects.SequenceEqual(after[0].Objects));
        }, iter: 300);
    }

    [Fact]
    public void The_cache_gives_what_compiling_gives_within_its_bound()
    {
        var revision = Declared.Parse(Stack).Revision();
        var one = ReleaseCompiler.Compile(revision, Site("1", "FR", "a")).Release!.OwnBytes;
        Gen.Int[0, 20].Array[1, 60].Sample(asked =>
        {
            var cache = new ReleaseCache(one * 5);
            foreach (var tills in asked)
            {
                var site = Site(tills.ToString(System.Globalization.CultureInfo.InvariantCulture), "FR", "a");
                Assert.Equal(ReleaseCompiler.Compile(revision, site).Release!.Digest, cache.Get(revision, site).Release!.Digest);
                Assert.Same(cache.Get(revision, site).Release, cache.Get(revision, site).Release);
                Assert.True(cache.Bytes <= one * 5 + 100 && cache.Count <= 5);
            }
        }, iter: 20);
    }

    private static SiteInputs Site(string tills, string country, string name) => new(name)
    {
        Parameters = new Dictionary<string, string> { ["tills"] = tills },
        Labels = new Dictionary<string, string> { ["country"] = country },
    };

    private static Declared Shuffle(Declared declared, int[] seeds)
    {
        var next = 0;
        IReadOnlyList<T> Mix<T>(IReadOnlyList<T> list)
        {
            var mixed = list.ToArray();
            new Random(seeds[next++ % seeds.Length]).Shuffle(mixed);
            return mixed;
        }
        ComponentVersion Version(ComponentVersion v) => v with
        {
            Parameters = Mix(v.Parameters),
            Protect = Mix(v.Protect),
            Replace = Mix(v.Replace),
            Requires = Mix(v.Requires),
            IgnoreFields = Mix(v.IgnoreFields),
        };
        Component Component(Component c) => c with { Spec = c.Spec with { Versions = [.. c.Spec.Versions.Select(Version)] } };
        StackSlot Slot(StackSlot s) => s with { Use = [.. Mix(s.Use).Select(u => u with { Values = Mix(u.Values) })] };
        var spec = declared.Stack.Spec;
        return declared with
        {
            Components = Mix([.. declared.Components.Select(Component)]),
            Stack = declared.Stack with { Spec = spec with { Slots = Mix([.. spec.Slots.Select(Slot)]), Prune = spec.Prune! with { Allow = Mix(spec.Prune.Allow) } } },
        };
    }
}
