using Flotilla.Api.Sites;
using Flotilla.Api.Sync;

namespace Flotilla.Core.Sites;

/// <summary>What a declared link means for how long nothing need be heard of a site, and how it shall ask.</summary>
public static class LinkExpectation
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan UsualWhenMetered = TimeSpan.FromHours(2);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <summary>For how long it is normal not to hear of a site.</summary>
    public static TimeSpan ExpectedAway(SiteLink? link) =>
        DeclaredDuration.Parse(link?.ExpectedAway) is { Ticks: > 0 } declared
            ? declared
            : link?.Metered == true ? UsualWhenMetered : Usual;

    /// <summary>How the site asks: often enough that it is never taken for away while it is not.</summary>
    public static SyncPolicy Policy(SiteLink? link)
    {
        var half = ExpectedAway(link) / 2;
        var interval = Math.Max(1, (int)Math.Min(half.TotalSeconds, LongestInterval.TotalSeconds));
        // Four fifths, since the request after a held one takes a moment too.
        var hold = link?.Metered == true ? 0 : Math.Max(1, (int)Math.Min(ExpectedAway(link).TotalSeconds * 0.8, LongestHold.TotalSeconds));
        return new SyncPolicy
        {
            HoldSeconds = hold,
            IntervalSeconds = interval,
            FetchBitsPerSecond = DeclaredQuantity.Parse(link?.FetchRate),
            DailyBytes = DeclaredQuantity.Parse(link?.DailyBudget),
        };
    }
}
