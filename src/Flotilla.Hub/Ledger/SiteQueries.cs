using System.Data.Common;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>Reads of one site or all.</summary>
internal static class SiteQueries
{
    private const string States = """
        SELECT s.id, s.namespace, s.name, s.key_id, s.signing_key, s.sealing_key, s.enrolled, s.last_seen, s.agent,
            s.taken_epoch, s.taken_sequence, s.journal, j.last, s.report_digest, s.summary,
            t.fleet, t.stage_revision, t.stage_release, t.permit_release, t.permit_from, t.permit_until, t.permit_anytime,
            t.good_revision, t.good_release, t.permitted, t.epoch, t.sequence, t.inputs, t.sent, t.permit_sequence, s.barred, s.contested
        FROM sites s
        LEFT JOIN targets t ON t.site = s.id
        LEFT JOIN streams j ON j.site = s.id AND j.journal = s.journal
        """;

    private const string Target = """
        SELECT t.fleet, t.stage_revision, t.stage_release, t.permit_release, t.permit_from, t.permit_until, t.permit_anytime,
            t.good_revision, t.good_release, t.permitted, t.epoch, t.sequence, t.envelope, t.inputs
        FROM targets t JOIN sites s ON s.id = t.site
        WHERE s.namespace = @namespace AND s.name = @name
        """;

    public static Task<SiteState?> StateAsync(this LedgerSession session, SiteName site, CancellationToken cancellation) =>
        session.FirstAsync(
            States + "\nWHERE s.namespace = @namespace AND s.name = @name",
            ReadState, cancellation, ("namespace", site.Namespace), ("name", site.Name));

    public static Task<List<SiteState>> StatesAsync(this LedgerSession session, CancellationToken cancellation) =>
        session.QueryAsync(States, ReadState, cancellation);

    public static Task<List<SiteState>> StatesAsync(this LedgerSession session, string ns, string fleet, CancellationToken cancellation) =>
        session.QueryAsync(
            States + "\nWHERE s.namespace = @namespace AND t.fleet = @fleet",
            ReadState, cancellation, ("namespace", ns), ("fleet", fleet));

    public static Task<StoredTarget?> TargetAsync(this LedgerSession session, SiteName site, CancellationToken cancellation) =>
        session.FirstAsync(
            Target,
            row => new StoredTarget
            {
                Site = site,
                Fleet = row.GetString(0),
                Stage = ReadRelease(row, 1),
                Permit = ReadPermit(row, 3),
                PreviousGood = ReadRelease(row, 7),
                Permitted = row.TimeOrNull(9),
                Epoch = row.GetInt64(10),
                Sequence = row.GetInt64(11),
                Envelope = row.GetFieldValue<byte[]>(12),
                Inputs = row.GetString(13),
            },
            cancellation, ("namespace", site.Namespace), ("name", site.Name));

    public static async Task<SiteReport?> ReportAsync(this LedgerSession session, SiteName site, CancellationToken cancellation) =>
        await session.FirstAsync(
            "SELECT r.report FROM reports r JOIN sites s ON s.id = r.site WHERE s.namespace = @namespace AND s.name = @name",
            row => row.GetString(0), cancellation, ("namespace", site.Namespace), ("name", site.Name)) is { } text
            ? JsonSerializer.Deserialize(text, ApiJson.Default.SiteReport)
            : null;

    public static Task<List<StoredEntry>> EntriesAsync(this LedgerSession session, SiteName site, long after, int limit, CancellationToken cancellation) =>
        session.QueryAsync(
            """
            SELECT e.position, e.journal, e.received, e.entry FROM entries e JOIN sites s ON s.id = e.site
            WHERE s.namespace = @namespace AND s.name = @name AND e.position > @after ORDER BY e.position LIMIT @limit
            """,
            row => new StoredEntry(row.GetInt64(0), row.GetString(1), row.Time(2), JsonSerializer.Deserialize(row.GetString(3), ApiJson.Default.JournalEntry)!),
            cancellation, ("namespace", site.Namespace), ("name", site.Name), ("after", after), ("limit", limit));

    private static SiteState ReadState(DbDataReader row)
    {
        var summary = row.TextOrNull(14) is { } text ? JsonSerializer.Deserialize(text, ApiJson.Default.SiteReport) : null;
        var barred = row.TextOrNull(30) is { } bar ? JsonSerializer.Deserialize(bar, IdentityJson.Default.SiteBar) : null;
        var keys = row.TextOrNull(3) is { } keyId ? new SiteKeys(keyId, row.GetString(4), row.GetString(5), row.Time(6)) { Barred = barred } : null;
        return new SiteState(row.GetInt64(0), keys, row.GetString(11), row.NumberOrZero(12), row.GetString(13), new SiteFacts
        {
            Site = new SiteName(row.GetString(1), row.GetString(2)),
            Enrolled = keys is not null,
            LastSeen = row.TimeOrNull(7),
            Barred = barred,
            Contested = row.TextOrNull(31) is { } contested ? JsonSerializer.Deserialize(contested, IdentityJson.Default.ContestedIdentity) : null,
            Agent = row.TextOrNull(8),
            TakenEpoch = row.GetInt64(9),
            TakenSequence = row.GetInt64(10),
            Phase = summary?.Phase ?? SitePhase.Settled,
            Reason = summary?.Reason ?? "",
            Message = summary?.Message ?? "",
            AppliedRelease = summary?.Applied?.Release,
            AppliedRevision = summary?.Applied?.Revision,
            AppliedSince = summary?.Applied?.Since,
            Healthy = summary?.Healthy ?? false,
            Drifted = summary?.Drifted ?? false,
            Gap = summary?.Gap,
            Link = summary?.Link,
            Kubernetes = summary?.Kubernetes,
            Fleet = row.TextOrNull(15),
            Stage = ReadRelease(row, 16),
            Permit = ReadPermit(row, 18),
            PreviousGood = ReadRelease(row, 22),
            Permitted = row.TimeOrNull(24),
            Epoch = row.NumberOrZero(25),
            Sequence = row.NumberOrZero(26),
            Inputs = row.TextOrNull(27) ?? "",
            SentSequence = row.NumberOrZero(28),
            PermitSequence = row.NumberOrZero(29),
        });
    }

    private static ReleaseTarget? ReadRelease(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new ReleaseTarget(row.GetString(column), row.GetString(column + 1));

    private static StartPermit? ReadPermit(DbDataReader row, int column) =>
        row.IsDBNull(column)
            ? null
            : new StartPermit(row.GetString(column), row.Time(column + 1), row.Time(column + 2)) { AnyTime = row.GetInt64(column + 3) != 0 };
}
