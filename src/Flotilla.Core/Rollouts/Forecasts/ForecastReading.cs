using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>Reads a forecast off a rollout that was lived through.</summary>
internal sealed class ForecastReading(ForecastInput input, ForecastRun run, DateTimeOffset made)
{
    private const int MostDeciding = 5;
    private const int Points = 20;
    private readonly IReadOnlyList<Follower> followers = ForecastFollowers.Of(input, run);
    private readonly DateTimeOffset?[] done = new DateTimeOffset?[run.Members.Count];

    public Forecast Read()
    {
        for (var i = 0; i < done.Length; i++)
            done[i] = run.Members[i] is { State: RolloutSiteState.Succeeded or RolloutSiteState.RolledBack } member ? member.Since : null;
        foreach (var follower in followers)
            done[follower.Site] = follower.Done;
        var waves = new List<int>[run.Record.Waves.Count];
        for (var w = 0; w < waves.Length; w++)
            waves[w] = [];
        for (var i = 0; i < done.Length; i++)
        {
            if (Counts(run.Members[i]))
                waves[run.Members[i].Wave].Add(i);
        }
        var all = Sorted(waves.SelectMany(w => w));
        var total = waves.Sum(w => w.Count);
        var follows = followers.ToDictionary(f => f.Site);
        return new Forecast
        {
            Rollout = run.Record.Name,
            Made = made,
            Sites = total,
            Done = all.TakeWhile(d => d.Time <= made).Count(),
            Phase = run.Record.Phase,
            Starts = run.Record.Waves.Count > 0 ? run.Record.Waves[0].Started : null,
            P50 = At(all, total, 50),
            P95 = At(all, total, 95),
            Ends = run.Record.Ended,
            Last = all.Count > 0 ? all[^1].Time : null,
            Waves = [.. waves.Select((members, w) => Wave(w, members, follows))],
            Curve = Curve(all, total),
            Deciding = Deciding(all, follows),
            Late = Late(all),
            Followers = followers.Count,
            Never = ForecastNever.Of(input, run, followers),
            Assumptions = ForecastWords.Assumptions(input, run, followers.Count),
        };
    }

    private WaveForecast Wave(int wave, List<int> members, Dictionary<int, Follower> follows)
    {
        var (record, sorted) = (run.Record.Waves[wave], Sorted(members));
        return new WaveForecast
        {
            Name = record.Name,
            Sites = members.Count,
            Done = sorted.TakeWhile(d => d.Time <= made).Count(),
            Starts = record.Started,
            P50 = At(sorted, members.Count, 50),
            P95 = At(sorted, members.Count, 95),
            Ends = record.Completed,
            Followers = members.Count(follows.ContainsKey),
            Deciding = Deciding([.. sorted.Where(d => !follows.ContainsKey(d.Site))], follows),
            Gates = [.. Gates(wave)],
        };
    }

    private IEnumerable<GateForecast> Gates(int wave)
    {
        var terms = input.Terms.Waves[wave];
        foreach (var key in terms.Before.Select((_, i) => $"{terms.Name}/before/{i}").Concat(terms.After.Select((_, i) => $"{terms.Name}/after/{i}")))
        {
            var gate = run.Record.Gates.FirstOrDefault(g => g.Key == key);
            if (gate?.Passed is null || gate.Passed > made)
                yield return new GateForecast(key, gate?.Reached, gate?.Passed);
        }
    }

    private List<SiteForecast> Deciding(List<(DateTimeOffset Time, int Site)> sorted, Dictionary<int, Follower> follows)
    {
        var last = new List<SiteForecast>();
        for (var i = sorted.Count - 1; i >= 0 && last.Count < MostDeciding && sorted[i].Time > made; i--)
        {
            var (time, site) = sorted[i];
            var member = run.Members[site];
            var (reason, message) = follows.TryGetValue(site, out var follower) ? (follower.Reason, follower.Message)
                : run.Fleet[site] is { } place ? SiteCourse.Of(member, place, input.Sites[site], input.Assumptions, Later(made, run.Record.Waves[member.Wave].Started)).Longest
                : (member.Reason, member.Message);
            last.Add(new SiteForecast(member.Site.Name, time, reason, message));
        }
        return last;
    }

    private List<(DateTimeOffset Time, int Site)> Sorted(IEnumerable<int> members)
    {
        var sorted = new List<(DateTimeOffset Time, int Site)>();
        foreach (var i in members)
        {
            if (done[i] is { } time)
                sorted.Add((time, i));
        }
        sorted.Sort();
        return sorted;
    }

    /// <summary>When so many of 100 are through.</summary>
    private static DateTimeOffset? At(List<(DateTimeOffset Time, int)> sorted, int total, int percent)
    {
        var needed = (int)(((long)total * percent + 99) / 100);
        return needed > 0 && needed <= sorted.Count ? sorted[needed - 1].Time : null;
    }

    private List<ForecastPoint> Curve(List<(DateTimeOffset Time, int)> sorted, int total)
    {
        var curve = new List<ForecastPoint> { new(made, sorted.TakeWhile(d => d.Time <= made).Count()) };
        for (var p = 1; p <= Points; p++)
        {
            var needed = (int)(((long)total * p + Points - 1) / Points);
            needed = Math.Min(needed, sorted.Count);
            if (needed <= curve[^1].Done)
                continue;
            var time = sorted[needed - 1].Time;
            while (needed < sorted.Count && sorted[needed].Time == time)
                needed++;
            curve.Add(new(time, needed));
        }
        return curve;
    }

    /// <summary>Who comes after the longest pause in the second half, where that is long.</summary>
    private LateSites? Late(List<(DateTimeOffset Time, int Site)> sorted)
    {
        if (sorted.Count < 2 || sorted[^1].Time <= made)
            return null;
        var (first, longest) = (0, TimeSpan.Zero);
        for (var i = Math.Max(1, (sorted.Count + 1) / 2); i < sorted.Count; i++)
        {
            var pause = sorted[i].Time - Later(made, sorted[i - 1].Time);
            if (pause > longest)
                (first, longest) = (i, pause);
        }
        if (longest < TimeSpan.FromHours(1) || longest < (sorted[^1].Time - made) / 10)
            return null;
        return new LateSites(sorted.Count - first, sorted[first].Time, [.. sorted.Skip(first).Take(MostDeciding).Select(d => run.Members[d.Site].Site.Name)]);
    }

    private static bool Counts(RolloutMember member) => member.State is not (RolloutSiteState.Skipped or RolloutSiteState.Superseded);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset? b) => b > a ? b.Value : a;
}
