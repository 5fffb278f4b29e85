using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.ApiServer;
using Flotilla.Hub.Hosting;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Agents;

/// <summary>The agent as it is shipped, one native file, between a hub over TLS and the API of a cluster over TLS.</summary>
internal sealed class AgentSite : IAsyncDisposable
{
    private static readonly SiteName Name = new("retail", "store-1");
    private static readonly ResourceReference ConfigMaps = new("", "v1", "configmaps", true, "ConfigMap");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-agent");
    private readonly HubHost hub;
    private readonly KubernetesApi api;

    private AgentSite(HubHost hub, KubernetesApi api)
    {
        (this.hub, this.api) = (hub, api);
        Proxy = new CountingProxy(hub.Gateway.Address);
        Cluster = new KubernetesClient(api.CreateHandler(), api.Address, TimeProvider.System, api.Token);
    }

    /// <summary>The line to the hub.</summary>
    public CountingProxy Proxy { get; }

    public KubernetesClient Cluster { get; }

    public RunningTool? Agent { get; private set; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string StateFolder => Path.Combine(folder.FullName, "state");

    private static string Executable => Path.Combine(Repository.Root, ".flotilla", "agent", "flotilla-agent");

    /// <param name="link">Spec of the Site.</param>
    public static async Task<AgentSite> StartAsync(string link = "{}")
    {
        // Builds it when something changed since the last time; all tests share that.
        var built = await new Tool(Path.Combine(Repository.Root, "flotilla-agent")).RunAsync(Cancelled, "version");
        Assert.True(built.ExitCode == 0, built.ToString());
        var hub = await HubHost.StartAsync(new HubOptions { Online = false, Listen = new IPEndPoint(IPAddress.Loopback, 0) }, Cancelled);
        var kubeconfig = Path.GetTempFileName();
        var site = new AgentSite(hub, await KubernetesApi.StartAsync(new KubernetesApiOptions { Port = 0, KubeconfigFile = kubeconfig }, Cancelled));
        File.Move(kubeconfig, Path.Combine(site.folder.FullName, "kubeconfig"));
        await site.DeclareAsync($$$"""
            apiVersion: v1
            kind: Namespace
            metadata: {name: retail}
            ---
            apiVersion: flotilla.dev/v1alpha1
            kind: Component
            metadata: {name: till, namespace: retail}
            spec:
              role: application
              versions:
              - version: 1.0.0
                source:
                  inline: |
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: till, namespace: default}
                    data: {greeting: "${greeting}"}
                parameters: [{name: greeting, type: string, default: hello}]
            ---
            apiVersion: flotilla.dev/v1alpha1
            kind: Fleet
            metadata: {name: stores, namespace: retail}
            spec: {selector: {matchLabels: {kind: store}}, stack: store}
            ---
            apiVersion: flotilla.dev/v1alpha1
            kind: Site
            metadata: {name: store-1, namespace: retail, labels: {kind: store}}
            spec: {{{link}}}
            """);
        return site;
    }

    public Task GreetAsync(string greeting) => DeclareAsync($$$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: Stack
        metadata: {name: store, namespace: retail}
        spec: {slots: [{role: application, use: [{component: till, version: 1.0.0, values: [{name: greeting, value: "{{{greeting}}}"}]}]}]}
        """);

    /// <summary>Starts the agent; it enrols with a token when it has not before.</summary>
    public async Task BootAsync()
    {
        string[] token = Directory.Exists(StateFolder) ? [] : ["--token", await hub.NewTokenAsync(Name, Cancelled)];
        Agent = new Tool(Executable).Run(["run", "--hub", Proxy.Address.ToString(), "--state", StateFolder, "--kubeconfig", Path.Combine(folder.FullName, "kubeconfig"), .. token]);
    }

    public async Task KillAsync()
    {
        Agent!.Kill();
        Assert.Equal(137, await Agent.ExitAsync(Cancelled));
        await Agent.DisposeAsync();
        Agent = null;
    }

    /// <summary>Waits, by a watch of the cluster, until the greeting is there.</summary>
    public async Task SeeGreetingAsync(string greeting)
    {
        await foreach (var change in Cluster.WatchAsync(ConfigMaps, "default", new WatchOptions { FieldSelector = "metadata.name=till" }, Cancelled))
        {
            if (change.Object["data"]?["greeting"]?.GetValue<string>() == greeting)
                return;
        }
    }

    /// <summary>Waits for an entry in the hub's ledger.</summary>
    public async Task<IReadOnlyList<JournalEntry>> HearAsync(Func<IReadOnlyList<JournalEntry>, bool> wanted)
    {
        while (true)
        {
            Cancelled.ThrowIfCancellationRequested();
            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var subscription = hub.Ledger.Subscribe(_ => next.TrySetResult());
            var entries = (await hub.Ledger.JournalAsync(Name, 0, 10_000, Cancelled)).Select(e => e.Entry).ToList();
            if (wanted(entries))
                return entries;
            await next.Task.WaitAsync(Cancelled);
        }
    }

    /// <summary>A number of /proc/PID/status, in KiB.</summary>
    public long Memory(string name) => long.Parse(
        File.ReadLines($"/proc/{Agent!.Id}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Time of the processor that it used so far.</summary>
    public TimeSpan Worked()
    {
        var fields = File.ReadAllText($"/proc/{Agent!.Id}/stat").Split(") ")[1].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null)
            await Agent.DisposeAsync();
        await Proxy.DisposeAsync();
        Cluster.Dispose();
        await hub.DisposeAsync();
        await api.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task DeclareAsync(string yaml)
    {
        foreach (var document in YamlReader.ReadAll(yaml))
            await hub.Api.ApplyAsync((JsonObject)document.Content!, new ApplyOptions { FieldManager = "test", Force = true }, Cancelled);
    }
}
