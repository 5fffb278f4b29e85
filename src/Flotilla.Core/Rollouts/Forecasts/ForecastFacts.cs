using Flotilla.Api.Sites;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;
using Flotilla.Kubernetes.Quantities;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>What declarations and the past say of sites, as forecasts take it.</summary>
public static class ForecastFacts
{
    /// <summary>So many sites of a rollout say how long its change takes.</summary>
    private const int Enough = 3;

    /// <summary>A site with its declared link.</summary>
    /// <param name="bytes">Bytes of the release that it does not have.</param>
    /// <param name="took">How long it is expected to take.</param>
    public static ForecastSite Site(FleetSite? site, SiteLink? link, long bytes, TimeSpan? took) => new()
    {
        Site = site,
        Bytes = bytes,
        BitsPerSecond = Quantity.TryParse(link?.Bandwidth, out var bandwidth) && bandwidth.ToDouble() > 0 ? bandwidth.ToDouble() : null,
        Hears = LinkExpectation.Policy(link) is { HoldSeconds: 0 } policy ? TimeSpan.FromSeconds(policy.IntervalSeconds) : new ForecastSite().Hears,
        Took = took,
    };

    /// <summary>How long sites take, by what they took before.</summary>
    /// <param name="members">Those of the rollout: what some took for this very change holds for the others.</param>
    /// <param name="before">Those of the rollout before it: otherwise, each takes as long as then.</param>
    /// <returns>For each site; null where nothing is known.</returns>
    public static Func<SiteName, TimeSpan?> Took(IReadOnlyList<RolloutMember> members, IReadOnlyList<RolloutMember> before)
    {
        if (members.Count(m => m.Took is not null) >= Enough && Median(members) is { } usual)
            return _ => usual;
        var then = new Dictionary<SiteName, TimeSpan>();
        foreach (var member in before)
        {
            if (member.Took is { } took)
                then[member.Site] = took;
        }
        var median = Median(before) ?? Median(members);
        return site => then.TryGetValue(site, out var took) ? took : median;
    }

    private static TimeSpan? Median(IReadOnlyList<RolloutMember> members)
    {
        var times = members.Where(m => m.Took is not null).Select(m => m.Took!.Value).Order().ToList();
        return times.Count == 0 ? null : times[times.Count / 2];
    }
}
