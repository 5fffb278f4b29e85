using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>A site that was away when the rollout ended, and when it is through.</summary>
internal readonly record struct Follower(int Site, DateTimeOffset? Done, string Reason, string Message);

/// <summary>Sites that follow a rollout after its end: each when it is back, has the release, its window is open, and one of the slots for catching up is free.</summary>
internal static class ForecastFollowers
{
    public static IReadOnlyList<Follower> Of(ForecastInput input, ForecastRun run)
    {
        if (run.Record is not { Phase: RolloutPhase.Succeeded, Ended: { } ended })
            return [];
        var coming = new List<(int Site, DateTimeOffset Back, DateTimeOffset Ready)>();
        for (var i = 0; i < run.Members.Count; i++)
        {
            if (run.Members[i].State != RolloutSiteState.Deferred || run.Fleet[i] is not { Site.Facts.Enrolled: true } place)
                continue;
            var back = place.Back is { } time && time > ended ? time : ended;
            coming.Add((i, back, place.Has(place.Site.Release) ? back : back + place.Fetches));
        }
        coming.Sort((a, b) => (a.Ready, a.Site).CompareTo((b.Ready, b.Site)));
        var free = new PriorityQueue<int, DateTimeOffset>();
        for (var slot = 0; slot < Math.Min(coming.Count, input.CatchUp.SlotsOf(run.Members.Count)); slot++)
            free.Enqueue(slot, ended);
        var followers = new List<Follower>(coming.Count);
        foreach (var (site, back, ready) in coming)
        {
            var place = run.Fleet[site]!;
            free.TryPeek(out var slot, out var from);
            if (Opens(place, ready > from ? ready : from) is not { } begins || place.Site.Paused || place.Site.Release is null)
            {
                followers.Add(new(site, null, Api.Reasons.WaitingForPermit, "nothing may begin there"));
                continue;
            }
            var done = begins + place.Hears + place.Applies;
            free.Dequeue();
            free.Enqueue(slot, done);
            var (reason, message) = SiteCourse.OfFollower(place, input.Sites[site], input.Assumptions, ended, back, ready, begins).Longest;
            followers.Add(new(site, done, reason, message));
        }
        return followers;
    }

    private static DateTimeOffset? Opens(ModelledPlace place, DateTimeOffset time) =>
        place.Site.Calendar?.At(time.AddTicks(1)) is { IsOpen: false } closed ? closed.Opens : time;
}
