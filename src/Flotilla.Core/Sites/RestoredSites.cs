using Flotilla.Api;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Sites;

/// <summary>Sites of a hub that was restored from a backup: nobody knows what they were told since.</summary>
public static class RestoredSites
{
    /// <summary>Why a site must not get anything yet; null when it may.</summary>
    /// <param name="facts">What the ledger knows of it.</param>
    /// <param name="epoch">The hub's epoch.</param>
    /// <param name="opened">When that was opened.</param>
    public static FleetProblem? Unknown(SiteFacts? facts, long epoch, DateTimeOffset opened)
    {
        if (facts is not { Enrolled: true })
            return null;
        if (facts.IsAhead)
            return new FleetProblem(Reasons.NotHeardSinceRestore, "The site has taken something that this hub does not know of; it gets nothing new before it has shown that.", Stalled: false);
        // The first epoch follows nothing, and who was told something in this one is known.
        return epoch == 1 || facts.Epoch == epoch || facts.LastSeen >= opened
            ? null
            : new FleetProblem(Reasons.NotHeardSinceRestore, $"The site was not heard of since the hub was restored ({opened:u}); it gets nothing new before it tells what it has.", Stalled: false);
    }
}
