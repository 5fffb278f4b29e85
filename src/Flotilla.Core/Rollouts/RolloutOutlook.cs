using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Rollouts;

/// <summary>
/// What a rollout has in mind for its sites at one moment, as their own status and <c>rollout explain</c> say it. What is said of many alike is said with the same object.
/// </summary>
/// <param name="held">Why nobody of the fleet may begin; null when they may.</param>
public sealed class RolloutOutlook(RolloutRecord record, FleetProblem? held, DateTimeOffset now)
{
    private static readonly SiteOutlook Overlapping = new(SiteStanding.Overlapping, Reasons.SeveralFleets, "Several fleets select this site; it keeps what it has until only one does.");
    private static readonly SiteOutlook Staging = new(SiteStanding.Waiting, Reasons.Staging, "The site is fetching the release.");
    private static readonly SiteOutlook GoesBack = new(SiteStanding.Changing, Reasons.UpToDate, "The site goes back to what it had.");
    private static readonly SiteOutlook Silent = new(SiteStanding.Silent, Reasons.Silent, "The site was not heard of since it was permitted to change.");
    private static readonly SiteOutlook NotEnrolled = new(SiteStanding.NotEnrolled, Reasons.NeverEnrolled, "No agent has enrolled for this site.");
    private static readonly SiteOutlook Away = new(SiteStanding.Deferred, Reasons.Away, "The site is not there; it may begin when it is heard of.");
    private static readonly SiteOutlook Paused = new(SiteStanding.Waiting, Reasons.Paused, "The site is paused.");
    private readonly SiteOutlook?[] turns = new SiteOutlook?[record.Waves.Count];
    private readonly Dictionary<MaintenanceCalendar, SiteOutlook?> windows = [];

    public SiteOutlook Of(RolloutMember member, FleetSite? site) => member.State switch
    {
        _ when site?.OtherFleets.Count > 0 => Overlapping,
        RolloutSiteState.Waiting => new(SiteStanding.Blocked, member.Reason, member.Message),
        RolloutSiteState.Staging => Staging,
        RolloutSiteState.Staged when held is not null => new(SiteStanding.Waiting, held.Reason, held.Message),
        RolloutSiteState.Staged when site?.Paused == true => Paused,
        RolloutSiteState.Staged => Turn(member.Wave, site?.Calendar),
        RolloutSiteState.Applying => member.Back ? GoesBack : FleetPass.Changing,
        RolloutSiteState.Soaking or RolloutSiteState.Succeeded => FleetPass.Done,
        RolloutSiteState.Failed => new(SiteStanding.Failed, member.Reason, member.Message),
        RolloutSiteState.Silent => Silent,
        RolloutSiteState.Deferred when member.Reason == Reasons.NeverEnrolled => NotEnrolled,
        RolloutSiteState.Deferred => Away,
        _ => new(SiteStanding.Waiting, member.Reason, member.Message),
    };

    /// <summary>What a site waits for that has its release.</summary>
    private SiteOutlook Turn(int wave, MaintenanceCalendar? calendar)
    {
        var turn = turns[wave] ??= Turn(record.Waves[wave]);
        return calendar is null || record.Phase == RolloutPhase.Paused || record.Waves[wave].Started is null ? turn : Closed(calendar) ?? turn;
    }

    private SiteOutlook Turn(WaveRecord wave) =>
        record.Phase == RolloutPhase.Paused ? new(SiteStanding.Waiting, Reasons.Paused, $"The rollout {record.Name} is paused. {record.Message}".TrimEnd())
        : wave.Started is null ? new(SiteStanding.Waiting, Reasons.WaitingForWave, $"It is not the turn of the wave {wave.Name} yet.")
        : new(SiteStanding.Waiting, Reasons.WaitingForSlot, $"Waits for a slot of the wave {wave.Name}.");

    /// <summary>Null while the window is open.</summary>
    private SiteOutlook? Closed(MaintenanceCalendar calendar)
    {
        if (!windows.TryGetValue(calendar, out var closed))
            windows[calendar] = closed = calendar.At(now) is { IsOpen: false } window ? new(SiteStanding.Waiting, window.Reason!, window.Say()) : null;
        return closed;
    }
}
