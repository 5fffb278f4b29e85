using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>Writes of what sites say.</summary>
internal static class SyncWrites
{
    private const int MostStreams = 50;

    /// <summary>How often it is looked what is too old, in entries.</summary>
    private const int PruneEvery = 256;

    private sealed record Row(long Id, bool Enrolled, long Position, string ReportDigest);

    /// <summary>Whether a sync says nothing that is not stored already.</summary>
    public static bool IsKnown(SiteState state, SyncRequest request) =>
        request.Entries.Count == 0
        && (request.Report is null || request.ReportDigest == state.ReportDigest)
        && request.Epoch == state.Facts.TakenEpoch
        && request.Sequence == state.Facts.TakenSequence
        && request.Agent == (state.Facts.Agent ?? "")
        && request.Journal == state.Journal;

    /// <summary>Stores it. Null when the site is not enrolled.</summary>
    /// <returns>The last stored entry of the request's journal, and the digest of the stored report.</returns>
    public static async Task<(long Acknowledged, string ReportDigest)?> StoreAsync(
        this LedgerSession session, SiteName site, SyncRequest request, DateTimeOffset now, JournalRetention retention, CancellationToken cancellation)
    {
        var row = await session.FirstAsync(
            "SELECT id, key_id, position, report_digest FROM sites WHERE namespace = @namespace AND name = @name" + session.ForUpdate,
            r => new Row(r.GetInt64(0), !r.IsDBNull(1), r.GetInt64(2), r.GetString(3)),
            cancellation, ("namespace", site.Namespace), ("name", site.Name));
        if (row is not { Enrolled: true })
            return null;

        var (acknowledged, position) = await session.AppendAsync(row, request, now, cancellation);
        if (position > row.Position && await session.IsOvertakenAsync(row.Id, request.Journal, cancellation))
        {
            // Entries were added to a journal after another one had taken its place: there are two who have these keys, and both go on.
            await session.BarAsync(row.Id, new SiteBar(Reasons.IdentityCopied, $"Two machines have the keys of this site: both its journal {request.Journal} and one that was begun later go on.", now), cancellation);
            session.Changes.Add(new LedgerChange(LedgerChangeKind.Enrolment, site));
        }
        if (position / PruneEvery != row.Position / PruneEvery)
            await session.PruneAsync(row.Id, position, now, retention, cancellation);

        var digest = row.ReportDigest;
        if (request.Report is { } report && request.ReportDigest != digest)
        {
            digest = request.ReportDigest;
            await session.ExecuteAsync(
                "INSERT INTO reports (site, report) VALUES (@id, @report) ON CONFLICT (site) DO UPDATE SET report = excluded.report",
                cancellation, ("id", row.Id), ("report", JsonSerializer.Serialize(report, ApiJson.Default.SiteReport)));
            await session.ExecuteAsync(
                "UPDATE sites SET report_digest = @digest, summary = @summary WHERE id = @id",
                cancellation, ("digest", digest), ("summary", JsonSerializer.Serialize(report with { Components = [] }, ApiJson.Default.SiteReport)), ("id", row.Id));
        }
        await session.ExecuteAsync(
            """
            UPDATE sites SET last_seen = @now, agent = @agent, taken_epoch = @epoch, taken_sequence = @sequence, journal = @journal, position = @position
            WHERE id = @id
            """,
            cancellation,
            ("now", now), ("agent", request.Agent), ("epoch", request.Epoch), ("sequence", request.Sequence),
            ("journal", request.Journal), ("position", position), ("id", row.Id));
        session.Changes.Add(new LedgerChange(LedgerChangeKind.Report, site));
        return (acknowledged, digest);
    }

    /// <summary>Writes the times of last contact; never back.</summary>
    public static async Task SeeAsync(this LedgerSession session, IReadOnlyList<(SiteName Site, DateTimeOffset Seen)> contacts, CancellationToken cancellation)
    {
        foreach (var (site, seen) in contacts.OrderBy(c => c.Site))
        {
            await session.ExecuteAsync(
                "UPDATE sites SET last_seen = @seen WHERE namespace = @namespace AND name = @name AND (last_seen IS NULL OR last_seen < @seen)",
                cancellation, ("seen", seen), ("namespace", site.Namespace), ("name", site.Name));
        }
    }

    private static async Task<(long Acknowledged, long Position)> AppendAsync(
        this LedgerSession session, Row row, SyncRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        var last = await session.FirstAsync(
            "SELECT last FROM streams WHERE site = @id AND journal = @journal",
            r => (long?)r.GetInt64(0), cancellation, ("id", row.Id), ("journal", request.Journal));
        var (acknowledged, position) = (last ?? 0, row.Position);
        foreach (var entry in request.Entries)
        {
            if (entry.Number <= acknowledged)
                continue;
            if (!entry.Follows(acknowledged))
                break;
            acknowledged = entry.Number;
            position++;
            await session.ExecuteAsync(
                "INSERT INTO entries (site, position, journal, received, entry) VALUES (@id, @position, @journal, @received, @entry)",
                cancellation,
                ("id", row.Id), ("position", position), ("journal", request.Journal), ("received", now),
                ("entry", JsonSerializer.Serialize(entry, ApiJson.Default.JournalEntry)));
        }
        if (acknowledged > (last ?? 0))
        {
            await session.ExecuteAsync(
                """
                INSERT INTO streams (site, journal, last, begun) VALUES (@id, @journal, @last, @begun)
                ON CONFLICT (site, journal) DO UPDATE SET last = excluded.last
                """,
                cancellation, ("id", row.Id), ("journal", request.Journal), ("last", acknowledged), ("begun", now));
            if (last is null)
                await session.ForgetOldStreamsAsync(row.Id, cancellation);
        }
        return (acknowledged, position);
    }

    private static async Task<bool> IsOvertakenAsync(this LedgerSession session, long id, string journal, CancellationToken cancellation) =>
        await session.FirstAsync(
            "SELECT 1 FROM streams s JOIN streams later ON later.site = s.site AND later.begun > s.begun WHERE s.site = @id AND s.journal = @journal LIMIT 1",
            row => (long?)1, cancellation, ("id", id), ("journal", journal)) is not null;

    // A site begins a journal when it lost its state. One that does so without end must not fill the disk.
    private static Task<int> ForgetOldStreamsAsync(this LedgerSession session, long id, CancellationToken cancellation) =>
        session.ExecuteAsync(
            """
            DELETE FROM streams WHERE site = @id AND journal NOT IN
                (SELECT journal FROM streams WHERE site = @id ORDER BY begun DESC, journal LIMIT @most)
            """,
            cancellation, ("id", id), ("most", MostStreams));

    private static Task<int> PruneAsync(
        this LedgerSession session, long id, long position, DateTimeOffset now, JournalRetention retention, CancellationToken cancellation) =>
        session.ExecuteAsync(
            "DELETE FROM entries WHERE site = @id AND (position <= @position OR received < @received)",
            cancellation, ("id", id), ("position", position - retention.Entries), ("received", now - retention.Age));
}
