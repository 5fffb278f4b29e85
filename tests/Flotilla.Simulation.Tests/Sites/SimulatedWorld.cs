using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Core.Declarations;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Simulation.Sites;
using Flotilla.Simulation.Time;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Simulation.Tests.Sites;

/// <summary>A hub and simulated sites in memory, in simulated time.</summary>
internal sealed class SimulatedWorld : IAsyncDisposable
{
    private static readonly TimeSpan Startup = TimeSpan.FromMinutes(5);
    private static readonly ApplyOptions Apply = new() { FieldManager = "test", Force = true };

    private SimulatedWorld(SimulatedTime time, WorkloadBehaviour workloads)
    {
        Time = time;
        Workloads = workloads;
    }

    public SimulatedTime Time { get; }

    public WorkloadBehaviour Workloads { get; }

    public HubHost Hub { get; private set; } = null!;

    public SimulatedFleet Fleet { get; private set; } = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<SimulatedWorld> StartAsync(IReadOnlyList<SimulatedSitePlan> plans)
    {
        var time = new SimulatedTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var world = new SimulatedWorld(time, new WorkloadBehaviour { ReadyAfter = TimeSpan.FromSeconds(20) });
        world.Hub = await time.DuringAsync(HubHost.StartAsync(new HubOptions { Time = time, Online = false }, Cancelled), Startup, Cancelled);
        foreach (var ns in plans.Select(p => p.Name.Namespace).Distinct())
            await world.ApplyAsync(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } });
        foreach (var plan in plans)
            await world.ApplyAsync(plan.ToObject());
        world.Fleet = await SimulatedFleet.OpenAsync(
            plans,
            new SimulatedFleetOptions
            {
                Hub = world.Hub.Gateway.CreateHandler,
                HubAddress = world.Hub.Gateway.Address,
                Token = world.Hub.NewTokenAsync,
                Workloads = world.Workloads,
                Time = time,
                Seed = 7,
            },
            Cancelled);
        await time.DuringAsync(world.Fleet.StartAsync(Cancelled), Startup, Cancelled);
        return world;
    }

    /// <summary>Applies all files below a folder.</summary>
    public async Task ApplyFolderAsync(string folder)
    {
        var files = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => new DeclarationFile(f, File.ReadAllBytes(f)));
        var set = DeclarationReader.Read(files, new DeclarationContext());
        Assert.Empty(set.Problems);
        foreach (var obj in set.Objects)
            await ApplyAsync(obj);
    }

    public Task ApplyAsync(JsonObject obj) => Hub.Api.ApplyAsync(obj, Apply, Cancelled);

    public async Task<Site> SiteAsync(SiteName name) =>
        (await Hub.Api.GetAsync(new ResourceReference("flotilla.dev", "v1alpha1", "sites", true, "Site"), name.Namespace, name.Name, Cancelled)).Deserialize(ApiJson.Default.Site)!;

    public async Task<Fleet> FleetAsync(string ns, string name) =>
        (await Hub.Api.GetAsync(new ResourceReference("flotilla.dev", "v1alpha1", "fleets", true, "Fleet"), ns, name, Cancelled)).Deserialize(ApiJson.Default.Fleet)!;

    /// <summary>Lets time pass until something that is read from the API holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, TimeSpan most, Func<Task<string>> otherwise)
    {
        var end = Time.GetUtcNow() + most;
        while (Time.GetUtcNow() < end)
        {
            if (await holds())
                return;
            // Looking costs more than waiting, so what takes long is looked at less often.
            var passed = most - (end - Time.GetUtcNow());
            await Time.PassAsync(passed < TimeSpan.FromMinutes(2) ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1), Cancelled);
        }
        Assert.Fail($"not within {most}: {await otherwise()}");
    }

    public Task UntilReadyAsync(string ns, string fleet, TimeSpan most) => UntilAsync(
        async () => Says(await FleetAsync(ns, fleet), "Ready") == ConditionStatus.True,
        most,
        async () => JsonSerializer.Serialize((await FleetAsync(ns, fleet)).Status!, ApiJson.Default.Fleet.Options.GetTypeInfo(typeof(FleetStatus)))
            + string.Join("\n", Fleet.Sites.Where(s => !s.IsRunning).Select(s => $"{s.Name} ended: {s.Running.Exception?.GetBaseException()}"))
            + string.Join("\n", await Task.WhenAll(Fleet.Sites.Select(async s => $"{s.Name} " + string.Join("; ", (await SiteAsync(s.Name)).Status?.Conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}") ?? [])))));

    public static ConditionStatus? Says(Fleet fleet, string type) => fleet.Status?.Conditions.FirstOrDefault(c => c.Type == type && c.ObservedGeneration == fleet.Metadata.Generation)?.Status;

    public async ValueTask DisposeAsync()
    {
        if (Fleet is not null)
            await Time.DuringAsync(Fleet.DisposeAsync().AsTask(), Startup, CancellationToken.None);
        if (Hub is not null)
            await Time.DuringAsync(Hub.DisposeAsync().AsTask(), Startup, CancellationToken.None);
    }
}
