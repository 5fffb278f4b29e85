using System.Text.Json.Nodes;
using Flotilla.Agent.Journals;
using Flotilla.Api.Sync;
using Flotilla.EndToEnd.Fleets;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Rollouts;

/// <summary>A fleet of processes that runs something well, and what is watched of it when something bad follows.</summary>
internal sealed class RolloutGround(FleetGround ground, ResourceReference resource, string ns, string name) : IAsyncDisposable
{
    private const string Fleet = "stores";
    private static readonly ResourceReference Rollouts = FleetGround.Resource("rollouts", "Rollout");
    private static readonly ResourceReference Fleets = FleetGround.Resource("fleets", "Fleet");
    private readonly KubernetesClient hub = ground.Client();
    private readonly Dictionary<int, (string Live, int Begun)> before = [];

    public FleetGround Ground => ground;

    /// <summary>The revision that all sites run.</summary>
    public string Good { get; private set; } = "";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Brings the first version to everybody at once; then says how later ones go out.</summary>
    /// <param name="fleet">The fleet with a strategy.</param>
    public async Task SettleAsync(IEnumerable<JsonObject> declared, Func<JsonObject, JsonObject> fleet, JsonObject strategy)
    {
        await ground.ApplyAsync([.. declared, fleet(new JsonObject { ["maxConcurrent"] = "100%", ["waves"] = new JsonArray(new JsonObject { ["name"] = "all" }) })]);
        Good = await ground.ConvergedAsync(Fleet, null);
        await SeeFleetAsync(seen => seen.Object("status").Object("revision").String("good") == Good);
        await ChangeAsync(fleet(strategy));
    }

    /// <summary>Says how what is declared next goes out, and remembers what sites have now.</summary>
    public async Task ChangeAsync(JsonObject fleet)
    {
        await ground.ApplyAsync(fleet);
        // What is declared next must go out that way already.
        await SeeFleetAsync(seen => Condition(seen, "Ready").Member("observedGeneration").AsInt64OrNull() == seen.Object("metadata").Member("generation").AsInt64OrNull());
        for (var site = 1; site <= ground.Agents.Count; site++)
            before[site] = await LookAsync(site);
    }

    public Task<JsonObject> SeeFleetAsync(Predicate<JsonObject> wanted) => ground.SeeAsync(hub, Fleets, RealStack.Namespace, Fleet, wanted);

    /// <summary>Waits until a rollout is as wanted.</summary>
    public Task<JsonObject> SeeAsync(string rollout, Predicate<JsonObject> wanted) => ground.SeeAsync(hub, Rollouts, RealStack.Namespace, rollout, wanted);

    /// <summary>Waits until a rollout is in a phase.</summary>
    /// <returns>Its status.</returns>
    public async Task<JsonObject> SeePhaseAsync(string rollout, string phase) =>
        (await SeeAsync(rollout, seen => seen.Object("status").String("phase") == phase)).Object("status")!;

    /// <summary>The revision that a rollout brings.</summary>
    public async Task<string> RevisionAsync(string rollout) => (await SeeAsync(rollout, _ => true)).Object("spec").String("revision")!;

    /// <summary>The rollout's story, a line each.</summary>
    public static string Story(JsonObject status) => string.Join('\n', (status.Array("story") ?? []).Select(line => line.String("message")));

    /// <summary>The one site that the cluster's own journal says has begun something since; all others must have seen nothing.</summary>
    public async Task<int> OnlyOneBeganAsync()
    {
        var touched = new List<int>();
        foreach (var (site, was) in before)
        {
            var now = await LookAsync(site);
            if (now.Begun != was.Begun)
                touched.Add(site);
            else
                Assert.Equal(was, now);
        }
        return Assert.Single(touched);
    }

    /// <summary>Releases that a site began, in order, by its own journal.</summary>
    public async Task<IReadOnlyList<string>> BegunAsync(int site) =>
    [
        .. (await FolderJournal.ReadOnlyAsync(Path.Combine(ground.Agents[site - 1].Folder, "journal"), Cancelled))
            .Where(e => e.Event == JournalEvent.ReleaseBegun).Select(e => e.Release!),
    ];

    /// <summary>The site has begun the bad release once, then what it had before, and nothing since.</summary>
    public async Task WentThereAndBackAsync(int site)
    {
        var begun = (await BegunAsync(site)).Skip(before[site].Begun - 1).ToList();
        Assert.Equal(3, begun.Count);
        Assert.Equal(begun[0], begun[2]);
        Assert.NotEqual(begun[0], begun[1]);
    }

    /// <summary>The fleet names the revision as one that nobody gets.</summary>
    public async Task IsQuarantinedAsync(string revision)
    {
        var fleet = await SeeFleetAsync(seen => (seen.Object("status").Object("revision").Array("quarantined") ?? []).Any(q => q.String("revision") == revision));
        Assert.Equal(Good, fleet.Object("status").Object("revision").String("good"));
    }

    public async ValueTask DisposeAsync()
    {
        hub.Dispose();
        await ground.DisposeAsync();
    }

    private static JsonObject? Condition(JsonObject obj, string type) =>
        (JsonObject?)(obj.Object("status").Array("conditions") ?? []).FirstOrDefault(c => c.String("type") == type);

    /// <summary>What is live: an object that was changed and put back has another generation, one that was made anew another uid.</summary>
    private async Task<(string Live, int Begun)> LookAsync(int site)
    {
        using var cluster = ground.ClientAt(site);
        var metadata = (await cluster.GetAsync(resource, ns, name, Cancelled)).Object("metadata");
        return ($"{metadata.String("uid")} {metadata.Member("generation")}", (await BegunAsync(site)).Count);
    }
}
