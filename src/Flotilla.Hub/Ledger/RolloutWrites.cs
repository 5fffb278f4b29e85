using System.Globalization;
using System.Text.Json.Nodes;

namespace Flotilla.Hub.Ledger;

/// <summary>Writes of rollouts.</summary>
internal static class RolloutWrites
{
    private const int MostWithMembers = 20;
    private const int MostHeads = 200;

    /// <summary>Of a story: as many lines are kept of its beginning, at most altogether, and of its end once that is too much.</summary>
    private const int FirstLines = 100;
    private const int MostLines = 10_000;
    private const int LastLines = 9_000;

    private sealed record Row(long Id, string Fleet, bool Ended, long Told, long Untold);

    public static async Task<bool> CommitAsync(this LedgerSession session, FleetLease lease, FleetCommit commit, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await session.IsHeldAsync(cancellation) || !await session.FenceAsync(lease, commit.Document, cancellation))
            return false;
        if (!await session.SetTargetsAsync(commit.Targets, cancellation))
        {
            session.Refused = true;
            return false;
        }
        foreach (var rollout in commit.Rollouts)
            await session.WriteAsync(lease, rollout, now, cancellation);
        return true;
    }

    private static async Task WriteAsync(this LedgerSession session, FleetLease lease, RolloutCommit commit, DateTimeOffset now, CancellationToken cancellation)
    {
        var row = await session.FindAsync(lease, commit.Name, cancellation) ?? await session.BeginAsync(lease, commit, cancellation);
        if (row.Fleet != lease.Fleet)
            throw new LedgerException($"rollout {lease.Namespace}/{commit.Name} belongs to the fleet {row.Fleet}, not to {lease.Fleet}: choose another name.");
        var ended = row.Ended || commit.Ended;
        await session.ExecuteAsync(
            "UPDATE rollouts SET document = COALESCE(@document, document), ended = @ended, told = @told WHERE id = @id",
            cancellation, ("document", commit.Document), ("ended", ended ? 1L : 0L), ("told", row.Told + commit.Story.Count), ("id", row.Id));
        await session.ExecuteEachAsync(
            """
            INSERT INTO members (rollout, site, document) SELECT r.rollout, r.site, r.document FROM $rows WHERE true
            ON CONFLICT (rollout, site) DO UPDATE SET document = excluded.document
            """,
            [LedgerColumn<StoredMember>.Number("rollout", _ => row.Id), LedgerColumn<StoredMember>.Text("site", m => m.Site), LedgerColumn<StoredMember>.Text("document", m => m.Document)],
            // What is said of a site last counts.
            commit.Members.Reverse().DistinctBy(m => m.Site), cancellation);
        await session.TellAsync(row, commit.Story, now, cancellation);
        if (ended && !row.Ended)
            await session.ForgetOldAsync(lease, cancellation);
    }

    private static Task<Row?> FindAsync(this LedgerSession session, FleetLease lease, string name, CancellationToken cancellation) =>
        session.FirstAsync(
            "SELECT id, fleet, ended, told, untold FROM rollouts WHERE namespace = @namespace AND name = @name",
            r => new Row(r.GetInt64(0), r.GetString(1), r.GetInt64(2) != 0, r.GetInt64(3), r.GetInt64(4)),
            cancellation, ("namespace", lease.Namespace), ("name", name));

    private static async Task<Row> BeginAsync(this LedgerSession session, FleetLease lease, RolloutCommit commit, CancellationToken cancellation)
    {
        if (commit.Document is not { } document)
            throw new LedgerException($"rollout {lease.Namespace}/{commit.Name} is new here and has no document: write it whole.");
        await session.ExecuteAsync(
            """
            INSERT INTO rollouts (namespace, name, fleet, document, ended) VALUES (@namespace, @name, @fleet, @document, 0)
            ON CONFLICT DO NOTHING
            """,
            cancellation, ("namespace", lease.Namespace), ("name", commit.Name), ("fleet", lease.Fleet), ("document", document));
        return (await session.FindAsync(lease, commit.Name, cancellation))!;
    }

    private static async Task TellAsync(this LedgerSession session, Row row, IReadOnlyList<string> story, DateTimeOffset now, CancellationToken cancellation)
    {
        await session.ExecuteEachAsync(
            "INSERT INTO stories (rollout, number, line) SELECT r.rollout, r.number, r.line FROM $rows",
            [LedgerColumn<StoryLine>.Number("rollout", _ => row.Id), LedgerColumn<StoryLine>.Number("number", l => l.Number), LedgerColumn<StoryLine>.Text("line", l => l.Text)],
            story.Select((line, i) => new StoryLine(row.Told + 1 + i, line)), cancellation);
        var told = row.Told + story.Count;
        // The line that tells of what is gone stands where the first one of these stood.
        var kept = row.Untold == 0 ? told : FirstLines + 1 + told - row.Untold;
        if (kept <= MostLines)
            return;
        var last = told - LastLines;
        await session.ExecuteAsync(
            "DELETE FROM stories WHERE rollout = @rollout AND number > @first AND number <= @last",
            cancellation, ("rollout", row.Id), ("first", (long)FirstLines), ("last", last));
        await session.ExecuteAsync(
            "INSERT INTO stories (rollout, number, line) VALUES (@rollout, @number, @line)",
            cancellation, ("rollout", row.Id), ("number", FirstLines + 1L), ("line", Gap(last, now)));
        await session.ExecuteAsync("UPDATE rollouts SET untold = @last WHERE id = @rollout", cancellation, ("last", last), ("rollout", row.Id));
    }

    private static string Gap(long last, DateTimeOffset now) => new JsonObject
    {
        ["time"] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["reason"] = "StoryShortened",
        ["message"] = string.Create(CultureInfo.InvariantCulture, $"lines {FirstLines + 1} to {last} are no longer kept: the story has the first {FirstLines} and the newest"),
    }.ToJsonString();

    private static async Task ForgetOldAsync(this LedgerSession session, FleetLease lease, CancellationToken cancellation)
    {
        const string Old = """
            SELECT id FROM rollouts WHERE namespace = @namespace AND fleet = @fleet AND ended = 1 AND id <=
                (SELECT id FROM rollouts WHERE namespace = @namespace AND fleet = @fleet AND ended = 1 ORDER BY id DESC LIMIT 1 OFFSET @most)
            """;
        await DeleteAsync("members", "rollout", MostWithMembers);
        await DeleteAsync("stories", "rollout", MostHeads);
        await DeleteAsync("rollouts", "id", MostHeads);

        Task<int> DeleteAsync(string table, string key, int most) => session.ExecuteAsync(
            $"DELETE FROM {table} WHERE {key} IN ({Old})", cancellation, ("namespace", lease.Namespace), ("fleet", lease.Fleet), ("most", most));
    }
}
