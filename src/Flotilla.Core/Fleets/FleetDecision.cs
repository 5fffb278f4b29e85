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
    private const int Nobody = -1;

    public static Decision<FleetAction, FleetOutcome> Decide(FleetObservation observed, DateTimeOffset now)
    {
        if (observed.Rollout is not { Record.IsOver: false } running)
        {
            var alone = Follow(observed, observed.Sites, now);
            return new(Allowed(alone.Actions, observed), new FleetOutcome(FleetSummary.Of(observed, alone.Outlooks, observed.Memory, null, now), observed.Memory, null, alone.Outlooks), alone.Next);
        }
        var places = PlacesOf(running.Members, observed.Sites);
        var step = Step(observed, running, places, now);
        // Whoever leaves the rollout in this step was planned for what it brings, which may have gone into quarantine just now: it follows from the next step on.
        var inRollout = new int[observed.Sites.Count];
        Array.Fill(inRollout, Nobody);
        for (var m = 0; m < places.Length; m++)
        {
            if (places[m] != Nobody && !SiteMachine.IsFinal(running.Members[m].State))
                inRollout[places[m]] = m;
        }
        var pass = Follow(observed, [.. observed.Sites.Where((_, i) => inRollout[i] == Nobody)], now);
        var said = new RolloutOutlook(step.Status.Record, observed.Held, now);
        var outlooks = new SiteOutlook[observed.Sites.Count];
        for (int i = 0, other = 0; i < outlooks.Length; i++)
            outlooks[i] = inRollout[i] == Nobody ? pass.Outlooks[other++] : said.Of(step.Status.Members[inRollout[i]], observed.Sites[i]);
        var memory = FleetCourse.After(observed.Memory, step.Status, now);
        return new(
            Allowed([.. step.Actions, .. pass.Actions], observed),
            new FleetOutcome(FleetSummary.Of(observed, outlooks, memory, step.Status, now), memory, step.Status, outlooks),
            Leaves(step.Status, running) ? new NextLook.After(TimeSpan.FromTicks(1), "sites leave the rollout and follow what is good") : Sooner(step.Next, pass.Next));
    }

    /// <summary>Nothing is told to a site that may know something newer.</summary>
    private static IReadOnlyList<FleetAction> Allowed(IReadOnlyList<FleetAction> actions, FleetObservation observed)
    {
        if (actions.Count == 0 || !observed.Sites.Any(s => s.IsUnknown))
            return actions;
        var unknown = observed.Sites.Where(s => s.IsUnknown).Select(s => s.Name).ToHashSet();
        return [.. actions.Where(a => !unknown.Contains(a.Site))];
    }

    private static FleetPass Follow(FleetObservation observed, IReadOnlyList<FleetSite> sites, DateTimeOffset now)
    {
        var pass = new FleetPass(observed, sites, now);
        pass.Classify();
        pass.GiveSlots();
        return pass;
    }

    /// <summary>For each member the place of its site among those that were observed.</summary>
    private static int[] PlacesOf(IReadOnlyList<RolloutMember> members, IReadOnlyList<FleetSite> sites)
    {
        var places = new int[members.Count];
        Dictionary<SiteName, int>? known = null;
        var next = 0;
        for (var m = 0; m < places.Length; m++)
        {
            // Both are in the order of names: only where sites joined or left has one to be looked up.
            if (next >= sites.Count || sites[next].Name != members[m].Site)
            {
                known ??= sites.Select((s, i) => (s.Name, i)).ToDictionary(s => s.Name, s => s.i);
                places[m] = known.GetValueOrDefault(members[m].Site, Nobody);
            }
            else
            {
                places[m] = next;
            }
            next = places[m] == Nobody ? next : places[m] + 1;
        }
        return places;
    }

    private static bool Leaves(RolloutOutcome step, FleetsRollout running) =>
        step.Record.IsOver || step.Changed.Any(i => step.Members[i].State != RolloutSiteState.Succeeded && SiteMachine.IsFinal(step.Members[i].State) && !SiteMachine.IsFinal(running.Members[i].State));

    private static Decision<FleetAction, RolloutOutcome> Step(FleetObservation observed, FleetsRollout running, int[] places, DateTimeOffset now) => RolloutDecision.Decide(
        new RolloutObservation
        {
            Record = running.Record,
            Terms = running.Terms,
            Members = running.Members,
            Sites = Array.ConvertAll(places, p => p == Nobody ? null : observed.Sites[p]),
            Orders = running.Orders,
            Approvals = running.Approvals,
            Epoch = observed.Epoch,
            FleetHeld = observed.Held,
            SupersededBy = observed.SupersededBy,
        },
        now);

    private static NextLook Sooner(NextLook a, NextLook b) => (a, b) switch
    {
        (NextLook.After first, NextLook.After second) => first.Delay <= second.Delay ? first : second,
        (NextLook.After first, _) => first,
        _ => b,
    };
}
