using Flotilla.Api.Fleets;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Fleets;

/// <summary>
/// Which sites of a fleet get what, and when. A slot is held from the permit until the site runs the release: a change that fails, or
/// cuts sites off, keeps its slots and so stops itself. Who is not there is left aside until it is heard of.
/// </summary>
public static class FleetDecision
{
    public static Decision<FleetAction, FleetOutcome> Decide(FleetObservation observed, FleetSpec desired, DateTimeOffset now)
    {
        var pass = new FleetPass(observed, desired, now);
        pass.Classify();
        pass.GiveSlots();
        var outlooks = pass.Outlooks;
        var revisions = Remember(observed, outlooks);
        var status = FleetSummary.Of(observed, desired, outlooks, revisions, now);
        return new(pass.Actions, new FleetOutcome(status, revisions, outlooks), pass.Next);
    }

    private static RevisionRecord Remember(FleetObservation observed, IReadOnlyList<SiteOutlook> outlooks)
    {
        var before = observed.Revisions;
        if (observed.Revision is not { } current)
            return before;
        if (before.Current != current)
        {
            before = new RevisionRecord
            {
                Current = current,
                // Going back to a revision does not make it its own predecessor.
                PreviousGood = before.CurrentIsGood ? before.Current : before.PreviousGood == current ? null : before.PreviousGood,
            };
        }
        return before.CurrentIsGood || !AllHave(outlooks) ? before : before with { CurrentIsGood = true };
    }

    /// <summary>Whether all that are there have it; nobody having it is not enough.</summary>
    private static bool AllHave(IReadOnlyList<SiteOutlook> outlooks)
    {
        var any = false;
        foreach (var outlook in outlooks)
        {
            if (outlook.Standing == SiteStanding.Done)
                any = true;
            else if (outlook.Standing is not (SiteStanding.Deferred or SiteStanding.NotEnrolled or SiteStanding.Overlapping))
                return false;
        }
        return any;
    }
}
