using Flotilla.Api;
using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>What does not come to an end as things stand, and why.</summary>
internal static class ForecastNever
{
    public static IReadOnlyList<NeverForecast> Of(ForecastInput input, ForecastRun run, IReadOnlyList<Follower> followers)
    {
        var groups = new Dictionary<(string Reason, string Why), List<string>>();
        for (var i = 0; i < run.Members.Count; i++)
            Add(groups, run.Members[i].Site.Name, Why(run.Members[i], run.Fleet[i], run));
        foreach (var follower in followers)
        {
            if (follower.Done is null)
                Add(groups, run.Members[follower.Site].Site.Name, OfPlace(run.Fleet[follower.Site], run) ?? (follower.Reason, follower.Message));
        }
        var never = Whole(run, groups.Count > 0);
        foreach (var ((reason, why), names) in groups.OrderByDescending(g => g.Value.Count).ThenBy(g => g.Value[0], StringComparer.Ordinal))
            never.Add(new(reason, $"{Words.Sites(names.Count)} ({Words.Names(names)}): {why}", names.Count));
        return never;
    }

    /// <summary>What the rollout as a whole waits for.</summary>
    private static List<NeverForecast> Whole(ForecastRun run, bool someSites)
    {
        var never = new List<NeverForecast>();
        if (run.Record.IsOver)
            return never;
        if (run.IsCut || (run.Waits.Count == 0 && !someSites))
            never.Add(new(Reasons.RollingOut, $"It is not over within {Words.Duration(RolloutForecast.Ahead)}.", 0));
        foreach (var wait in run.Waits)
        {
            // Which sites are not through, and why, is said of them.
            if (!someSites || wait.Reason is not (Reasons.RollingOut or Reasons.WindowClosed))
                never.Add(new(wait.Reason, wait.Message ?? "", 0));
        }
        return never;
    }

    private static void Add(Dictionary<(string, string), List<string>> groups, string name, (string, string)? why)
    {
        if (why is not { } reason)
            return;
        if (!groups.TryGetValue(reason, out var names))
            groups[reason] = names = [];
        names.Add(name);
    }

    private static (string Reason, string Why)? Why(RolloutMember member, ModelledPlace? place, ForecastRun run) => member.State switch
    {
        RolloutSiteState.Failed => (member.Reason, $"failed. {member.Message}"),
        RolloutSiteState.Deferred when place is not { Site.Facts.Enrolled: true } => (Reasons.NeverEnrolled, "no agent has enrolled."),
        RolloutSiteState.Waiting when !run.Record.IsOver => (member.Reason, member.Message),
        RolloutSiteState.Staging or RolloutSiteState.Staged when !run.Record.IsOver => OfPlace(place, run),
        _ => null,
    };

    private static (string Reason, string Why)? OfPlace(ModelledPlace? place, ForecastRun run) =>
        place is null ? null
        : place.Site.Paused ? (Reasons.Paused, "paused.")
        : place.Site.Release is null ? (place.Site.Problem?.Reason ?? Reasons.StackNotReady, place.Site.Problem?.Message ?? "there is no release.")
        : place.Site.Calendar?.At(run.Now.AddTicks(1)) is { IsOpen: false, Opens: null } closed ? (closed.Reason!, closed.Say())
        : null;
}
