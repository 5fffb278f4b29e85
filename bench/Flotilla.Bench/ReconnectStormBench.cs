using System.Diagnostics;
using Flotilla.Content.Trust;
using Flotilla.Hub.Identity;

namespace Flotilla.Bench;

/// <summary>
/// Ten thousand sites that lost their hub for a day find it again in the same moment: none pauses before its first try, each has a day of
/// its journal to tell, and for each something new is wanted. (The day itself is not waited for: what it leaves is made.)
/// </summary>
internal static class ReconnectStormBench
{
    private const int EntriesOfADay = 48;
    private static readonly double[] Shares = [0.5, 0.95, 1];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>An honest site that has not come through by then never does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "figure", "unit", "budget", "notes");
        using var folder = new TemporaryFolder();
        using var sealing = SealingKey.Create();
        using var keys = await new HubKeyFolder(folder.Path).InitAsync(TimeProvider.System, cancellation);
        var identities = await HubScaleBench.EnrolAsync(folder.Path, keys, sealing, cancellation);
        VirtualSite[] sites = [.. identities.Select(i => new VirtualSite(i, keys.KeySet, HubScaleBench.Components))];
        await using var hub = await HubProcess.StartAsync(folder.Path, HubScaleBench.GatewayPort, cancellation);
        await HubScaleBench.DeclareAsync(hub, cancellation);
        var held = new HeldRequests();
        await BeforeAsync(hub, sites, held, keys.AuthorityPem, cancellation);

        foreach (var site in sites)
            await site.LiveADayAsync(EntriesOfADay, cancellation);
        table.Add("hub before, resident memory", Machine.ResidentMegabytes(hub.Id), "MiB", "", $"{sites.Length:N0} sites away, each with {EntriesOfADay} journal entries to tell and a release to fetch");

        held.ForgetTroubles();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (worked, begun) = (hub.ProcessorTime, Stopwatch.GetTimestamp());
        Task[] agents = [.. sites.Select((site, i) => site.RunAsync(hub.Gateway, held.Around(VirtualSite.Transport(hub.Gateway, keys.AuthorityPem), static () => { }), i, ending.Token))];
        try
        {
            var times = await HeardAsync(sites, begun, cancellation);
            table.Add(
                "all sites heard", times[^1], "s", "",
                $"every entry stored; half of the sites after {times[0]:0.0} s, 95 % after {times[1]:0.0}; {(hub.ProcessorTime - worked).TotalSeconds:0.0} s of processor time");
            await UntilAsync(() => sites.All(s => s.Runs && s.IsHeard), begun, cancellation);
            table.Add("all sites run what they are meant to", Stopwatch.GetElapsedTime(begun).TotalSeconds, "s", "", $"{held.Troubles}");
            table.Add("hub, resident memory at the peak", Machine.ResidentMegabytes(hub.Id, peak: true), "MiB", "≤ 1,536", $"{Machine.ResidentMegabytes(hub.Id):N0} afterwards");
            table.Add("honest sites refused", held.Refused, "tries", "0", "answers 4xx; a site that is told to come later is not refused");
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(agents).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return table;
    }

    /// <summary>The life before: all were there once and known to be. Then they are cut off, and what they shall run is declared.</summary>
    private static async Task BeforeAsync(HubProcess hub, VirtualSite[] sites, HeldRequests held, string authority, CancellationToken cancellation)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var agents = await HubScaleBench.ConnectAsync(sites, held, hub.Gateway, authority, cut.Token);
        await UntilAsync(() => held.Count >= sites.Length, Stopwatch.GetTimestamp(), cancellation);
        await cut.CancelAsync();
        await Task.WhenAll(agents).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await HubScaleBench.RollOutAsync(hub, cancellation);
    }

    /// <returns>Seconds until half, nearly all, and all were heard.</returns>
    private static async Task<double[]> HeardAsync(VirtualSite[] sites, long begun, CancellationToken cancellation)
    {
        var times = new double[Shares.Length];
        for (var i = 0; i < times.Length; i++)
        {
            await UntilAsync(() => sites.Count(s => s.IsHeard) >= sites.Length * Shares[i], begun, cancellation);
            times[i] = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
        return times;
    }

    private static async Task UntilAsync(Func<bool> holds, long begun, CancellationToken cancellation)
    {
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
                throw new TimeoutException($"not all sites came through within {Patience}");
            await Task.Delay(Look, cancellation);
        }
    }
}
