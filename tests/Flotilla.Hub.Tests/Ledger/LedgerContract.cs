using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;
using Flotilla.TestKit;

namespace Flotilla.Hub.Tests.Ledger;

/// <summary>What every ledger does. A place is what outlives the ledgers that are opened on it.</summary>
public abstract partial class LedgerContract : IAsyncLifetime
{
    private static readonly SiteName Store = new("retail", "store-0042");
    private static readonly SiteName Ship = new("fleet", "ship-1");
    private readonly List<ILedger> open = [];

    internal ManualTime Time { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => Time.GetUtcNow();

    private string Place { get; set; } = "";

    private ILedger Ledger { get; set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Place = await NewPlaceAsync();
        Ledger = await OpenAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var ledger in open)
            await ledger.DisposeAsync();
    }

    private protected abstract ValueTask<string> NewPlaceAsync();

    /// <summary>A place as the first version left it; null where none is left.</summary>
    private protected abstract ValueTask<string?> FirstVersionAsync();

    private protected abstract Task<ILedger> OpenAsync(string place, JournalRetention? retention);

    private async Task<ILedger> OpenAsync(JournalRetention? retention = null)
    {
        var ledger = await OpenAsync(Place, retention);
        open.Add(ledger);
        return ledger;
    }

    /// <summary>Whether a place keeps what was in it when its ledger is closed.</summary>
    private protected virtual bool Outlives => true;

    private async Task<ILedger> OpenAgainAsync()
    {
        if (!Outlives)
            return Ledger;
        await Ledger.DisposeAsync();
        open.Remove(Ledger);
        return Ledger = await OpenAsync();
    }

    private static SiteKeys Keys(string id) => new(id, $"{{\"kty\":\"EC\",\"x\":\"{id}\"}}", $"{{\"kty\":\"EC\",\"y\":\"{id}\"}}", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(1234567));

    private async Task EnrolAsync(SiteName site, string key = "key-1")
    {
        var token = $"{site}-{key}-{Guid.NewGuid():N}";
        await Ledger.AddTokenAsync(new EnrolmentToken(token, site, Now.AddDays(1)), Cancellation);
        Assert.Equal(new EnrolmentOutcome(EnrolmentResult.Enrolled, site), await Ledger.EnrolAsync(token, Keys(key), Now, Cancellation));
    }

    private JournalEntry Entry(long number, JournalEvent what = JournalEvent.DriftCorrected) =>
        new() { Number = number, Time = Now, Event = what, Message = $"number {number}" };

    private SyncRequest Request(string journal, params long[] numbers) =>
        new() { Agent = "0.1.0", Journal = journal, Entries = [.. numbers.Select(n => Entry(n))] };

    private static long[] Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(n => (long)n)];

    private static StoredTarget Target(SiteName site, long sequence, long epoch = 1) => new()
    {
        Site = site,
        Fleet = "stores",
        Stage = new ReleaseTarget("sha256:revision", $"sha256:release-{sequence}"),
        Epoch = epoch,
        Sequence = sequence,
        Envelope = [1, 2, (byte)sequence],
    };

    private Task<bool> SetAsync(FleetLease lease, params StoredTarget[] targets) =>
        Ledger.CommitAsync(lease, new FleetCommit { Targets = targets }, Cancellation);

    private static FleetLease Lease(long epoch) => new("retail", "stores", epoch);

    private async Task<IReadOnlyList<SiteFacts>> AllFactsAsync() => await Ledger.FactsAsync(Cancellation).OrderBy(f => f.Site).ToListAsync(Cancellation);
}
