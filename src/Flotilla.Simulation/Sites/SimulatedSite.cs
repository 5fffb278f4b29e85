using System.Text.Json.Nodes;
using Flotilla.Agent;
using Flotilla.Agent.State;
using Flotilla.Api.Sites;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Simulation.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Simulation.Sites;

/// <summary>A virtual cluster with the real agent at the end of a link.</summary>
public sealed class SimulatedSite : IAsyncDisposable
{
    private static readonly ResourceReference NodeResource = new("", "v1", "nodes", false, "Node");
    private readonly SimulatedFleetOptions options;
    private readonly Func<CancellationToken, Task<IAgentState>> openState;
    private readonly int seed;
    private CancellationTokenSource? stop;
    private Task running = Task.CompletedTask;

    internal SimulatedSite(
        SimulatedSitePlan plan, SimulatedLink link, KubernetesClient cluster, Func<CancellationToken, Task<IAgentState>> openState, SimulatedFleetOptions options, int seed)
    {
        Plan = plan;
        Link = link;
        Cluster = cluster;
        this.openState = openState;
        this.options = options;
        this.seed = seed;
    }

    public SimulatedSitePlan Plan { get; }

    public SiteName Name => Plan.Name;

    /// <summary>The line to the hub.</summary>
    public SimulatedLink Link { get; }

    /// <summary>The site's cluster.</summary>
    public KubernetesClient Cluster { get; }

    /// <summary>Whether its agent runs.</summary>
    public bool IsRunning => stop is not null && !running.IsCompleted;

    /// <summary>Ends when the agent does; fails as it fails.</summary>
    public Task Running => running;

    /// <summary>Starts the agent; does nothing when it runs. It goes on where it was stopped.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (IsRunning)
            return;
        await MakeNodesAsync(cancellation);
        var state = await openState(cancellation);
        var token = state.Identity is { Site.Length: > 0 } ? null : await options.Token(Name, cancellation);
        stop = new CancellationTokenSource();
        running = RunAsync(state, token, stop.Token);
    }

    /// <summary>Stops the agent; the cluster stays.</summary>
    public async Task StopAsync()
    {
        if (stop is null)
            return;
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        stop = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Cluster.Dispose();
        Link.Dispose();
    }

    private async Task RunAsync(IAgentState state, string? token, CancellationToken cancellation)
    {
        await using (state)
        {
            using var hub = new HttpMessageInvoker(Link, disposeHandler: false);
            var agent = new SiteAgent(new SiteAgentOptions
            {
                Hub = hub,
                HubAddress = options.HubAddress,
                Cluster = Cluster,
                State = state,
                Time = options.Time,
                Seed = seed,
                Token = token,
                Logger = options.Logging?.CreateLogger($"Flotilla.Agent.{Name}") ?? NullLogger.Instance,
            });
            // Off the caller: starting a thousand agents must not be one long stretch of work.
            await Task.Run(() => agent.RunAsync(cancellation), CancellationToken.None);
        }
    }

    private async Task MakeNodesAsync(CancellationToken cancellation)
    {
        for (var i = 1; i <= Plan.Nodes; i++)
        {
            var name = $"{Plan.Cluster}-node-{i}";
            try
            {
                await Cluster.CreateAsync(NodeResource, null, NodeObject(name), WriteOptions.Default, cancellation);
                var ready = new JsonObject
                {
                    ["status"] = new JsonObject
                    {
                        ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True", ["reason"] = "KubeletReady", ["message"] = "kubelet is posting ready status" }),
                    },
                };
                await Cluster.PatchAsync(NodeResource, null, name, PatchKind.Merge, ready, new PatchOptions { Subresource = "status" }, cancellation);
            }
            catch (ApiStatusException e) when (e.Status.Code == 409)
            {
                // There since an earlier start.
            }
        }
    }

    private static JsonObject NodeObject(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Node",
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/os"] = "linux", ["kubernetes.io/hostname"] = name } },
    };
}
