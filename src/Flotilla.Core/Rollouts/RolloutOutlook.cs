using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Rollouts;

/// <summary>What a rollout has in mind for a site, as the site's own status and <c>rollout explain</c> say it.</summary>
public static class RolloutOutlook
{
    /// <param name="held">Why nobody of the fleet may begin; null when they may.</param>
    public static SiteOutlook Of(RolloutMember member, RolloutRecord record, FleetSite? site, FleetProblem? held, DateTimeOffset now) => member.State switch
    {
        _ when site?.OtherFleets.Count > 0 => new(SiteStanding.Overlapping, Reasons.SeveralFleets, "Several fleets select this site; it keeps what it has until only one does."),
        RolloutSiteState.Waiting => new(SiteStanding.Blocked, member.Reason, member.Message),
        RolloutSiteState.Staging => new(SiteStanding.Waiting, Reasons.Staging, "The site is fetching the release."),
        RolloutSiteState.Staged when held is not null => new(SiteStanding.Waiting, held.Reason, held.Message),
        RolloutSiteState.Staged => Turn(member, record, site, now),
        RolloutSiteState.Applying => new(SiteStanding.Changing, Reasons.UpToDate, member.Back ? "The site goes back to what it had." : "The site is changing."),
        RolloutSiteState.Soaking or RolloutSiteState.Succeeded => new(SiteStanding.Done, Reasons.UpToDate, "The site runs the current revision."),
        RolloutSiteState.Failed => new(SiteStanding.Failed, member.Reason, member.Message),
        RolloutSiteState.Silent => new(SiteStanding.Silent, Reasons.Silent, "The site was not heard of since it was permitted to change."),
        RolloutSiteState.Deferred when member.Reason == Reasons.NeverEnrolled => new(SiteStanding.NotEnrolled, Reasons.NeverEnrolled, "No agent has enrolled for this site."),
        RolloutSiteState.Deferred => new(SiteStanding.Deferred, Reasons.Away, "The site is not there; it may begin when it is heard of."),
        _ => new(SiteStanding.Waiting, member.Reason, member.Message),
    };

    /// <summary>What a site waits for that has its release.</summary>
    private static SiteOutlook Turn(RolloutMember member, RolloutRecord record, FleetSite? site, DateTimeOffset now)
    {
        var wave = record.Waves[member.Wave];
        return site?.Paused == true ? new(SiteStanding.Waiting, Reasons.Paused, "The site is paused.")
            : record.Phase == RolloutPhase.Paused ? new(SiteStanding.Waiting, Reasons.Paused, $"The rollout {record.Name} is paused. {record.Message}".TrimEnd())
            : wave.Started is null ? new(SiteStanding.Waiting, Reasons.WaitingForWave, $"It is not the turn of the wave {wave.Name} yet.")
            : site?.Calendar?.At(now) is { IsOpen: false } window ? new(SiteStanding.Waiting, window.Reason!, window.Say())
            : new(SiteStanding.Waiting, Reasons.WaitingForSlot, $"Waits for a slot of the wave {wave.Name}.");
    }
}
