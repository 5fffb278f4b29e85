namespace Flotilla.Hub.Ledger;

/// <summary>Writes of those who hold the lease of a fleet.</summary>
internal static class TargetWrites
{
    private sealed record Position(long Epoch, long Sequence);

    public static async Task<bool> SetTargetsAsync(this LedgerSession session, FleetLease lease, IReadOnlyList<StoredTarget> targets, CancellationToken cancellation)
    {
        if (!await session.FenceAsync(lease, null, cancellation))
            return false;
        // One order for all writers: two that touch the same sites wait for each other, never for ever.
        foreach (var target in targets.OrderBy(t => t.Site))
        {
            if (await session.SetTargetAsync(target, cancellation))
                continue;
            session.Refused = true;
            return false;
        }
        return true;
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

    private static async Task<bool> SetTargetAsync(this LedgerSession session, StoredTarget target, CancellationToken cancellation)
    {
        var id = await session.MakeSiteAsync(target.Site, cancellation);
        // The row of the site stands for its target, which may not be there to be locked.
        await session.FirstAsync("SELECT id FROM sites WHERE id = @id" + session.ForUpdate, row => row.GetInt64(0), cancellation, ("id", id));
        var before = await session.FirstAsync(
            "SELECT epoch, sequence FROM targets WHERE site = @id",
            row => new Position(row.GetInt64(0), row.GetInt64(1)), cancellation, ("id", id)) ?? new Position(0, 0);
        if (target.Sequence != before.Sequence + 1 || target.Epoch < before.Epoch)
            return false;
        await session.ExecuteAsync(
            """
            INSERT INTO targets (site, fleet, stage_revision, stage_release, permit_release, permit_from, permit_until,
                good_revision, good_release, permitted, inputs, epoch, sequence, envelope)
            VALUES (@id, @fleet, @stage_revision, @stage_release, @permit_release, @permit_from, @permit_until,
                @good_revision, @good_release, @permitted, @inputs, @epoch, @sequence, @envelope)
            ON CONFLICT (site) DO UPDATE SET fleet = excluded.fleet,
                stage_revision = excluded.stage_revision, stage_release = excluded.stage_release,
                permit_release = excluded.permit_release, permit_from = excluded.permit_from, permit_until = excluded.permit_until,
                good_revision = excluded.good_revision, good_release = excluded.good_release,
                permitted = excluded.permitted, inputs = excluded.inputs, epoch = excluded.epoch, sequence = excluded.sequence, envelope = excluded.envelope
            """,
            cancellation,
            ("id", id), ("fleet", target.Fleet),
            ("stage_revision", target.Stage?.Revision), ("stage_release", target.Stage?.Release),
            ("permit_release", target.Permit?.Release), ("permit_from", target.Permit?.NotBefore.UtcTicks), ("permit_until", target.Permit?.NotAfter.UtcTicks),
            ("good_revision", target.PreviousGood?.Revision), ("good_release", target.PreviousGood?.Release),
            ("permitted", target.Permitted?.UtcTicks), ("inputs", target.Inputs), ("epoch", target.Epoch), ("sequence", target.Sequence), ("envelope", target.Envelope));
        session.Changes.Add(new LedgerChange(LedgerChangeKind.Target, target.Site));
        return true;
    }
}
