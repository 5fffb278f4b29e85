using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sync;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Fleets;

/// <summary>What a fleet's status says.</summary>
internal static class FleetSummary
{
    private const int MostNamed = 5;

    public static FleetStatus Of(FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks, FleetMemory record, RolloutOutcome? rollout, DateTimeOffset now)
    {
        var counts = Count(observed, outlooks, now);
        var writing = new ConditionWriting(observed.Status?.Conditions ?? [], observed.Generation, now);
        return counts with
        {
            Revision = new FleetRevisions { Current = observed.Revision ?? record.Current, Good = record.Good, PreviousGood = record.PreviousGood, Quarantined = record.Quarantined },
            Rollout = record.Rollout,
            Conditions =
            [
                Ready(observed, outlooks, record, rollout, counts, writing),
                Overlapping(observed, outlooks, writing),
                Stalled(observed, outlooks, record, rollout, writing),
            ],
        };
    }

    private static FleetStatus Count(FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks, DateTimeOffset now)
    {
        int inSync = 0, upToDate = 0, healthy = 0, changing = 0, away = 0, silent = 0, failed = 0, notEnrolled = 0;
        for (var i = 0; i < outlooks.Count; i++)
        {
            var site = observed.Sites[i];
            var standing = outlooks[i].Standing;
            upToDate += standing is SiteStanding.Changing or SiteStanding.Silent or SiteStanding.Failed or SiteStanding.Done ? 1 : 0;
            changing += standing == SiteStanding.Changing ? 1 : 0;
            silent += standing == SiteStanding.Silent ? 1 : 0;
            failed += standing == SiteStanding.Failed ? 1 : 0;
            switch (SiteContacts.Of(site.Facts, site.ExpectedAway, now))
            {
                case SiteContact.NotEnrolled:
                    notEnrolled++;
                    break;
                case SiteContact.Connected:
                    var facts = site.Facts!;
                    inSync += facts is { Stage: { } stage, Taken: true, Drifted: false } && facts.Runs(stage)
                        && (standing == SiteStanding.Done || facts.Phase == SitePhase.Settled) ? 1 : 0;
                    healthy += facts.Healthy ? 1 : 0;
                    break;
                case var _ when standing is not (SiteStanding.Silent or SiteStanding.Failed):
                    away++;
                    break;
            }
        }
        return new FleetStatus
        {
            Sites = outlooks.Count,
            InSync = inSync,
            UpToDate = upToDate,
            Healthy = healthy,
            Changing = changing,
            Away = away,
            Silent = silent,
            Failed = failed,
            NotEnrolled = notEnrolled,
        };
    }

    private static Condition Ready(
        FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks, FleetMemory record, RolloutOutcome? rollout, FleetStatus counts, ConditionWriting writing)
    {
        var (status, reason, message) = Said();
        return writing.Make("Ready", status, reason, message);

        (ConditionStatus, string, string) Said()
        {
            const ConditionStatus No = ConditionStatus.False;
            if (observed.Problem is { } problem)
                return (No, problem.Reason, problem.Message);
            if (outlooks.Count == 0)
                return (No, Reasons.NoSites, "The selector picks no Site of this namespace: label sites, or change spec.selector.");
            if (rollout is { Record.Phase: RolloutPhase.Paused or RolloutPhase.RollingBack } || Quarantine(observed, record) is not null)
                return (No, Trouble(observed, record, rollout).Reason, Trouble(observed, record, rollout).Message);
            if (Names(observed, outlooks, SiteStanding.Failed) is { } failed)
                return (No, Reasons.ChangeFailing, $"The change failed at {failed}.");
            if (Names(observed, outlooks, SiteStanding.Overlapping) is { } overlapping)
                return (No, Reasons.SeveralFleets, $"Other fleets select {overlapping} as well.");
            if (Blocked(observed, outlooks) is { } blocked)
                return (No, blocked.Reason, blocked.Message);
            if (observed.Held is { } held && Waits(outlooks, held.Reason))
                return (No, held.Reason, $"{held.Message} Not all sites run the current revision.");
            if (rollout is { Record: { IsOver: false } running })
                return (No, Reasons.RollingOut, rollout.Waits.Count > 0 ? $"{running.Name}: {rollout.Waits[0].Message}" : $"{running.Name} is going out.");
            if (counts.Changing + counts.Silent > 0 || Waits(outlooks, Reasons.WaitingForSlot))
                return (No, Reasons.RollingOut, "Sites are changing to the current revision; the counts tell how many.");
            if (Shut(outlooks) is { } shut)
                return (No, shut.Reason, $"Sites wait for a time in which they may begin. First: {shut.Message}");
            if (Names(observed, outlooks, SiteStanding.Waiting) is { } paused)
                return (No, Reasons.Paused, $"Paused, and not on the current revision: {paused}.");
            if (Names(observed, outlooks, SiteStanding.Deferred) is { } deferred)
                return (No, Reasons.SitesAway, $"Away, and to change when they are heard of: {deferred}.");
            if (Names(observed, outlooks, SiteStanding.NotEnrolled) is { } unknown)
                return (No, Reasons.SitesNotEnrolled, $"No agent has enrolled for {unknown}: run `flotilla site enrol`.");
            return Ill(observed) is { } ill
                ? (No, Reasons.Unhealthy, $"Not healthy, as last heard: {ill}.")
                : (ConditionStatus.True, Reasons.AllUpToDate, "Every site runs the current revision and was healthy when last heard of.");
        }
    }

    private static Condition Overlapping(FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks, ConditionWriting writing) =>
        Names(observed, outlooks, SiteStanding.Overlapping) is { } names
            ? writing.Make("Overlapping", ConditionStatus.True, Reasons.SeveralFleets,
                $"Other fleets select {names} as well; nothing moves there. Change one of the selectors.")
            : writing.Make("Overlapping", ConditionStatus.False, Reasons.NoOverlap, "No other fleet selects sites of this one.");

    private static Condition Stalled(FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks, FleetMemory record, RolloutOutcome? rollout, ConditionWriting writing)
    {
        if (observed.Problem is { Stalled: true } problem)
            return writing.Make("Stalled", ConditionStatus.True, problem.Reason, problem.Message);
        if (rollout is { Record.Held: not null } || (rollout is null && Quarantine(observed, record) is not null))
            return writing.Make("Stalled", ConditionStatus.True, Trouble(observed, record, rollout).Reason, Trouble(observed, record, rollout).Message);
        if (Names(observed, outlooks, SiteStanding.Failed) is { } failed)
        {
            var first = outlooks.First(o => o.Standing == SiteStanding.Failed).Message;
            return writing.Make("Stalled", ConditionStatus.True, Reasons.ChangeFailing,
                $"The change failed at {failed}; these keep their slots. Mend the stack, or go back to the revision before. First: {first}");
        }
        return Blocked(observed, outlooks) is { } blocked && observed.Problem is null
            ? writing.Make("Stalled", ConditionStatus.True, blocked.Reason, blocked.Message)
            : writing.Make("Stalled", ConditionStatus.False, Reasons.NotStalled, "Nothing has to be mended.");
    }

    private static QuarantinedRevision? Quarantine(FleetObservation observed, FleetMemory record) => record.QuarantineOf(observed.Revision);

    /// <summary>What is wrong with the change as a whole.</summary>
    private static (string Reason, string Message) Trouble(FleetObservation observed, FleetMemory record, RolloutOutcome? rollout) => rollout is { Record: { IsOver: false } running }
        ? (running.Reason, $"{running.Name}: {running.Message}")
        : (Reasons.Quarantined, $"The current revision is in quarantine since {Quarantine(observed, record)?.Since:u}: {Quarantine(observed, record)?.Message} Change the stack, or lift it.");

    private static (string Reason, string Message)? Blocked(FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks)
    {
        if (Names(observed, outlooks, SiteStanding.Blocked) is not { } names)
            return null;
        var first = outlooks.First(o => o.Standing == SiteStanding.Blocked);
        return (first.Reason, $"Nothing can be given to {names}. First: {first.Message}");
    }

    private static SiteOutlook? Shut(IReadOnlyList<SiteOutlook> outlooks) =>
        outlooks.FirstOrDefault(o => o.Standing == SiteStanding.Waiting && o.Reason is not (Reasons.Paused or Reasons.WaitingForSlot));

    private static bool Waits(IReadOnlyList<SiteOutlook> outlooks, string reason)
    {
        foreach (var outlook in outlooks)
        {
            if (outlook.Standing == SiteStanding.Waiting && outlook.Reason == reason)
                return true;
        }
        return false;
    }

    private static string? Ill(FleetObservation observed) => Names(observed, i => observed.Sites[i].Facts is not { Healthy: true });

    private static string? Names(FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks, SiteStanding standing) =>
        Names(observed, i => outlooks[i].Standing == standing);

    /// <summary>The first few names that are meant, and how many more; null for none.</summary>
    private static string? Names(FleetObservation observed, Func<int, bool> isMeant)
    {
        var (names, count) = (new List<string>(), 0);
        for (var i = 0; i < observed.Sites.Count; i++)
        {
            if (!isMeant(i))
                continue;
            if (count++ < MostNamed)
                names.Add(observed.Sites[i].Name.Name);
        }
        return count == 0 ? null : string.Join(", ", names) + (count > MostNamed ? $" and {count - MostNamed} more" : "");
    }
}
