namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>
/// How exactly the hub is foreseen to look: at every moment that matters while that costs little, and the less often the more was looked at. What happens at about the
/// same time is then one step, so that neither many sites nor far ends make a forecast slow. Steps are only ever late, and by no more than an eighth of what a site
/// was at.
/// </summary>
internal sealed class ForecastGrain
{
    private static readonly (long Looks, long Seconds)[] Ladder =
    [
        (80_000_000, 86_400), (40_000_000, 14_400), (20_000_000, 3_600), (10_000_000, 900), (5_000_000, 300), (2_000_000, 60), (500_000, 10),
    ];

    /// <summary>A window that opens is not to be closed again when it is looked at.</summary>
    private const long LatestLook = 900 * TimeSpan.TicksPerSecond;

    private long looks;
    private long grain;

    /// <summary>So many sites were looked at once more.</summary>
    public void Count(int sites)
    {
        looks += sites;
        grain = 0;
        foreach (var (from, seconds) in Ladder)
        {
            if (looks < from)
                continue;
            grain = seconds * TimeSpan.TicksPerSecond;
            break;
        }
    }

    /// <summary>When the hub looks that means to look at a time.</summary>
    public DateTimeOffset Look(DateTimeOffset time)
    {
        var step = Math.Min(grain, LatestLook);
        return step == 0 || time > ModelledPlace.Always ? time : new DateTimeOffset((time.UtcTicks + step - 1) / step * step, TimeSpan.Zero);
    }

    /// <summary>For how long news of something that took so long may wait for others.</summary>
    public TimeSpan Slack(TimeSpan took) => new(Math.Min(grain, took.Ticks / 8));
}
