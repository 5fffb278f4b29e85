using Flotilla.Api.Sites;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>All sites of a forecast, and what happens at which of them next.</summary>
internal sealed class ModelledFleet
{
    private readonly ModelledPlace?[] places;
    private readonly FleetSite?[] sites;
    private readonly DateTimeOffset[] queued;
    private readonly Dictionary<SiteName, int> byName;
    private readonly PriorityQueue<int, (DateTimeOffset, int)> coming = new();
    private readonly ForecastGrain grain;
    private readonly string fleet;

    public ModelledFleet(ForecastInput input, ForecastGrain grain, DateTimeOffset now)
    {
        (this.grain, fleet) = (grain, input.Record.Fleet);
        (places, sites, queued) = (new ModelledPlace?[input.Sites.Count], new FleetSite?[input.Sites.Count], new DateTimeOffset[input.Sites.Count]);
        byName = new Dictionary<SiteName, int>(places.Length);
        Array.Fill(queued, DateTimeOffset.MaxValue);
        grain.Count(places.Length);
        for (var i = 0; i < places.Length; i++)
        {
            byName[input.Members[i].Site] = i;
            if (input.Sites[i].Site is not { } site)
                continue;
            var place = places[i] = new ModelledPlace(input.Sites[i], site, input.Members[i], input.Terms, input.Assumptions, now);
            sites[i] = place.Site;
            Queue(i);
        }
    }

    /// <summary>As the hub sees them.</summary>
    public IReadOnlyList<FleetSite?> Sites => sites;

    /// <summary>When something happens next; the end of time for never.</summary>
    public DateTimeOffset Due => coming.TryPeek(out _, out var next) ? next.Item1 : DateTimeOffset.MaxValue;

    public ModelledPlace? this[int site] => places[site];

    /// <summary>Lets things happen until some matter, those included that happen at about the same time. Says when that is; null when none matters up to the end.</summary>
    public DateTimeOffset? Advance(DateTimeOffset end, Func<int, bool> matters)
    {
        DateTimeOffset? time = null;
        while (coming.TryPeek(out var i, out var next) && next.Item1 is var now && now <= end)
        {
            coming.Dequeue();
            if (queued[i] != now)
                continue;
            queued[i] = DateTimeOffset.MaxValue;
            var place = places[i]!;
            var slack = grain.Slack(place.Pace);
            if (place.Advance(now) && matters(i))
            {
                time = now;
                end = now + slack < end ? now + slack : end;
            }
            sites[i] = place.Site;
            Queue(i);
        }
        return time;
    }

    /// <summary>Says to sites what was decided about them.</summary>
    public void Act(IReadOnlyList<FleetAction> actions, DateTimeOffset now)
    {
        if (actions.Count == 0)
            return;
        foreach (var about in actions.GroupBy(a => a.Site))
        {
            var i = byName[about.Key];
            places[i]!.Tell(about, fleet, now);
            sites[i] = places[i]!.Site;
            Queue(i);
        }
    }

    private void Queue(int site)
    {
        var due = places[site]!.Due;
        if (due >= queued[site])
            return;
        queued[site] = due;
        coming.Enqueue(site, (due, site));
    }
}
