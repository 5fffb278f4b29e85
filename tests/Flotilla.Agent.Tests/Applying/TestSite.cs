using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Flotilla.Agent.Applying;
using Flotilla.ApiServer;
using Flotilla.Kubernetes.Client;
using Flotilla.Simulation;
using Flotilla.Simulation.Time;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Agent.Tests.Applying;

/// <summary>A simulated cluster, an applier for it, and a user's hands; all in simulated time.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly Uri address;
    private CancellationTokenSource? stopping;
    private Task running = Task.CompletedTask;

    private TestSite(KubernetesApi api, Uri address, SimulatedTime time, WorkloadBehaviour behaviour)
    {
        (Api, this.address, Time, Behaviour) = (api, address, time, behaviour);
        User = new KubernetesClient(api.CreateHandler(), address, time, api.Token);
        Wire = new CountedWire(api.CreateHandler());
    }

    public KubernetesApi Api { get; }

    public SimulatedTime Time { get; }

    public WorkloadBehaviour Behaviour { get; }

    /// <summary>Somebody with kubectl.</summary>
    public KubernetesClient User { get; }

    /// <summary>What the applier sends.</summary>
    public CountedWire Wire { get; }

    public RememberedInventory Inventory { get; } = new();

    public RecordingObserver Observer { get; private set; } = new(new RememberedInventory());

    public ReleaseSource Releases { get; private set; } = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<TestSite> StartAsync()
    {
        var time = new SimulatedTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var behaviour = new WorkloadBehaviour { ReadyAfter = TimeSpan.FromSeconds(5) };
        var api = await KubernetesApi.StartAsync(SimulatedClusters.Options(time, behaviour), Cancelled);
        return new TestSite(api, await api.AddClusterAsync("site", Cancelled), time, behaviour);
    }

    /// <summary>Starts an applier, as a process would after a reboot: with nothing but the inventory.</summary>
    public void Boot(LoadedRelease? release = null)
    {
        (Observer, Releases) = (new RecordingObserver(Inventory), new ReleaseSource());
        stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var client = new KubernetesClient(Wire, address, Time, Api.Token);
        var (releases, observer, token) = (Releases, Observer, stopping.Token);
        var applier = new ReleaseApplier(client, observer, Time);
        if (release is not null)
            releases.Set(release);
        running = Task.Run(() => applier.RunAsync(releases, observer, token), Cancelled);
    }

    public async Task ShutDownAsync()
    {
        if (stopping is null)
            return;
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        stopping.Dispose();
        stopping = null;
    }

    public Task UntilSettledAsync() => UntilAsync(p => p is { Applied: true, Healthy: true });

    /// <summary>Lets time pass until the applier reports something about its present release.</summary>
    public async Task UntilAsync(Func<ApplyProgress, bool> holds, int minutes = 30)
    {
        var wanted = Releases.Current!.Digest;
        var does = await Time.RunUntilAsync(
            () => running.IsFaulted || (Observer.Progress is { } now && now.Release == wanted && holds(now)), TimeSpan.FromMinutes(minutes), Cancelled);
        if (running.IsFaulted)
            await running;
        Assert.True(does, Story());
    }

    public Task PassAsync(int seconds) => Time.PassAsync(TimeSpan.FromSeconds(seconds), Cancelled);

    public async Task<JsonObject?> GetAsync(string apiVersion, string kind, string? ns, string name) =>
        await User.GetAsync(await User.Resources.ResolveAsync(apiVersion, kind, Cancelled), ns, name, Cancelled);

    public async Task PatchAsync(string apiVersion, string kind, string? ns, string name, string merge, string manager = "kubectl-edit") =>
        await User.PatchAsync(
            await User.Resources.ResolveAsync(apiVersion, kind, Cancelled), ns, name, PatchKind.Merge, JsonNode.Parse(merge)!, new PatchOptions { FieldManager = manager }, Cancelled);

    public async Task DeleteAsync(string apiVersion, string kind, string? ns, string name) =>
        await User.DeleteAsync(await User.Resources.ResolveAsync(apiVersion, kind, Cancelled), ns, name, DeleteOptions.Default, Cancelled);

    public async Task CreateAsync(string yaml)
    {
        foreach (var document in Kubernetes.Yaml.YamlReader.ReadAll(yaml))
            await User.ApplyAsync((JsonObject)document.Content!, new ApplyOptions { FieldManager = "somebody" }, Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await ShutDownAsync();
        User.Dispose();
        await Api.DisposeAsync();
    }

    public string Story() => string.Join('\n',
    [
        .. Observer.Events.Select(e => $"{e.Event} {e.Component} {e.Object}: {e.Reason} {e.Message}"),
        .. (Observer.Progress?.Components ?? []).Select(c => $"{c.Name} {c.Phase} {c.Reason} {c.Message}\n  {string.Join("\n  ", c.Problems)}"),
        $"applied {Observer.Progress?.Applied} healthy {Observer.Progress?.Healthy} failed {Observer.Progress?.Failed}",
    ]);
}

/// <summary>Counts what goes over the wire, and can break it.</summary>
internal sealed class CountedWire(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ConcurrentQueue<(string Method, string Path)> requests = new();

    /// <summary>Answers instead of the server, when it answers.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?>? Instead { get; set; }

    public IReadOnlyList<(string Method, string Path)> Requests => [.. requests];

    public IReadOnlyList<string> Writes => [.. requests.Where(r => r.Method != "GET").Select(r => $"{r.Method} {r.Path}")];

    public void Forget() => requests.Clear();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        requests.Enqueue((request.Method.Method, request.RequestUri!.AbsolutePath.Replace("/clusters/site", "", StringComparison.Ordinal)));
        return Instead?.Invoke(request) is { } answer ? Task.FromResult(answer) : base.SendAsync(request, cancellationToken);
    }

    public static HttpResponseMessage Refusal(int code, string reason, string message, int retryAfter = 0)
    {
        var response = new HttpResponseMessage((HttpStatusCode)code)
        {
            Content = new StringContent(new Kubernetes.Errors.ApiStatus(code, reason, message).ToJson().ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        if (retryAfter > 0)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return response;
    }
}
