using System.Runtime.CompilerServices;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Ledger;

/// <summary>A ledger in a database, with what syncs need in memory.</summary>
internal sealed partial class StoredLedger : ILedger
{
    private static readonly TimeSpan ContactsWritten = TimeSpan.FromSeconds(10);

    private readonly ILedgerDatabase database;
    private readonly JournalRetention retention;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SiteMemory memory = new();
    private readonly LedgerSubscribers subscribers = new();
    private readonly CancellationTokenSource stopping = new();
    private Task writingContacts = Task.CompletedTask;

    private StoredLedger(ILedgerDatabase database, JournalRetention retention, TimeProvider time, ILogger logger)
    {
        this.database = database;
        this.retention = retention;
        this.time = time;
        this.logger = logger;
        database.Changed = OnChanged;
        database.Deaf = OnDeaf;
    }

    public static ILedger Start(ILedgerDatabase database, JournalRetention retention, TimeProvider time, ILogger logger)
    {
        var ledger = new StoredLedger(database, retention, time, logger);
        ledger.writingContacts = ledger.WriteContactsAsync();
        return ledger;
    }

    public Task AddTokenAsync(EnrolmentToken token, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.AddTokenAsync(token, c), cancellation);

    public Task<EnrolmentOutcome> EnrolAsync(string tokenHash, SiteKeys keys, DateTimeOffset now, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.EnrolAsync(tokenHash, keys, now, c), cancellation);

    public async Task<SiteKeys?> KeysAsync(SiteName site, CancellationToken cancellation) => (await StateAsync(site, cancellation))?.Keys;

    public Task<bool> BarAsync(SiteName site, SiteBar bar, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.BarAsync(site, bar, c), cancellation);

    public Task RemoveAsync(SiteName site, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.RemoveAsync(site, c), cancellation);

    public async Task<SyncOutcome?> SyncAsync(SiteName site, SyncRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await StateAsync(site, cancellation) is not { Keys: not null } state)
            return null;
        var (acknowledged, digest) = (state.Acknowledged, state.ReportDigest);
        if (SyncWrites.IsKnown(state, request))
        {
            memory.Touch(site, now);
        }
        else
        {
            if (await database.RunAsync((s, c) => s.StoreAsync(site, request, now, retention, c), cancellation) is not { } stored)
                return null;
            (acknowledged, digest) = stored;
            if (await StateAsync(site, cancellation) is not { } stateNow)
                return null;
            state = stateNow;
            memory.Touch(site, now);
        }
        var order = (state.Facts.Epoch, state.Facts.Sequence).CompareTo((request.Epoch, request.Sequence));
        return new SyncOutcome(acknowledged, digest, order > 0 ? await database.RunAsync((s, c) => s.HandOutAsync(site, c), cancellation) : null) { IsAhead = order < 0 };
    }

    public Task<StoredTarget?> TargetAsync(SiteName site, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.TargetAsync(site, c), cancellation);

    public Task<bool> CommitAsync(FleetLease lease, FleetCommit commit, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.CommitAsync(lease, commit, time.GetUtcNow(), c), cancellation);

    public async IAsyncEnumerable<SiteFacts> FactsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var asOf = memory.Now;
        foreach (var state in await database.RunAsync((s, c) => s.StatesAsync(c), cancellation))
        {
            memory.Put(state, asOf);
            yield return memory.FactsOf(state);
        }
    }

    public async Task<SiteFacts?> FactsAsync(SiteName site, CancellationToken cancellation) =>
        await StateAsync(site, cancellation) is { } state ? memory.FactsOf(state) : null;

    public async Task<IReadOnlyList<SiteFacts>> FleetFactsAsync(string ns, string fleet, CancellationToken cancellation) =>
        [.. (await database.RunAsync((s, c) => s.StatesAsync(ns, fleet, c), cancellation)).Select(memory.FactsOf)];

    public Task<SiteReport?> ReportAsync(SiteName site, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.ReportAsync(site, c), cancellation);

    public async Task<IReadOnlyList<StoredEntry>> JournalAsync(SiteName site, long after, int limit, CancellationToken cancellation) =>
        await database.RunAsync((s, c) => s.EntriesAsync(site, after, limit, c), cancellation);

    public Task<FleetRecord?> FleetAsync(string ns, string fleet, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.FleetAsync(ns, fleet, c), cancellation);

    public Task<StoredRollout?> RolloutAsync(string ns, string name, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.RolloutAsync(ns, name, c), cancellation);

    public async Task<IReadOnlyList<StoredRolloutHead>> RolloutsAsync(string ns, string fleet, CancellationToken cancellation) =>
        await database.RunAsync((s, c) => s.RolloutsAsync(ns, fleet, c), cancellation);

    public async Task<IReadOnlyList<StoryLine>> StoryAsync(string ns, string rollout, long after, int limit, CancellationToken cancellation) =>
        await database.RunAsync((s, c) => s.StoryAsync(ns, rollout, after, limit, c), cancellation);

    public Task<HubRecord?> HubAsync(CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.HubAsync(toChange: false, c), cancellation);

    public Task<HubRecord> ChangeHubAsync(HubRecord first, Func<HubRecord, HubRecord?> change, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.ChangeHubAsync(first, change, c), cancellation);

    public Task<bool> AdoptAsync(StoredTarget target, CancellationToken cancellation) =>
        database.RunAsync((s, c) => s.AdoptAsync(target, c), cancellation);

    public IDisposable Subscribe(Action<LedgerChange> onChange) => subscribers.Add(onChange);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await writingContacts;
        await WriteContactsOnceAsync();
        await database.DisposeAsync();
        stopping.Dispose();
    }

    private async ValueTask<SiteState?> StateAsync(SiteName site, CancellationToken cancellation)
    {
        if (memory.Find(site) is { } known)
            return known;
        var asOf = memory.Now;
        var read = await database.RunAsync((s, c) => s.StateAsync(site, c), cancellation);
        if (read is not null)
            memory.Put(read, asOf);
        return read;
    }

    private void OnChanged(LedgerChange change, bool elsewhere)
    {
        // Contacts here are in the memory before they are in the database.
        if (change.Kind != LedgerChangeKind.Hub && (elsewhere || change.Kind != LedgerChangeKind.Seen))
            memory.Forget(change.Site, change.Kind == LedgerChangeKind.Removed);
        subscribers.Tell(change);
    }

    private void OnDeaf(bool deaf)
    {
        var sites = memory.SetDeaf(deaf);
        if (deaf)
            return;
        foreach (var site in sites)
        {
            subscribers.Tell(new LedgerChange(LedgerChangeKind.Target, site));
            subscribers.Tell(new LedgerChange(LedgerChangeKind.Report, site));
        }
        subscribers.Tell(new LedgerChange(LedgerChangeKind.Hub, LedgerChange.Nobody));
    }

    private async Task WriteContactsAsync()
    {
        using var timer = new PeriodicTimer(ContactsWritten, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
                await WriteContactsOnceAsync();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task WriteContactsOnceAsync()
    {
        var contacts = memory.TakeTouched();
        if (contacts.Count == 0)
            return;
        try
        {
            await database.RunAsync(
                async (s, c) =>
                {
                    await s.SeeAsync(contacts, c);
                    s.Changes.AddRange(contacts.Select(contact => new LedgerChange(LedgerChangeKind.Seen, contact.Site)));
                    return true;
                },
                CancellationToken.None);
        }
        catch (LedgerException e)
        {
            // They are served from memory, and the next contact of each site is written again.
            ContactsNotWritten(contacts.Count, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "times of last contact of {Count} sites were not written: {Why}")]
    private partial void ContactsNotWritten(int count, string why);
}
