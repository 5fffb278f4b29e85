using System.Data.Common;

namespace Flotilla.Hub.Ledger;

/// <summary>Reads of rollouts.</summary>
internal static class RolloutQueries
{
    public static async Task<StoredRollout?> RolloutAsync(this LedgerSession session, string ns, string name, CancellationToken cancellation)
    {
        var found = await session.FirstAsync(
            "SELECT name, fleet, document, ended, id FROM rollouts WHERE namespace = @namespace AND name = @name",
            row => (Head: ReadHead(row), Id: row.GetInt64(4)), cancellation, ("namespace", ns), ("name", name));
        if (found.Head is null)
            return null;
        var members = await session.QueryAsync(
            "SELECT site, document FROM members WHERE rollout = @id",
            row => new StoredMember(row.GetString(0), row.GetString(1)), cancellation, ("id", found.Id));
        // Databases have orders of their own for text.
        members.Sort((a, b) => string.CompareOrdinal(a.Site, b.Site));
        return new StoredRollout(found.Head, members);
    }

    public static Task<List<StoredRolloutHead>> RolloutsAsync(this LedgerSession session, string ns, string fleet, CancellationToken cancellation) =>
        session.QueryAsync(
            "SELECT name, fleet, document, ended FROM rollouts WHERE namespace = @namespace AND fleet = @fleet ORDER BY id DESC",
            ReadHead, cancellation, ("namespace", ns), ("fleet", fleet));

    public static Task<List<StoryLine>> StoryAsync(this LedgerSession session, string ns, string rollout, long after, int limit, CancellationToken cancellation) =>
        session.QueryAsync(
            """
            SELECT l.number, l.line FROM stories l JOIN rollouts r ON r.id = l.rollout
            WHERE r.namespace = @namespace AND r.name = @name AND l.number > @after ORDER BY l.number LIMIT @limit
            """,
            row => new StoryLine(row.GetInt64(0), row.GetString(1)),
            cancellation, ("namespace", ns), ("name", rollout), ("after", after), ("limit", limit));

    private static StoredRolloutHead ReadHead(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3) != 0);
}
