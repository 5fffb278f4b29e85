using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Api.Sync;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>
/// Crashes at every write, to the state and to the cluster, of a story in which objects come, change, go, drift, and are adopted: what was
/// done to each is told once.
/// </summary>
public sealed class ClusterCrashTests
{
    private static readonly ResourceReference ConfigMaps = new("", "v1", "configmaps", true, "ConfigMap");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_done_to_objects_is_told_once_whichever_write_a_crash_cuts_off(bool written)
    {
        var crashes = 0;
        for (var n = 1; await TellAsync(n, written); n++)
            crashes++;
        Assert.True(crashes > 40, $"only {crashes} writes");
    }

    /// <returns>Whether there was an n-th write.</returns>
    private static async Task<bool> TellAsync(int n, bool written)
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        // An object that both have, and one of each alone.
        var (first, second) = (await hub.PublishAsync(Objects("one"), Allow), await hub.PublishAsync(Objects("two"), Allow));
        foreach (var there in YamlReader.ReadAll(Before))
            await ground.Cluster.ApplyAsync((JsonObject)there.Content!, new ApplyOptions { FieldManager = "somebody" }, Cancelled);
        hub.Want(hub.State(1, first));
        var power = new Power(n, written);
        ground.Boot(new BreakingState(ground.State, power), power: power);
        var crashed = false;

        async Task ReachAsync(Func<bool> holds)
        {
            try
            {
                await ground.UntilAsync(() => (!crashed && power.IsGone) || holds());
            }
            catch (IOException e) when (e.Message == Power.Gone)
            {
                // The power went in a write of the state.
            }
            if (crashed || !power.IsGone)
                return;
            crashed = true;
            await ground.ShutDownAsync();
            ground.Boot();
            await ground.UntilAsync(holds);
        }

        bool IsApplied(ReleaseTarget release, long sequence) => hub.Report is { Phase: SitePhase.Settled } report && report.Applied?.Release == release.Release
            && report.Sequence == sequence && ground.State.Journal.Last == ground.State.Journal.Acknowledged;

        await ReachAsync(() => IsApplied(first, 1));
        hub.Want(hub.State(2, second));
        await ReachAsync(() => IsApplied(second, 2));
        await ground.Cluster.PatchAsync(
            ConfigMaps, "default", "till", PatchKind.Merge, JsonNode.Parse("""{"data": {"change": "by hand"}}""")!, new PatchOptions { FieldManager = "kubectl-edit" }, Cancelled);
        await ReachAsync(() => ground.State.Journal.Last == ground.State.Journal.Acknowledged && hub.Entries.Any(e => e.Event == JournalEvent.DriftCorrected));
        // Back again: a release that was in force before.
        hub.Want(hub.State(3, first));
        await ReachAsync(() => IsApplied(first, 3));

        string[] told = [.. hub.Entries.Where(e => e.Component is not null).Select(e => $"{e.Event} {e.Object?.Split('/')[^1] ?? e.Component} {(e.Release == first.Release ? "first" : "second")}")];
        // Of one release they may come together in any order that is true; what matters is each once.
        string[] wanted =
        [
            "Adopted prices first", "ComponentApplied till first", "ComponentHealthy till first",
            "Replaced shelf second", "ComponentApplied till second", "ComponentHealthy till second", "Pruned receipt-one second", "DriftCorrected till second",
            "Replaced shelf first", "ComponentApplied till first", "ComponentHealthy till first", "Pruned receipt-two first",
        ];
        Assert.True(wanted.Order(StringComparer.Ordinal).SequenceEqual(told.Order(StringComparer.Ordinal)), $"write {n}, {(written ? "after" : "before")}:\n{string.Join('\n', hub.Entries)}");
        var left = await ground.Cluster.GetAsync(ConfigMaps, "default", "till", Cancelled);
        Assert.Equal("one", left.Object("data").String("change"));
        Assert.True(ground.State.Inventory!.Entries.Single(e => e.Kind == "Namespace").Found, "the namespace was there before");
        Assert.All(ground.State.Inventory.Entries, e => Assert.Null(e.Intent));
        return crashed;
    }

    private const string Before = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: prices, namespace: default}
        data: {currency: EUR}
        """;

    private static ReleaseComponent Allow(ReleaseComponent component) => component with { Adopt = true, Replace = [new ObjectTarget { Kind = "Deployment" }] };

    private static string Objects(string name) => $$$"""
        {{{Before}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: shelf, namespace: default}
        spec:
          selector: {matchLabels: {app: "{{{name}}}"}}
          template:
            metadata: {labels: {app: "{{{name}}}"}}
            spec: {containers: [{name: shelf, image: "example.com/shelf:1"}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: till, namespace: default}
        data: {change: "{{{name}}}"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: "receipt-{{{name}}}", namespace: default}
        data: {paid: "yes"}
        """;
}
