using System.Collections.Concurrent;
using Flotilla.Api.Sites;
using Flotilla.Core;
using Flotilla.Core.Sites;
using Flotilla.Hub.Hosting;
using Flotilla.Hub.Ledger;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Sites;

/// <summary>The facts of all sites in memory, kept as the ledger tells of changes: deciding on a fleet costs no reads.</summary>
internal sealed class FactsBook : IDisposable
{
    private const int Readers = 4;
    private readonly ILedger ledger;
    private readonly Action<SiteName, SiteFacts?, SiteFacts?> changed;
    private readonly ConcurrentDictionary<SiteName, SiteFacts> known = new();
    private readonly Lock writing = new();
    private readonly ReconcileLoop<SiteName> reading;
    private IDisposable? subscription;

    /// <param name="changed">Told of each change after it is in the book; must be quick.</param>
    public FactsBook(ILedger ledger, Action<SiteName, SiteFacts?, SiteFacts?> changed, TimeProvider time, ILogger logger)
    {
        (this.ledger, this.changed) = (ledger, changed);
        reading = new ReconcileLoop<SiteName>("facts of", Readers, ReadAsync, time, logger);
    }

    public SiteFacts? Find(SiteName site) => known.GetValueOrDefault(site);

    /// <summary>Reads everything; what changes meanwhile is read again.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        subscription = ledger.Subscribe(change =>
        {
            if (change.Kind != LedgerChangeKind.Hub)
                reading.Add(change.Site);
        });
        await foreach (var facts in ledger.FactsAsync(cancellation))
            known[facts.Site] = facts;
    }

    /// <summary>Follows the ledger until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => reading.RunAsync(cancellation);

    /// <summary>What the hub itself just stored is known at once: the next decision must not be made without it.</summary>
    public void Put(StoredTarget target)
    {
        lock (writing)
        {
            var before = known.GetValueOrDefault(target.Site) ?? new SiteFacts { Site = target.Site };
            known[target.Site] = before with
            {
                Fleet = target.Fleet,
                Stage = target.Stage,
                Permit = target.Permit,
                PreviousGood = target.PreviousGood,
                Permitted = target.Permitted,
                Epoch = target.Epoch,
                Sequence = target.Sequence,
                Inputs = target.Inputs,
                PermitSequence = target.Permit is null ? 0 : target.Permit == before.Permit ? before.PermitSequence : target.Sequence,
            };
        }
    }

    /// <summary>Asks for facts to be read again.</summary>
    public void Refresh(SiteName site) => reading.Add(site);

    public void Dispose()
    {
        subscription?.Dispose();
        reading.Dispose();
    }

    private async Task<NextLook> ReadAsync(SiteName site, CancellationToken cancellation)
    {
        var facts = await ledger.FactsAsync(site, cancellation);
        SiteFacts? before;
        lock (writing)
        {
            before = known.GetValueOrDefault(site);
            if (facts is null)
                known.TryRemove(site, out _);
            // Read before a write of ours, and put away after it: its own notice comes, too.
            else if (before is not null && (facts.Epoch, facts.Sequence).CompareTo((before.Epoch, before.Sequence)) < 0 && facts.Fleet is not null)
                return new NextLook.OnChange();
            else
                known[site] = facts;
        }
        if (before != facts)
            changed(site, before, facts);
        return new NextLook.OnChange();
    }
}
