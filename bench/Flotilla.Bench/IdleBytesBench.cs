using System.Net;
using Flotilla.Agent.State;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;
using Flotilla.Core.Sites;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Ledger;

namespace Flotilla.Bench;

/// <summary>
/// What a site with nothing to say sends and gets over TLS: rounds of held requests (held for a short time, so that there are many),
/// the quiet within a hold, and whole connections. The day is computed from that and from the policy that the hub gives to sites.
/// </summary>
internal static class IdleBytesBench
{
    private const int Rounds = 30;
    private const int Connections = 10;
    private const double Day = 86_400;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(125);

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "figure", "unit", "budget", "notes");
        await using var hub = await HubHost.StartAsync(new HubOptions { Online = false, Listen = new IPEndPoint(IPAddress.Loopback, 0) }, cancellation);
        using var sealing = SealingKey.Create();
        var identity = new SiteIdentity("bench/site", hub.Keys.Hub, hub.Keys.Root.ToJwkElement(), "") { SigningKey = SigningKey.Create(), SealingKey = sealing };
        await EnrolAsync(hub, identity, cancellation);

        var round = await RoundAsync(hub, identity, cancellation);
        table.Add("a held request and its answer", round, "bytes", "", $"mean of {Rounds}, on an open connection");
        var quiet = await QuietAsync(hub, identity, cancellation);
        table.Add("pings while a request is held", quiet * 60, "bytes/min", "", $"over {Quiet.TotalSeconds:0} s of one hold");
        var connection = await ConnectionAsync(hub, identity, cancellation);
        table.Add("a connection with one request", connection, "bytes", "", $"mean of {Connections}: TCP, TLS, one exchange, closed by us");

        var held = LinkExpectation.Policy(null).HoldSeconds;
        var interactive = (Day / held * round) + (Day * quiet) + (24 * connection);
        table.Add("interactive link, a day", interactive / 1e6, "MB", "≤ 1", $"held for {held} s at a time; a reconnect each hour counted in");
        var interval = LinkExpectation.Policy(new SiteLink { Metered = true }).IntervalSeconds;
        // Pauses are between half and all of the interval.
        table.Add("metered link, a day", Day / (interval * 0.75) * connection / 1e6, "MB", "≤ 0.3", $"a connection every {interval * 0.75 / 60:0} min (mean of the pauses; at most {interval / 60})");
        return table;
    }

    private static async Task EnrolAsync(HubHost hub, SiteIdentity identity, CancellationToken cancellation)
    {
        var now = DateTimeOffset.UtcNow;
        await hub.Ledger.AddTokenAsync(new EnrolmentToken("token", new SiteName("bench", "site"), now.AddDays(1)), cancellation);
        await hub.Ledger.EnrolAsync(
            "token", new SiteKeys(identity.SigningKey.KeyId, identity.SigningKey.PublicKey.ToJwk(), identity.SealingKey.PublicKey.ToJwk(), now), now, cancellation);
    }

    private static async Task<double> RoundAsync(HubHost hub, SiteIdentity identity, CancellationToken cancellation)
    {
        await using var proxy = new CountingProxy(hub.Gateway.ListensAt!.Port);
        await using var running = new Running(hub, proxy, identity, new SyncPolicy { HoldSeconds = 1, IntervalSeconds = 3600 });
        var served = await ServedAsync(hub, hub.Gateway.Numbers.Served + 3, cancellation);
        var before = proxy.Now;
        var now = await ServedAsync(hub, served + Rounds, cancellation);
        return (proxy.Now - before).OnTheWire / (now - served);
    }

    private static async Task<double> QuietAsync(HubHost hub, SiteIdentity identity, CancellationToken cancellation)
    {
        await using var proxy = new CountingProxy(hub.Gateway.ListensAt!.Port);
        await using var running = new Running(hub, proxy, identity, new SyncPolicy { HoldSeconds = 240, IntervalSeconds = 3600 });
        while (hub.Gateway.Numbers.Held == 0)
            await Task.Delay(20, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
        var before = proxy.Now;
        await Task.Delay(Quiet, cancellation);
        return (proxy.Now - before).OnTheWire / Quiet.TotalSeconds;
    }

    /// <summary>A site on a metered link that comes, asks once, and goes.</summary>
    private static async Task<double> ConnectionAsync(HubHost hub, SiteIdentity identity, CancellationToken cancellation)
    {
        var total = 0.0;
        for (var i = 0; i < Connections; i++)
        {
            await using var proxy = new CountingProxy(hub.Gateway.ListensAt!.Port);
            var served = hub.Gateway.Numbers.Served;
            await using (new Running(hub, proxy, identity, new SyncPolicy { HoldSeconds = 0, IntervalSeconds = 3600 }))
                await ServedAsync(hub, served + 1, cancellation);
            // The other side says goodbye, too.
            await Task.Delay(100, cancellation);
            total += proxy.Now.OnTheWire;
        }
        return total / Connections;
    }

    private static async Task<long> ServedAsync(HubHost hub, long atLeast, CancellationToken cancellation)
    {
        while (hub.Gateway.Numbers.Served < atLeast)
            await Task.Delay(20, cancellation);
        return hub.Gateway.Numbers.Served;
    }

    /// <summary>A site that syncs through a proxy.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Running(HubHost hub, CountingProxy proxy, SiteIdentity identity, SyncPolicy policy)
        {
            var address = new Uri($"https://localhost:{proxy.Port}");
            var site = new VirtualSite(identity, hub.Keys.KeySet, components: 20) { Policy = policy, KeepsPolicy = true };
            running = site.RunAsync(address, VirtualSite.Transport(address, hub.Keys.AuthorityPem), 1, stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        }
    }
}
