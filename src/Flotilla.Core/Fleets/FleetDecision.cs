using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Fleets;

/// <summary>
/// What is next for a fleet: its rollout takes a step, and the sites that are in none follow what is good. A slot is held from the permit until
/// the site runs the release: a change that fails, or cuts sites off, keeps its slots and so stops itself.
/// </summary>
public static class FleetDecision
{
    public static Decision<FleetAction, FleetOutcome> Decide(FleetObservation observed, DateTimeOffset now)
    {
        var step = observed.Rollout is { Record.IsOver: false } running ? Step(observed, running, now) : null;
        // Whoever leaves the rollout in this step was planned for what it brings, which may have gone into quarantine just now: it follows from the next step on.
        var inRollout = step is null ? [] : step.Status.Members.Where((_, i) => !SiteMachine.IsFinal(observed.Rollout!.Members[i].State)).ToDictionary(m => m.Site);
        var others = observed.Sites.Where(s => !inRollout.ContainsKey(s.Name)).ToList();
        var pass = new FleetPass(observed, others, now);
        pass.Classify();
        pass.GiveSlots();
        var outlooks = new SiteOutlook[observed.Sites.Count];
        for (int i = 0, other = 0; i < outlooks.Length; i++)
        {
            outlooks[i] = inRollout.TryGetValue(observed.Sites[i].Name, out var member)
                ? RolloutOutlook.Of(member, step!.Status.Record, observed.Sites[i], observed.Held, now)
                : pass.Outlooks[other++];
        }
        var memory = step is null ? observed.Memory : FleetCourse.After(observed.Memory, step.Status, now);
        var status = FleetSummary.Of(observed, outlooks, memory, step?.Status, now);
        return new(
            Allowed(step is null ? pass.Actions : [.. step.Actions, .. pass.Actions], observed),
            new FleetOutcome(status, memory, step?.Status, outlooks),
            step is null ? pass.Next : Leaves(step.Status, inRollout) ? new NextLook.After(TimeSpan.FromTicks(1), "sites leave the rollout and follow what is good") : Sooner(step.Next, pass.Next));
    }

    /// <summary>Nothing is told to a site that may know something newer.</summary>
    private static IReadOnlyList<FleetAction> Allowed(IReadOnlyList<FleetAction> actions, FleetObservation observed)
    {
        if (actions.Count == 0 || !observed.Sites.Any(s => s.IsUnknown))
            return actions;
        var unknown = observed.Sites.Where(s => s.IsUnknown).Select(s => s.Name).ToHashSet();
        return [.. actions.Where(a => !unknown.Contains(a.Site))];
    }

    private static bool Leaves(RolloutOutcome step, Dictionary<SiteName, RolloutMember> inRollout) =>
        step.Record.IsOver || step.Changed.Any(i => step.Members[i] is { State: not RolloutSiteState.Succeeded } member && SiteMachine.IsFinal(member.State) && inRollout.ContainsKey(member.Site));

    private static Decision<FleetAction, RolloutOutcome> Step(FleetObservation observed, FleetsRollout running, DateTimeOffset now)
    {
        var sites = observed.Sites.ToDictionary(s => s.Name);
        return RolloutDecision.Decide(
            new RolloutObservation
            {
                Record = running.Record,
                Terms = running.Terms,
                Members = running.Members,
                Sites = [.. running.Members.Select(m => sites.GetValueOrDefault(m.Site))],
                Orders = running.Orders,
                Approvals = running.Approvals,
                Epoch = observed.Epoch,
                FleetHeld = observed.Held,
                SupersededBy = observed.SupersededBy,
            },
            now);
    }

    private static NextLook Sooner(NextLook a, NextLook b) => (a, b) switch
    {
        (NextLook.After first, NextLook.After second) => first.Delay <= second.Delay ? first : second,
        (NextLook.After first, _) => first,
        _ => b,
    };
}
