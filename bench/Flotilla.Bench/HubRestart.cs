using System.Diagnostics;
using System.Text.Json.Nodes;
using Flotilla.Agent.Syncing;
using Flotilla.Api.Sync;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Identity;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Bench;

/// <summary>Kills a hub, starts it again on its folder and port, and looks when it does what.</summary>
internal sealed class HubRestart(string folder, HubKeys keys, VirtualSite site)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>When the process of the last restart was started.</summary>
    public long Begun { get; private set; }

    private double Seconds => Stopwatch.GetElapsedTime(Begun).TotalSeconds;

    /// <summary>Does it. Serving means: the gateway is ready, a site got its envelope, and the API lists Sites.</summary>
    public async Task<HubProcess> RunAsync(HubProcess hub, string what, MarkdownTable table, CancellationToken cancellation)
    {
        var gateway = hub.Gateway;
        await hub.DisposeAsync();
        Begun = Stopwatch.GetTimestamp();
        var syncing = FirstEnvelopeAsync(gateway, cancellation);
        var ready = ReadyAsync(gateway, cancellation);
        hub = await HubProcess.StartAsync(folder, gateway.Port, cancellation);
        try
        {
            await ObserveAsync(hub, what, syncing, ready, table, cancellation);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    private async Task ObserveAsync(HubProcess hub, string what, Task<double> syncing, Task<double> ready, MarkdownTable table, CancellationToken cancellation)
    {
        using var transport = Trusting();
        using var api = new KubernetesClient(transport, hub.Api, TimeProvider.System, hub.Token);
        await PersistAsync(() => ListAsync(api, cancellation), cancellation);
        var lists = Seconds;
        var (synced, readied) = (await syncing, await ready);
        table.Add(
            $"{what}: serving", Math.Max(lists, Math.Max(synced, readied)), "s", "≤ 10",
            $"a site has its envelope after {synced:0.0} s, /readyz after {readied:0.0}, Sites are listed after {lists:0.0}; {hub.ProcessorTime.TotalSeconds:0.0} s of processor time");
        await Task.WhenAll(HubScaleBench.FleetNames.Select(fleet => DecidedAsync(api, fleet, cancellation)));
        table.Add("… all fleets decided", Seconds, "s", "", $"a change of each, sent once serving, is in its status; {hub.ProcessorTime.TotalSeconds:0.0} s of processor time; {Machine.ResidentMegabytes(hub.Id):N0} MiB");
    }

    private static async Task<bool> ListAsync(KubernetesClient api, CancellationToken cancellation)
    {
        await foreach (var _ in api.ListPagesAsync(HubResources.Sites, FleetDeclarations.Namespace, new ListOptions { PageSize = 1 }, cancellation))
            break;
        return true;
    }

    /// <summary>Tries until it works, as every client of a server that was away does: the server may not be there yet, or have too much to do.</summary>
    private static async Task<T> PersistAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                await Task.Delay(Pause * (1 + Random.Shared.NextDouble()), cancellation);
            }
        }
    }

    public static SocketsHttpHandler Trusting()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return handler;
    }

    /// <summary>As a site that lost its state, which asks for what it is meant to be.</summary>
    private async Task<double> FirstEnvelopeAsync(Uri gateway, CancellationToken cancellation)
    {
        using var http = new HttpMessageInvoker(VirtualSite.Transport(gateway, keys.AuthorityPem));
        var requests = new HubRequests(http, gateway, TimeProvider.System);
        var standing = site.Standing();
        var request = new SyncRequest { KeySet = standing.KeySet, Agent = "bench", Journal = site.Journal.Stream, ReportDigest = standing.ReportDigest };
        while (true)
        {
            try
            {
                if ((await requests.SyncAsync(site.Identity, request, cancellation)).Envelope is not null)
                    return Seconds;
            }
            catch (SyncFailure)
            {
                // Not there yet.
            }
            await Task.Delay(Pause, cancellation);
        }
    }

    private async Task<double> ReadyAsync(Uri gateway, CancellationToken cancellation)
    {
        using var transport = Trusting();
        using var http = new HttpClient(transport) { BaseAddress = gateway };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/readyz", cancellation);
                if (answer.IsSuccessStatusCode)
                    return Seconds;
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }
            await Task.Delay(Pause, cancellation);
        }
    }

    private static async Task DecidedAsync(KubernetesClient api, string fleet, CancellationToken cancellation)
    {
        var seen = await PersistAsync(() => api.GetAsync(HubResources.Fleets, FleetDeclarations.Namespace, fleet, cancellation), cancellation);
        var limit = seen.Object("spec").Object("rollout").String("maxConcurrent") == "100%" ? "99%" : "100%";
        var change = new JsonObject { ["spec"] = new JsonObject { ["rollout"] = new JsonObject { ["maxConcurrent"] = limit } } };
        seen = await PersistAsync(() => api.PatchAsync(HubResources.Fleets, FleetDeclarations.Namespace, fleet, PatchKind.Merge, change, new PatchOptions(), cancellation), cancellation);
        var generation = seen["metadata"]?["generation"].AsInt64OrNull();
        while (!(seen.Object("status").Array("conditions") ?? []).Any(c => c is JsonObject told && told["observedGeneration"].AsInt64OrNull() >= generation))
        {
            await Task.Delay(Pause, cancellation);
            seen = await PersistAsync(() => api.GetAsync(HubResources.Fleets, FleetDeclarations.Namespace, fleet, cancellation), cancellation);
        }
    }
}
