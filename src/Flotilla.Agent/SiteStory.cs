using System.Text.Json;
using Flotilla.Agent.Applying;
using Flotilla.Agent.Journals;
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
internal sealed class SiteStory : ISyncedSite, IApplyObserver, IDisposable
{
    private readonly IAgentState state;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim taking = new(1);
    private readonly Lock gate = new();
    private readonly HashSet<(string Reason, string Message)> refusals = [];
    private KeySet? keys;
    private ApplyProgress? progress;
    private SyncStanding? standing;

    public SiteStory(SiteIdentity identity, IAgentState state, TimeProvider time)
    {
        Identity = identity;
        this.state = state;
        this.time = time;
        var root = PublicKey.FromJwk(identity.Root);
        if (state.Record.KeySet is { } kept)
            keys = TryKeys(kept, root, null);
        // What was taken once was checked then, with the keys of then.
        if (state.Record.Envelope is { } envelope)
            Desired = JsonSerializer.Deserialize(Convert.FromBase64String(DsseEnvelope.Parse(envelope).Payload), ApiJson.Default.DesiredState);
    }

    public SiteIdentity Identity { get; }

    public IJournal Journal => state.Journal;

    public Pulse Changed { get; } = new();

    /// <summary>Beats when something else is wanted.</summary>
    public Pulse Wanted { get; } = new();

    public DesiredState? Desired { get; private set; }

    public SyncPolicy Policy => Desired?.Sync ?? new SyncPolicy { HoldSeconds = 240, IntervalSeconds = 3600 };

    public bool AwaitsHub => Desired is { Paused: false, Stage: { } wanted } && wanted.Release != state.Record.Begun?.Release && Staging.Reason is Reasons.WaitingForPermit or Reasons.PermitOver;

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

    public SyncStanding Standing()
    {
        lock (gate)
        {
            if (standing is not null)
                return standing;
            var report = ReportWriter.Write(state.Record, Desired, Staging, progress, Kubernetes);
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
        await state.Journal.AppendAsync([draft], cancellation);
        Changed.Beat();
    }

    public ValueTask TellAsync(JournalEvent what, string reason, string message, CancellationToken cancellation, string? release = null) =>
        TellAsync(new JournalDraft(time.GetUtcNow(), what) { Reason = reason, Message = message, Release = release }, cancellation);

    public async ValueTask TakeKeySetAsync(JsonElement envelope, CancellationToken cancellation)
    {
        if (TryKeys(envelope, PublicKey.FromJwk(Identity.Root), keys) is not { } newer)
        {
            await RefuseAsync(Reasons.BadSignature, "a key set is not signed by the hub's root key, or is older than the one that is known", cancellation);
            return;
        }
        await state.SaveRecordAsync(state.Record with { KeySet = envelope.Clone() }, cancellation);
        keys = newer;
        Refresh();
    }

    public async ValueTask TakeAsync(JsonElement envelope, CancellationToken cancellation)
    {
        await taking.WaitAsync(cancellation);
        try
        {
            var (desired, reason, message) = DesiredStateCheck.Check(envelope, keys, Identity, state.Record.Floor);
            if (desired is null)
            {
                // Two requests may bring the same news.
                if (reason != Reasons.NotNewer || !IsKnown(envelope))
                    await RefuseAsync(reason, message, cancellation);
                return;
            }
            var wasPaused = Desired?.Paused ?? false;
            await state.SaveRecordAsync(
                state.Record with { Envelope = envelope.Clone(), Floor = state.Record.Floor.Or(new SignedFloor(desired.Epoch, desired.Sequence, desired.Issued)) },
                cancellation);
            Desired = desired;
            lock (gate)
            {
                refusals.Clear();
                standing = null;
            }
            await TellAsync(JournalEvent.DesiredStateTaken, "", $"({desired.Epoch}, {desired.Sequence}){(desired.Permit is null ? "" : ", with leave to begin")}", cancellation, desired.Stage?.Release);
            if (desired.Paused != wasPaused)
                await TellAsync(desired.Paused ? JournalEvent.Paused : JournalEvent.Resumed, Reasons.Paused, desired.Paused ? "Nothing new is begun here." : "", cancellation);
            Wanted.Beat();
        }
        finally
        {
            taking.Release();
        }
    }

    public async ValueTask HappenedAsync(ApplyEvent what, CancellationToken cancellation)
    {
        var draft = new JournalDraft(time.GetUtcNow(), what.Event)
        {
            Component = what.Component,
            Object = what.Object,
            Reason = what.Reason,
            Message = what.Message,
            Release = what.Release,
        };
        if (what.Event == JournalEvent.ReleaseApplied && state.Record.Begun is { } begun && begun.Release == what.Release)
        {
            await state.SaveRecordAsync(
                state.Record with { Applied = new AppliedRelease { Revision = begun.Revision, Release = begun.Release, Since = time.GetUtcNow() } }, cancellation);
            lock (gate)
                standing = null;
        }
        await TellAsync(draft, cancellation);
    }

    public ValueTask ProgressedAsync(ApplyProgress now, CancellationToken cancellation)
    {
        lock (gate)
        {
            progress = now;
            standing = null;
        }
        Changed.Beat();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => taking.Dispose();

    private bool IsKnown(JsonElement envelope) =>
        state.Record.Envelope is { } known && known.TryGetProperty("payload", out var a) && envelope.TryGetProperty("payload", out var b) && a.ValueEquals(b.GetString());

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
