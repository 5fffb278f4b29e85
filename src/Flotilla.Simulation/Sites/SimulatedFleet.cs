using Flotilla.Agent.State;
using Flotilla.ApiServer;
using Flotilla.Content;
using Flotilla.Kubernetes.Client;
using Flotilla.Simulation.Links;

namespace Flotilla.Simulation.Sites;

/// <summary>Simulated sites of one process: their clusters are virtual clusters of one embedded API server.</summary>
public sealed class SimulatedFleet : IAsyncDisposable
{
    private const int StartingAtOnce = 16;
    private readonly SimulatedFleetOptions options;
    private readonly KubernetesApi clusters;
    private readonly HttpMessageHandler clustersHandler;
    private readonly MemoryContentStore content = new();
    private readonly Dictionary<string, SimulatedSite> sites = new(StringComparer.Ordinal);

    private SimulatedFleet(SimulatedFleetOptions options, KubernetesApi clusters)
    {
        this.options = options;
        this.clusters = clusters;
        clustersHandler = clusters.CreateHandler();
    }

    /// <summary>The sites, by their names.</summary>
    public IReadOnlyCollection<SimulatedSite> Sites => sites.Values;

    /// <summary>Address of the server of all clusters, when it listens; that of one is below it, at <c>/clusters/NAME</c>.</summary>
    public Uri ClustersAddress => clusters.Address;

    /// <summary>A site by its name.</summary>
    public SimulatedSite this[string name] => sites[name];

    /// <summary>Opens the sites and their clusters; no agent runs yet.</summary>
    /// <exception cref="IOException">The port is taken, or the folder is in use.</exception>
    public static async Task<SimulatedFleet> OpenAsync(IReadOnlyList<SimulatedSitePlan> plans, SimulatedFleetOptions options, CancellationToken cancellation)
    {
        var clusters = await KubernetesApi.StartAsync(
            SimulatedClusters.Options(options.Time, options.Workloads) with
            {
                Listen = options.ClustersPort is not null,
                Port = options.ClustersPort ?? 0,
                DataFolder = options.DataFolder is { } folder ? Path.Combine(folder, "clusters") : null,
                KubeconfigFile = options.KubeconfigFile,
                Clusters = [.. plans.Select(p => p.Cluster)],
                Logging = options.Logging,
            },
            cancellation);
        var fleet = new SimulatedFleet(options, clusters);
        var number = 0;
        foreach (var plan in plans)
            fleet.sites[plan.Name.Name] = fleet.Open(plan, options.Seed + (number++ * 10));
        return fleet;
    }

    /// <summary>Starts all agents.</summary>
    public Task StartAsync(CancellationToken cancellation) => Parallel.ForEachAsync(
        sites.Values,
        new ParallelOptions { MaxDegreeOfParallelism = StartingAtOnce, CancellationToken = cancellation },
        async (site, stop) => await site.StartAsync(stop));

    /// <summary>Stops all agents, then the clusters.</summary>
    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(sites.Values, async (site, _) => await site.DisposeAsync());
        clustersHandler.Dispose();
        await clusters.DisposeAsync();
    }

    private SimulatedSite Open(SimulatedSitePlan plan, int seed)
    {
        var link = new SimulatedLink(options.Hub(), options.Time) { Latency = options.WithLatency ? plan.Latency : TimeSpan.Zero };
        var cluster = new KubernetesClient(clustersHandler, new Uri(clusters.Address, $"/clusters/{plan.Cluster}"), options.Time, clusters.Token);
        return new SimulatedSite(plan, link, cluster, StateOf(plan), options, seed);
    }

    private Func<CancellationToken, Task<IAgentState>> StateOf(SimulatedSitePlan plan)
    {
        if (options.DataFolder is { } folder)
            return async cancellation => await FolderState.OpenAsync(Path.Combine(folder, "agents", plan.Name.Name), options.Time, cancellation);
        var memory = new MemoryState(content, $"simulated-{plan.Name.Name}");
        return _ => Task.FromResult<IAgentState>(memory);
    }
}
