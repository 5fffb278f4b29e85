using System.Diagnostics;
using System.Globalization;
using System.Text;
using Flotilla.Agent.State;
using Flotilla.Content.Trust;
using Flotilla.Hub.Identity;
using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Bench;

/// <summary>A hub with ten thousand sites of twenty components, each with a request held over a TLS connection of its own.</summary>
internal static class HubScaleBench
{
    internal const int Components = 20;
    private const int DistinctParameters = 500;
    private const int Rings = 4;
    private const int ConnectingAtOnce = 32;

    /// <summary>Not one that the system gives to clients: ten thousand that come back would take it while the hub is away.</summary>
    internal const int GatewayPort = 18443;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    /// <summary>Fewer to find out where time goes.</summary>
    internal static readonly int Sites = int.Parse(Environment.GetEnvironmentVariable("SITES") ?? "10000", CultureInfo.InvariantCulture);
    internal static readonly string[] FleetNames = [.. Enumerable.Range(0, Rings).Select(i => $"ring-{i}")];
    private static readonly double[] Shares = [0.5, 0.95, 1];
    private static readonly HeldRequests Held = new();

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "figure", "unit", "budget", "notes");
        using var folder = new TemporaryFolder();
        using var sealing = SealingKey.Create();
        using var keys = await new HubKeyFolder(folder.Path).InitAsync(TimeProvider.System, cancellation);
        var begun = Stopwatch.GetTimestamp();
        var identities = await EnrolAsync(folder.Path, keys, sealing, cancellation);
        table.Add($"{Sites:N0} sites enrolled", Seconds(begun), "s", "", "keys made, ledger written");

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        VirtualSite[] sites = [.. identities.Select(i => new VirtualSite(i, keys.KeySet, Components))];
        var hub = await HubProcess.StartAsync(folder.Path, GatewayPort, cancellation);
        Task[] agents = [];
        try
        {
            begun = Stopwatch.GetTimestamp();
            await DeclareAsync(hub, cancellation);
            table.Add($"{Sites:N0} Sites created", Seconds(begun), "s", "≤ 120", $"over HTTP/2, durable; hub {Machine.ResidentMegabytes(hub.Id):N0} MiB resident");

            begun = Stopwatch.GetTimestamp();
            agents = await ConnectAsync(sites, Held, hub.Gateway, keys.AuthorityPem, ending.Token);
            await AllHeldAsync(cancellation);
            table.Add("… connected, requests held", Seconds(begun), "s", "", $"TLS handshake each; hub {Machine.ResidentMegabytes(hub.Id):N0} MiB resident");

            begun = Stopwatch.GetTimestamp();
            var before = hub.ProcessorTime;
            await RollOutAsync(hub, cancellation);
            await UntilAsync(() => Task.FromResult(sites.All(s => s.Runs)), cancellation);
            await AllHeldAsync(cancellation);
            table.Add("first roll-out, reported by all", Seconds(begun), "s", "", $"{Rings} fleets, {DistinctParameters} releases; {(hub.ProcessorTime - before).TotalSeconds:0.0} s of processor time");

            await Task.Delay(Idle, cancellation);
            table.Add("hub, resident memory", Machine.ResidentMegabytes(hub.Id), "MiB", "≤ 1,536", $"all requests held; at most {Machine.ResidentMegabytes(hub.Id, peak: true):N0}");
            table.Add("hub, processor when nothing happens", await BusyAsync(hub, cancellation), "% of a core", "", $"over {Idle.TotalSeconds:0} s");

            var restart = new HubRestart(folder.Path, keys, sites[^1]);
            var back = ReturnAsync(restart, cancellation);
            hub = await restart.RunAsync(hub, "killed, started", table, cancellation);
            var times = await back;
            table.Add(
                "… all sites heard, requests held", times[^1], "s", "",
                $"half of them after {times[0]:0.0} s, 95 % after {times[1]:0.0}; {Held.Troubles}; {hub.ProcessorTime.TotalSeconds:0.0} s of processor time");
            await Task.Delay(Idle, cancellation);
            table.Add("hub, resident memory after the restart", Machine.ResidentMegabytes(hub.Id), "MiB", "≤ 1,536", $"all requests held; at most {Machine.ResidentMegabytes(hub.Id, peak: true):N0}");

            await ending.CancelAsync();
            await Task.WhenAll(agents).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            hub = await restart.RunAsync(hub, "once more, sites stay away", table, cancellation);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(agents).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await hub.DisposeAsync();
        }
        return table;
    }

    /// <summary>Straight into the ledger: the gateway lets one address enrol slowly.</summary>
    internal static async Task<SiteIdentity[]> EnrolAsync(string folder, HubKeys keys, SealingKey sealing, CancellationToken cancellation)
    {
        await using var ledger = await SqliteLedger.OpenAsync(Path.Combine(folder, "ledger.db"), TimeProvider.System, NullLogger.Instance, cancellation);
        var identities = new SiteIdentity[Sites];
        await Parallel.ForAsync(0, Sites, new ParallelOptions { MaxDegreeOfParallelism = 256, CancellationToken = cancellation }, async (i, stop) =>
        {
            var name = FleetDeclarations.SiteName(i);
            var identity = new SiteIdentity(name.ToString(), keys.Hub, keys.Root.ToJwkElement(), "") { SigningKey = SigningKey.Create(), SealingKey = sealing };
            var now = DateTimeOffset.UtcNow;
            await ledger.AddTokenAsync(new EnrolmentToken($"token-{i}", name, now.AddDays(1)), stop);
            var outcome = await ledger.EnrolAsync(
                $"token-{i}", new SiteKeys(identity.SigningKey.KeyId, identity.SigningKey.PublicKey.ToJwk(), sealing.PublicKey.ToJwk(), now), now, stop);
            identities[i] = outcome.Result == EnrolmentResult.Enrolled ? identity : throw new InvalidOperationException($"{name}: {outcome.Result}");
        });
        return identities;
    }

    internal static async Task DeclareAsync(HubProcess hub, CancellationToken cancellation)
    {
        using var api = ServerProcess.NewClient(hub.Api, hub.Token);
        await PostAsync(api, "/api/v1/namespaces", $$"""{"metadata":{"name":"{{FleetDeclarations.Namespace}}"} }""", cancellation);
        await Parallel.ForAsync(0, Sites, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellation }, async (i, stop) =>
            await PostAsync(
                api, $"/apis/flotilla.dev/v1alpha1/namespaces/{FleetDeclarations.Namespace}/sites",
                $$"""
                {"apiVersion":"flotilla.dev/v1alpha1","kind":"Site","metadata":{"name":"{{FleetDeclarations.SiteName(i).Name}}","labels":{"ring":"ring-{{i % Rings}}"} },
                 "spec":{"displayName":"Site {{i}}","parameters":[{"name":"tills","value":"{{i % DistinctParameters}}"}]} }
                """,
                stop));
    }

    internal static async Task RollOutAsync(HubProcess hub, CancellationToken cancellation)
    {
        using var transport = HubRestart.Trusting();
        using var api = new KubernetesClient(transport, hub.Api, TimeProvider.System, hub.Token);
        for (var i = 1; i <= Components; i++)
            await FleetDeclarations.ApplyAsync(api, FleetDeclarations.Component(i), cancellation);
        await FleetDeclarations.ApplyAsync(api, FleetDeclarations.Stack(Components, "hello"), cancellation);
        foreach (var ring in FleetNames)
            await FleetDeclarations.ApplyAsync(api, FleetDeclarations.Fleet(ring), cancellation);
    }

    /// <summary>Not all at once: a thousand handshakes at the same time only wait for each other.</summary>
    internal static async Task<Task[]> ConnectAsync(VirtualSite[] sites, HeldRequests held, Uri gateway, string authority, CancellationToken cancellation)
    {
        var running = new Task[sites.Length];
        await Parallel.ForAsync(0, sites.Length, new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce, CancellationToken = cancellation }, async (i, stop) =>
        {
            var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            running[i] = sites[i].RunAsync(gateway, held.Around(VirtualSite.Transport(gateway, authority), () => connected.TrySetResult()), i, cancellation);
            await connected.Task.WaitAsync(stop);
        });
        return running;
    }

    private static async Task<double> BusyAsync(HubProcess hub, CancellationToken cancellation)
    {
        var (before, begun) = (hub.ProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(Idle, cancellation);
        return (hub.ProcessorTime - before) / Stopwatch.GetElapsedTime(begun) * 100;
    }

    /// <summary>Waits until the sites come back after a kill, each after its own pauses, as agents do.</summary>
    /// <returns>Seconds from the start of the new process until half, nearly all, and all were there.</returns>
    private static async Task<double[]> ReturnAsync(HubRestart restart, CancellationToken cancellation)
    {
        await UntilAsync(() => Task.FromResult(Held.Count < Sites / 100), cancellation);
        // The kill itself cut each of them once.
        Held.ForgetTroubles();
        var times = new double[Shares.Length];
        for (var i = 0; i < times.Length; i++)
        {
            await UntilAsync(() => Task.FromResult(Held.Count >= Sites * Shares[i]), cancellation);
            times[i] = Seconds(restart.Begun);
        }
        return times;
    }

    private static Task AllHeldAsync(CancellationToken cancellation) => UntilAsync(() => Task.FromResult(Held.Count >= Sites), cancellation);

    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellation)
    {
        while (!await holds())
            await Task.Delay(100, cancellation);
    }

    private static async Task PostAsync(HttpClient api, string path, string body, CancellationToken cancellation)
    {
        using var answer = await api.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), cancellation);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    private static double Seconds(long begun) => Stopwatch.GetElapsedTime(begun).TotalSeconds;
}
