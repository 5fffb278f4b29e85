using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>Whether a site is there now, and when it is expected back.</summary>
internal static class ForecastContact
{
    /// <summary>A site asks that often at least, whatever its link.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(2);

    /// <summary>When a site is back; null when it is there.</summary>
    /// <param name="known">When somebody said so.</param>
    public static DateTimeOffset? Back(FleetSite site, DateTimeOffset? known, RolloutTerms terms, DateTimeOffset now)
    {
        var (facts, away) = (site.Facts!, site.ExpectedAway);
        if (facts.LastSeen is { } heard && now - heard <= (away < LongestSilence ? away : LongestSilence))
            return null;
        if (known is { } said)
            return said > now ? said : now;
        // Overdue, or never there: nothing says that it is back sooner than it would be if it left now.
        var back = facts.LastSeen is { } seen && seen + away > now ? seen + away : now + away;
        if (facts is { IsPermitted: true, Delivered: true } && facts.Stage == site.Release && !facts.Runs(facts.Stage!))
        {
            // It is taken not to fail, so it is back before its silence counts as that.
            var lost = (facts.LastSeen > facts.Permitted ? facts.LastSeen.Value : facts.Permitted ?? now) + away + terms.ProgressDeadline;
            if (lost > now && lost <= back)
                back = now + ((lost - now) / 2);
        }
        return back;
    }
}
