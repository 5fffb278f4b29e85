using Flotilla.Api.Sites;

namespace Flotilla.Hub.Ledger;

/// <summary>Writes of those who hold the lease of a fleet.</summary>
internal static class TargetWrites
{
    private const string Make = """
        INSERT INTO sites (namespace, name) SELECT r.namespace, r.name FROM $rows
        WHERE NOT EXISTS (SELECT 1 FROM sites s WHERE s.namespace = r.namespace AND s.name = r.name)
        ORDER BY r.namespace, r.name ON CONFLICT DO NOTHING
        """;

    /// <summary>Sets targets, all or none; false when one is not the next of its site.</summary>
    public static async Task<bool> SetTargetsAsync(this LedgerSession session, IReadOnlyList<StoredTarget> targets, CancellationToken cancellation)
    {
        // One order for all writers: two that touch the same sites wait for each other, never for ever.
        var ordered = targets.OrderBy(t => t.Site).ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i].Site == ordered[i - 1].Site)
                throw new LedgerException($"site {ordered[i].Site} has two targets in one commit: it can only have one.");
        }
        await session.ExecuteEachAsync(Make, [Columns[0], Columns[1]], ordered, cancellation);
        if (await session.ExecuteEachAsync(SetIfNext(session), Columns, ordered, cancellation) != ordered.Count)
            return false;
        session.Changes.AddRange(ordered.Select(t => new LedgerChange(LedgerChangeKind.Target, t.Site)));
        return true;
    }

    /// <summary>Stores what a site proved to have taken, when that is newer; what the site cannot know stays as it is stored.</summary>
    public static async Task<bool> AdoptAsync(this LedgerSession session, StoredTarget target, CancellationToken cancellation)
    {
        await session.ExecuteEachAsync(Make, [Columns[0], Columns[1]], [target], cancellation);
        if (await session.ExecuteEachAsync(Adopt(session), Columns, [target], cancellation) == 0)
            return false;
        session.Changes.Add(new LedgerChange(LedgerChangeKind.Target, target.Site));
        return true;
    }

    /// <summary>The target of a site for the site itself: that it gets a permit is noted before.</summary>
    public static async Task<StoredTarget?> HandOutAsync(this LedgerSession session, SiteName site, CancellationToken cancellation)
    {
        if (await session.IsHeldAsync(cancellation))
            return null;
        while (true)
        {
            var target = await session.TargetAsync(site, cancellation);
            if (target?.Permit is null)
                return target;
            var sent = await session.FirstAsync(
                "SELECT t.sent FROM targets t JOIN sites s ON s.id = t.site WHERE s.namespace = @namespace AND s.name = @name AND t.epoch = @epoch",
                row => (long?)row.GetInt64(0), cancellation, [.. NameOf(site), ("epoch", target.Epoch)]);
            if (sent >= target.Sequence)
                return target;
            var written = await session.ExecuteAsync(
                """
                UPDATE targets SET sent = @sequence
                WHERE site = (SELECT id FROM sites WHERE namespace = @namespace AND name = @name) AND epoch = @epoch AND sent < @sequence
                """,
                cancellation, [.. NameOf(site), ("epoch", target.Epoch), ("sequence", target.Sequence)]);
            if (written == 0)
                continue;
            session.Changes.Add(new LedgerChange(LedgerChangeKind.Sent, site));
            return target;
        }
    }

    /// <summary>Writes a fleet's document, or only takes note of the lease's epoch; false when a newer one wrote.</summary>
    public static async Task<bool> FenceAsync(this LedgerSession session, FleetLease lease, string? document, CancellationToken cancellation) =>
        await session.ExecuteAsync(
            """
            INSERT INTO fleets (namespace, name, epoch, document) VALUES (@namespace, @name, @epoch, @document)
            ON CONFLICT (namespace, name) DO UPDATE SET epoch = excluded.epoch, document = COALESCE(excluded.document, fleets.document)
            WHERE fleets.epoch <= excluded.epoch
            """,
            cancellation, ("namespace", lease.Namespace), ("name", lease.Fleet), ("epoch", lease.Epoch), ("document", document)) == 1;

    public static Task<FleetRecord?> FleetAsync(this LedgerSession session, string ns, string fleet, CancellationToken cancellation) =>
        session.FirstAsync(
            "SELECT epoch, document FROM fleets WHERE namespace = @namespace AND name = @name AND document IS NOT NULL",
            row => new FleetRecord(row.GetInt64(0), row.GetString(1)), cancellation, ("namespace", ns), ("name", fleet));

    // The row of the site is locked, too: it may be on its way out.
    private static string SetIfNext(LedgerSession session) => $"""
        INSERT INTO targets (site, fleet, stage_revision, stage_release, permit_release, permit_from, permit_until, permit_anytime,
            good_revision, good_release, permitted, permit_sequence, inputs, epoch, sequence, envelope)
        SELECT s.id, r.fleet, r.stage_revision, r.stage_release, r.permit_release, r.permit_from, r.permit_until, r.permit_anytime,
            r.good_revision, r.good_release, r.permitted, r.permit_sequence, r.inputs, r.epoch, r.sequence, r.envelope
        FROM $rows JOIN sites s ON s.namespace = r.namespace AND s.name = r.name
        WHERE r.sequence = 1 OR EXISTS (SELECT 1 FROM targets t WHERE t.site = s.id)
        ORDER BY r.namespace, r.name{session.ForUpdateOf("s")}
        ON CONFLICT (site) DO UPDATE SET fleet = excluded.fleet,
            stage_revision = excluded.stage_revision, stage_release = excluded.stage_release,
            permit_release = excluded.permit_release, permit_from = excluded.permit_from, permit_until = excluded.permit_until,
            permit_anytime = excluded.permit_anytime,
            good_revision = excluded.good_revision, good_release = excluded.good_release,
            permitted = excluded.permitted, inputs = excluded.inputs, epoch = excluded.epoch, sequence = excluded.sequence, envelope = excluded.envelope,
            permit_sequence = CASE WHEN targets.permit_release = excluded.permit_release AND targets.permit_from = excluded.permit_from
                AND targets.permit_until = excluded.permit_until AND targets.permit_anytime = excluded.permit_anytime
                THEN targets.permit_sequence ELSE excluded.permit_sequence END
        WHERE excluded.sequence = targets.sequence + 1 AND excluded.epoch >= targets.epoch
        """;

    private static string Adopt(LedgerSession session) => $"""
        INSERT INTO targets (site, fleet, stage_revision, stage_release, permit_release, permit_from, permit_until, permit_anytime,
            good_revision, good_release, permitted, permit_sequence, inputs, epoch, sequence, envelope, sent)
        SELECT s.id, r.fleet, r.stage_revision, r.stage_release, r.permit_release, r.permit_from, r.permit_until, r.permit_anytime,
            r.good_revision, r.good_release, r.permitted, r.permit_sequence, r.inputs, r.epoch, r.sequence, r.envelope, r.sequence
        FROM $rows JOIN sites s ON s.namespace = r.namespace AND s.name = r.name WHERE true
        ORDER BY r.namespace, r.name{session.ForUpdateOf("s")}
        ON CONFLICT (site) DO UPDATE SET
            stage_revision = excluded.stage_revision, stage_release = excluded.stage_release,
            permit_release = excluded.permit_release, permit_from = excluded.permit_from, permit_until = excluded.permit_until,
            permit_anytime = excluded.permit_anytime, permitted = excluded.permitted, permit_sequence = excluded.permit_sequence,
            inputs = excluded.inputs, epoch = excluded.epoch, sequence = excluded.sequence, envelope = excluded.envelope, sent = excluded.sent
        WHERE excluded.epoch > targets.epoch OR (excluded.epoch = targets.epoch AND excluded.sequence > targets.sequence)
        """;

    private static (string Name, object? Value)[] NameOf(SiteName site) => [("namespace", site.Namespace), ("name", site.Name)];

    private static readonly LedgerColumn<StoredTarget>[] Columns =
    [
        LedgerColumn<StoredTarget>.Text("namespace", t => t.Site.Namespace),
        LedgerColumn<StoredTarget>.Text("name", t => t.Site.Name),
        LedgerColumn<StoredTarget>.Text("fleet", t => t.Fleet),
        LedgerColumn<StoredTarget>.Text("stage_revision", t => t.Stage?.Revision),
        LedgerColumn<StoredTarget>.Text("stage_release", t => t.Stage?.Release),
        LedgerColumn<StoredTarget>.Text("permit_release", t => t.Permit?.Release),
        LedgerColumn<StoredTarget>.Number("permit_from", t => t.Permit?.NotBefore.UtcTicks),
        LedgerColumn<StoredTarget>.Number("permit_until", t => t.Permit?.NotAfter.UtcTicks),
        LedgerColumn<StoredTarget>.Number("permit_anytime", t => t.Permit is { AnyTime: true } ? 1 : 0),
        LedgerColumn<StoredTarget>.Text("good_revision", t => t.PreviousGood?.Revision),
        LedgerColumn<StoredTarget>.Text("good_release", t => t.PreviousGood?.Release),
        LedgerColumn<StoredTarget>.Number("permitted", t => t.Permitted?.UtcTicks),
        LedgerColumn<StoredTarget>.Number("permit_sequence", t => t.Permit is null ? 0 : t.Sequence),
        LedgerColumn<StoredTarget>.Text("inputs", t => t.Inputs),
        LedgerColumn<StoredTarget>.Number("epoch", t => t.Epoch),
        LedgerColumn<StoredTarget>.Number("sequence", t => t.Sequence),
        LedgerColumn<StoredTarget>.Bytes("envelope", t => t.Envelope),
    ];
}
