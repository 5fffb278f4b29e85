using Flotilla.Agent.State;
using Flotilla.ApiServer;
using Flotilla.Content;
using Flotilla.Kubernetes.Client;
using Flotilla.Simulation;
using Flotilla.Simulation.Time;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>A whole agent between a hub on the wire and a cluster in memory, in simulated time.</summary>
internal sealed class AgentGround : IAsyncDisposable
{
    private readonly KubernetesApi api;
    private readonly Uri cluster;
    private CancellationTokenSource? stopping;

    private AgentGround(KubernetesApi api, Uri cluster, SimulatedTime time)
    {
        (this.api, this.cluster, Time) = (api, cluster, time);
        Hub = new FakeHub(time);
        Cluster = new KubernetesClient(api.CreateHandler(), cluster, time, api.Token);
    }

    public SimulatedTime Time { get; }

    public FakeHub Hub { get; }

    public KubernetesClient Cluster { get; }

    public MemoryState State { get; } = new(new MemoryContentStore(), "stream");

    public Task Running { get; private set; } = Task.CompletedTask;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<AgentGround> StartAsync()
    {
        var time = new SimulatedTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var api = await KubernetesApi.StartAsync(SimulatedClusters.Options(time, new WorkloadBehaviour()), Cancelled);
        return new AgentGround(api, await api.AddClusterAsync("site", Cancelled), time);
    }

    public static string ConfigMap(string greeting) => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: till, namespace: default}
        data: {greeting: "{{greeting}}"}
        """;

    public void Boot(IAgentState? state = null, TimeProvider? clock = null, Power? power = null)
    {
        stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var agent = new SiteAgent(new SiteAgentOptions
        {
            Hub = new HttpMessageInvoker(Hub, disposeHandler: false),
            HubAddress = FakeHub.Address,
            Cluster = power is null ? Cluster : new KubernetesClient(power.Wire(api.CreateHandler()), cluster, Time, api.Token),
            State = state ?? State,
            Time = clock ?? Time,
            Seed = 1,
            Token = "flt1.secret",
        });
        var token = stopping.Token;
        Running = Task.Run(() => agent.RunAsync(token), Cancelled);
    }

    public async Task ShutDownAsync()
    {
        if (stopping is null)
            return;
        await stopping.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        stopping = null;
    }

    /// <summary>Lets time pass until something holds; an agent that fails on the way ends it.</summary>
    public async Task UntilAsync(Func<bool> holds, int minutes = 60)
    {
        var does = await Time.RunUntilAsync(() => Running.IsFaulted || holds(), TimeSpan.FromMinutes(minutes), Cancelled);
        if (Running.IsFaulted)
            await Running;
        Assert.True(does, $"{Hub.Report}\n{string.Join('\n', Hub.Entries)}");
    }

    public Task UntilAppliedAsync(string release) => UntilAsync(() => Hub.Report?.Applied?.Release == release && Hub.Report.Phase == Api.Sync.SitePhase.Settled
        && State.Journal.Acknowledged == State.Journal.Last);

    public async ValueTask DisposeAsync()
    {
        await ShutDownAsync();
        Cluster.Dispose();
        Hub.Dispose();
        await api.DisposeAsync();
    }
}
