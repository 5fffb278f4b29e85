using System.Text.Json;
using Flotilla.Agent.Applying;
using Flotilla.Agent.Journals;
using Flotilla.Agent.Links;
using Flotilla.Agent.Reporting;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;

namespace Flotilla.Agent;

/// <summary>
/// What is wanted of the site and what is, in one place: takes desired state from the sync and progress from the applier, tells the journal
/// and the report.
/// </summary>
internal sealed class SiteStory : ISyncedSite, IApplyObserver, IInventoryStore, IDisposable
{
    private readonly SiteBook book;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim taking = new(1);
    private readonly Lock gate = new();
    private readonly HashSet<(string Reason, string Message)> refusals = [];
    private KeySet? keys;
    private ApplyProgress? progress;
    private SyncStanding? standing;

    public SiteStory(SiteIdentity identity, SiteBook book, TimeProvider time)
    {
        Identity = identity;
        this.book = book;
        this.time = time;
        var root = PublicKey.FromJwk(identity.Root);
        if (book.Record.KeySet is { } kept)
            keys = TryKeys(kept, root, null);
        // What was taken once was checked then, with the keys of then.
        if (book.Record.Envelope is { } envelope)
            Desired = JsonSerializer.Deserialize(Convert.FromBase64String(DsseEnvelope.Parse(envelope).Payload), ApiJson.Default.DesiredState);
    }

    public SiteIdentity Identity { get; }

    public IJournal Journal => book.Journal;

    public Pulse Changed { get; } = new();

    /// <summary>Beats when something else is wanted.</summary>
    public Pulse Wanted { get; } = new();

    public DesiredState? Desired { get; private set; }

    public SyncPolicy Policy => Desired?.Sync ?? new SyncPolicy { HoldSeconds = 240, IntervalSeconds = 3600 };

    public bool AwaitsHub => Desired is { Paused: false, Stage: { } wanted } && wanted.Release != book.Record.Begun?.Release && Staging.Reason is Reasons.WaitingForPermit or Reasons.PermitOver;

    /// <summary>What the link carries; null where nobody counts.</summary>
    public LinkBudget? Link { get; set; }

    public StagingStanding Staging
    {
        get;
        set
        {
            if (field == value)
                return;
            field = value;
            Refresh();
        }
    } = StagingStanding.Begin;

    public KubernetesFacts? Kubernetes
    {
        get;
        set
        {
            if (field == value)
                return;
            field = value;
            Refresh();
        }
    }

    public (JsonElement? Envelope, JsonElement? KeySet) Taken => (book.Record.Envelope, book.Record.KeySet);

    public SyncStanding Standing()
    {
        lock (gate)
        {
            var link = Link?.Report(isMetered: Policy.HoldSeconds == 0);
            if (standing is not null && standing.Report.Link == link)
                return standing;
            var report = ReportWriter.Write(book.Record, Desired, Staging, progress, Kubernetes, Journal.Gap, link);
            return standing = new SyncStanding(Desired?.Epoch ?? 0, Desired?.Sequence ?? 0, keys?.Version ?? 0, report, ReportWriter.DigestOf(report));
        }
    }

    /// <summary>Something that the report is made of has changed.</summary>
    public void Refresh()
    {
        lock (gate)
            standing = null;
        Changed.Beat();
    }

    /// <summary>Writes an entry.</summary>
    public async ValueTask TellAsync(JournalDraft draft, CancellationToken cancellation)
    {
        var gap = Journal.Gap;
        await book.TellAsync(draft, cancellation);
        if (Journal.Gap != gap)
            Refresh();
        Changed.Beat();
    }

    public ValueTask TellAsync(JournalEvent what, string reason, string message, CancellationToken cancellation, string? release = null) =>
        TellAsync(Draft(what, reason, message, release), cancellation);

    public JournalDraft Draft(JournalEvent what, string reason, string message, string? release = null) =>
        new(time.GetUtcNow(), what) { Reason = reason, Message = message, Release = release };

    /// <summary>Changes the record, and tells it.</summary>
    public async ValueTask ChangeAsync(Func<SiteRecord, SiteRecord?> change, JournalDraft? entry, CancellationToken cancellation)
    {
        if (await book.ChangeAsync(change, entry is null ? [] : [entry], cancellation))
            Refresh();
    }

    public async ValueTask TakeKeySetAsync(JsonElement envelope, CancellationToken cancellation)
    {
        if (TryKeys(envelope, PublicKey.FromJwk(Identity.Root), keys) is not { } newer)
        {
            await RefuseAsync(Reasons.BadSignature, "a key set is not signed by the hub's root key, or is older than the one that is known", cancellation);
            return;
        }
        await book.ChangeAsync(record => record with { KeySet = envelope.Clone() }, [], cancellation);
        keys = newer;
        Refresh();
    }

    public async ValueTask TakeAsync(JsonElement envelope, CancellationToken cancellation)
    {
        await taking.WaitAsync(cancellation);
        try
        {
            var (desired, reason, message) = DesiredStateCheck.Check(envelope, keys, Identity, book.Record.Floor);
            if (desired is null)
            {
                // Two requests may bring the same news.
                if (reason != Reasons.NotNewer || !IsKnown(envelope))
                    await RefuseAsync(reason, message, cancellation);
                return;
            }
            List<JournalDraft> entries =
            [
                Draft(JournalEvent.DesiredStateTaken, "", $"({desired.Epoch}, {desired.Sequence}){(desired.Permit is null ? "" : ", with leave to begin")}", desired.Stage?.Release),
            ];
            if (desired.Paused != (Desired?.Paused ?? false))
                entries.Add(Draft(desired.Paused ? JournalEvent.Paused : JournalEvent.Resumed, Reasons.Paused, desired.Paused ? "Nothing new is begun here." : ""));
            await book.ChangeAsync(
                record => record with { Envelope = envelope.Clone(), Floor = record.Floor.Or(new SignedFloor(desired.Epoch, desired.Sequence, desired.Issued)) }, entries, cancellation);
            Desired = desired;
            lock (gate)
                refusals.Clear();
            Refresh();
            Wanted.Beat();
        }
        finally
        {
            taking.Release();
        }
    }

    public ValueTask<Inventory?> LoadAsync(CancellationToken cancellation) => new(book.Inventory);

    public async ValueTask SaveAsync(Inventory inventory, IReadOnlyList<ApplyEvent> news, CancellationToken cancellation)
    {
        var gap = Journal.Gap;
        await book.KeepAsync(
            inventory, [.. news.Select(e => Draft(e.Event, e.Reason, e.Message, e.Release) with { Component = e.Component, Object = e.Object })], cancellation);
        if (Journal.Gap != gap)
            Refresh();
        if (news.Count > 0)
            Changed.Beat();
    }

    public async ValueTask ProgressedAsync(ApplyProgress now, CancellationToken cancellation)
    {
        lock (gate)
            progress = now;
        if (now is { Applied: true, Healthy: true })
            await AppliedAsync(now.Release, Draft(JournalEvent.ReleaseApplied, Reasons.Applied, $"all {now.Components.Count} components are applied and healthy", now.Release), cancellation);
        Refresh();
    }

    public void Dispose() => taking.Dispose();

    /// <summary>The begun release is in as a whole; once for each time that it was begun.</summary>
    private ValueTask AppliedAsync(string release, JournalDraft entry, CancellationToken cancellation) => ChangeAsync(
        record => record is { Begun: { } begun, IsBegunApplied: false } && begun.Release == release
            ? record with { IsBegunApplied = true, Took = entry.Time - record.BegunAt, Applied = new AppliedRelease { Revision = begun.Revision, Release = release, Since = entry.Time } }
            : null,
        entry, cancellation);

    private bool IsKnown(JsonElement envelope) =>
        book.Record.Envelope is { } known && known.TryGetProperty("payload", out var a) && envelope.TryGetProperty("payload", out var b) && a.ValueEquals(b.GetString());

    /// <summary>Each kind of refusal once, until something is taken: a hostile hub must not fill the disk.</summary>
    private async ValueTask RefuseAsync(string reason, string message, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (refusals.Count >= 20 || !refusals.Add((reason, message)))
                return;
        }
        await TellAsync(JournalEvent.DesiredStateRefused, reason, message, cancellation);
    }

    private KeySet? TryKeys(JsonElement envelope, PublicKey root, KeySet? known)
    {
        try
        {
            return KeySet.Verify(DsseEnvelope.Parse(envelope), root, Identity.Hub, known);
        }
        catch (DsseException)
        {
            return null;
        }
    }
}
