using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Hub.Ledger;

namespace Flotilla.Bench;

/// <summary>When a change reached sites, and when the hub knew that they have it: as the ledger tells.</summary>
internal sealed class FleetProgress : IDisposable
{
    private readonly ILedger ledger;
    private readonly IDisposable subscription;
    private readonly Channel<(SiteName Site, long At)> reports = Channel.CreateUnbounded<(SiteName, long)>();
    private Round? current;
    private string revision = "";

    public FleetProgress(ILedger ledger)
    {
        this.ledger = ledger;
        subscription = ledger.Subscribe(change =>
        {
            if (change.Kind == LedgerChangeKind.Report)
                reports.Writer.TryWrite((change.Site, Stopwatch.GetTimestamp()));
        });
    }

    /// <summary>An envelope reached a site.</summary>
    public void Delivered(object site, long at) => Volatile.Read(ref current)?.Delivered.TryAdd(site, at);

    /// <summary>From now on, what happens belongs to a new round; it ends when all sites run a revision that none ran before.</summary>
    public Round Begin(int sites)
    {
        var round = new Round(this, sites);
        Volatile.Write(ref current, round);
        return round;
    }

    public void Dispose() => subscription.Dispose();

    internal sealed class Round(FleetProgress progress, int sites)
    {
        public ConcurrentDictionary<object, long> Delivered { get; } = new();

        /// <summary>Waits for the end.</summary>
        /// <returns>Milliseconds from a moment, one figure for each site.</returns>
        public async Task<(double[] Delivered, double[] Applied)> WaitAsync(long from, CancellationToken cancellation)
        {
            var applied = new Dictionary<SiteName, long>();
            var target = "";
            while (applied.Count < sites)
            {
                var (site, at) = await progress.reports.Reader.ReadAsync(cancellation);
                if (applied.ContainsKey(site)
                    || await progress.ledger.FactsAsync(site, cancellation) is not { Phase: SitePhase.Settled, Healthy: true, Stage: { } stage } facts
                    || stage.Revision == progress.revision || facts.AppliedRelease != stage.Release || facts.AppliedRevision != stage.Revision)
                {
                    continue;
                }
                applied[site] = at;
                target = stage.Revision;
            }
            progress.revision = target;
            return ([.. Delivered.Values.Select(Milliseconds)], [.. applied.Values.Select(Milliseconds)]);

            double Milliseconds(long at) => Stopwatch.GetElapsedTime(from, at).TotalMilliseconds;
        }
    }
}
