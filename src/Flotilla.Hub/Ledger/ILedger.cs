using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>
/// What is true about sites and does not belong into the Kubernetes API. Every write is one transaction and durable when its task ends.
/// Two sides: SQLite for one machine, PostgreSQL for several hubs.
/// </summary>
public interface ILedger : IAsyncDisposable
{
    /// <summary>Remembers an enrolment token by the SHA-256 of its text.</summary>
    Task AddTokenAsync(EnrolmentToken token, CancellationToken cancellation);

    /// <summary>
    /// Uses a token up and binds keys to its site. The same keys again, with the same token, succeed again: an answer may be lost on
    /// its way. A site that is enrolled with other keys keeps them, unless the token replaces keys, and who tried is remembered.
    /// </summary>
    Task<EnrolmentOutcome> EnrolAsync(string tokenHash, SiteKeys keys, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>The keys of a site; null when it is not enrolled.</summary>
    Task<SiteKeys?> KeysAsync(SiteName site, CancellationToken cancellation);

    /// <summary>
    /// Keeps a site out, whoever has its keys, until keys are bound to it by a token that replaces them. What it runs it keeps. False when
    /// it is not enrolled.
    /// </summary>
    Task<bool> BarAsync(SiteName site, SiteBar bar, CancellationToken cancellation);

    /// <summary>Forgets keys, tokens, target, journal and report.</summary>
    Task RemoveAsync(SiteName site, CancellationToken cancellation);

    /// <summary>
    /// Stores what a site said and tells what it is meant to be. Journal entries that are there already are left out; a gap is refused
    /// from the gap on. A site that says nothing new causes neither a read nor a write of the disk. Null when the site is not enrolled.
    /// While the hub is held, nothing newer is handed out.
    /// </summary>
    Task<SyncOutcome?> SyncAsync(SiteName site, SyncRequest request, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>The stored target of a site; null when it has none.</summary>
    Task<StoredTarget?> TargetAsync(SiteName site, CancellationToken cancellation);

    /// <summary>
    /// Writes what a fleet's worker decided, all or nothing, as the holder of the fleet's lease: fails when a newer epoch of the lease
    /// wrote for this fleet, or when a site's sequence is not the one before.
    /// </summary>
    /// <exception cref="LedgerException">A rollout is new and has no document, or belongs to another fleet.</exception>
    Task<bool> CommitAsync(FleetLease lease, FleetCommit commit, CancellationToken cancellation);

    /// <summary>What is known of all sites, in short, for the hub's memory at its start.</summary>
    IAsyncEnumerable<SiteFacts> FactsAsync(CancellationToken cancellation);

    /// <summary>The facts of one site; null when nothing is known.</summary>
    Task<SiteFacts?> FactsAsync(SiteName site, CancellationToken cancellation);

    /// <summary>The facts of the sites that a fleet wrote to last, in no order.</summary>
    Task<IReadOnlyList<SiteFacts>> FleetFactsAsync(string ns, string fleet, CancellationToken cancellation);

    /// <summary>The last report of a site.</summary>
    Task<SiteReport?> ReportAsync(SiteName site, CancellationToken cancellation);

    /// <summary>Entries of a site in the order in which they were stored, oldest first, after a position.</summary>
    Task<IReadOnlyList<StoredEntry>> JournalAsync(SiteName site, long after, int limit, CancellationToken cancellation);

    /// <summary>A small document of a fleet, with the epoch that wrote last.</summary>
    Task<FleetRecord?> FleetAsync(string ns, string fleet, CancellationToken cancellation);

    /// <summary>A rollout with its members; null when there is none of the name.</summary>
    Task<StoredRollout?> RolloutAsync(string ns, string name, CancellationToken cancellation);

    /// <summary>The rollouts of a fleet, newest first.</summary>
    Task<IReadOnlyList<StoredRolloutHead>> RolloutsAsync(string ns, string fleet, CancellationToken cancellation);

    /// <summary>Lines of a rollout's story in order, after a number.</summary>
    Task<IReadOnlyList<StoryLine>> StoryAsync(string ns, string rollout, long after, int limit, CancellationToken cancellation);

    /// <summary>What the hub remembers of itself; null before its first start.</summary>
    Task<HubRecord?> HubAsync(CancellationToken cancellation);

    /// <summary>What the hub remembers of itself, put in when there is nothing yet, and changed by a function that may be called again; null from it changes nothing.</summary>
    Task<HubRecord> ChangeHubAsync(HubRecord first, Func<HubRecord, HubRecord?> change, CancellationToken cancellation);

    /// <summary>
    /// Stores what a site proved to have taken and the ledger does not know, when it is newer than the stored target; fleet and previous
    /// good stay those that are stored.
    /// </summary>
    Task<bool> AdoptAsync(StoredTarget target, CancellationToken cancellation);

    /// <summary>Tells of changes, whichever hub made them, soon after they are stored. Losing one costs time only.</summary>
    IDisposable Subscribe(Action<LedgerChange> onChange);
}

/// <summary>Leave to enrol one site, once.</summary>
public sealed record EnrolmentToken(string Hash, SiteName Site, DateTimeOffset Expires)
{
    /// <summary>Whether keys that are bound to the site make way: other hardware takes its place, or it is let in again.</summary>
    public bool Replaces { get; init; }
}

/// <summary>Public keys of a site, as JWK texts; the id is the thumbprint of the signing key.</summary>
public sealed record SiteKeys(string KeyId, string SigningKey, string SealingKey, DateTimeOffset Enrolled)
{
    /// <summary>Why the holder of these keys is not let in any more; null when it is.</summary>
    public SiteBar? Barred { get; init; }
}

/// <summary>How an enrolment went.</summary>
public sealed record EnrolmentOutcome(EnrolmentResult Result, SiteName? Site);

/// <summary>How an enrolment went.</summary>
public enum EnrolmentResult
{
    Enrolled,
    UnknownToken,
    ExpiredToken,
    UsedToken,
    EnrolledWithOtherKeys,
}

/// <summary>What a fleet's worker holds.</summary>
public sealed record FleetLease(string Namespace, string Fleet, long Epoch);

/// <summary>What a site is meant to be; the envelope is served as it is.</summary>
public sealed record StoredTarget
{
    public required SiteName Site { get; init; }

    public required string Fleet { get; init; }

    public ReleaseTarget? Stage { get; init; }

    public StartPermit? Permit { get; init; }

    public ReleaseTarget? PreviousGood { get; init; }

    public required long Epoch { get; init; }

    /// <summary>One more than before.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the permit was issued; null while there is none.</summary>
    public DateTimeOffset? Permitted { get; init; }

    /// <summary>What the envelope says besides release and permit, in short: tells whether it is still as declared.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>DSSE envelope (JSON).</summary>
    public required byte[] Envelope { get; init; }
}

/// <summary>What a sync is answered with.</summary>
/// <param name="Acknowledged">Number of the last entry of the journal that is stored.</param>
/// <param name="ReportDigest">Digest of the stored report, empty for none.</param>
/// <param name="Target">What the site is meant to be, when that is newer than what it told to have taken.</param>
public sealed record SyncOutcome(long Acknowledged, string ReportDigest, StoredTarget? Target)
{
    /// <summary>Whether the site told to have taken something newer than the ledger knows.</summary>
    public bool IsAhead { get; init; }
}

/// <summary>An entry with its position in the site's story.</summary>
public sealed record StoredEntry(long Position, string Journal, DateTimeOffset Received, JournalEntry Entry);

/// <summary>A fleet's document.</summary>
public sealed record FleetRecord(long Epoch, string Document);

/// <summary>What changed.</summary>
public readonly record struct LedgerChange(LedgerChangeKind Kind, SiteName Site)
{
    /// <summary>In place of a site, where a change is about none.</summary>
    public static readonly SiteName Nobody = new("none", "none");
}

/// <summary>What changed.</summary>
public enum LedgerChangeKind
{
    Enrolment,
    Target,
    Report,
    Seen,
    Removed,

    /// <summary>A permit is about to be handed to the site.</summary>
    Sent,

    /// <summary>What the hub remembers of itself; about no site.</summary>
    Hub,
}
