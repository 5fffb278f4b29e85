using Flotilla.Api.Rollouts;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>What must hold at every step of every rollout, whatever happens.</summary>
internal sealed class WorldRules
{
    public void Check(WorldStep step)
    {
        var world = step.World;
        Repeated(step);
        if (world.Record is not { } record || world.Outcome is null)
            return;
        var (terms, members) = (world.Terms, world.Members.ToDictionary(m => m.Site));
        var permits = step.Actions.OfType<FleetAction.Permit>().ToList();
        var there = permits.Where(p => members.TryGetValue(p.Site, out var m) && !m.Back && !SiteMachine.IsFinal(m.State)).ToList();
        foreach (var permit in there)
        {
            var (member, site) = (members[permit.Site], step.Observed.Sites.Single(s => s.Name == permit.Site));
            var facts = site.Facts!;
            Hold(record.Waves[member.Wave].Started is not null, $"{permit.Site}: permitted before its wave began");
            Hold(record.Held is null && record.Ending is null && !world.Orders.Paused && world.Held is null && record.Phase == RolloutPhase.Running, $"{permit.Site}: permitted while nobody may begin");
            Hold(world.Memory.QuarantineOf(record.Revision) is null, $"{permit.Site}: permitted a revision in quarantine");
            // Who tries again has begun, and only gets more time.
            var goesOn = member.Retries > 0 && facts.Phase != SitePhase.Staged;
            Hold(!site.Paused || goesOn, $"{permit.Site}: permitted while it is paused");
            Hold(facts.Stage == site.Release && facts.Taken, $"{permit.Site}: permitted and not staged");
            Hold(member.Retries > 0 || facts.Phase == SitePhase.Staged, $"{permit.Site}: permitted while {facts.Phase}");
            Hold(site.OtherFleets.Count == 0 || goesOn, $"{permit.Site}: permitted while several fleets select it");
            if (facts.Phase == SitePhase.Staged && site.Calendar is { } calendar)
            {
                var answer = calendar.At(world.Now.AddTicks(1));
                Hold(answer.IsOpen, $"{permit.Site}: permitted outside its window");
                Hold(answer.LastStart is not { } last || permit.Leave.NotAfter <= last, $"{permit.Site}: its permit outlasts its window");
            }
            // What takes longer than it may has failed there, and the next revision may be its remedy.
            var place = world[permit.Site.Name];
            Hold(place.AtWork is not { } work || work == site.Release || world.Now - place.AtWorkSince >= terms.ProgressDeadline, $"{permit.Site}: permitted while at work on {world[permit.Site.Name].AtWork?.Revision}");
        }
        if (there.Count > 0)
        {
            var held = world.Members.Where(m => !m.Back && m.State is RolloutSiteState.Applying or RolloutSiteState.Silent).ToList();
            Hold(held.Count <= terms.MaxConcurrent.SlotsOf(members.Count), $"{held.Count} slots are taken");
            for (var w = 0; w < terms.Waves.Count; w++)
            {
                if (terms.Waves[w].MaxConcurrent is { } most && there.Exists(p => members[p.Site].Wave == w))
                    Hold(held.Count(m => m.Wave == w) <= most.SlotsOf(world.Members.Count(m => m.Wave == w)), $"{held.Count} slots of wave {w} are taken");
            }
            var failed = world.Members.Count(m => m.State == RolloutSiteState.Failed) - record.Accepted;
            Hold(failed <= terms.MaxFailed.BudgetOf(members.Count), $"permitted with {failed} failed");
        }
    }

    /// <summary>Looked at again at once, nothing further is done.</summary>
    private static void Repeated(WorldStep step)
    {
        if (step.World.Outcome is not { } outcome || outcome.Record.IsOver)
            return;
        // What was decided is stored, and the facts say so; only the sites know nothing of it yet.
        var facts = step.World.Places.ToDictionary(p => p.Name, p => p.Facts);
        var again = step.Observed with
        {
            Memory = step.World.Memory,
            Sites = [.. step.Observed.Sites.Select(s => s with { Facts = facts[s.Name] })],
            Rollout = step.Observed.Rollout! with { Record = outcome.Record, Members = outcome.Members },
        };
        var own = outcome.Members.Where(m => !SiteMachine.IsFinal(m.State)).Select(m => m.Site).ToHashSet();
        // A permit that is taken back may let something else be seen of the site: the look after that must find nothing.
        for (var look = 2; look <= 3; look++)
        {
            var next = FleetDecision.Decide(again, step.World.Now);
            if (next.Status.Rollout is not { } rollout || rollout.Record.IsOver)
                return;
            var more = next.Actions.FirstOrDefault(a => own.Contains(a.Site));
            Hold(more is null, $"look {look} has more to do: {more}");
            Hold(look == 2 || rollout.Changed.Count == 0, $"look {look} changes {rollout.Changed.Count} sites, as {(rollout.Changed.Count > 0 ? rollout.Members[rollout.Changed[0]] : null)}");
            again = again with { Memory = next.Status.Memory, Rollout = again.Rollout! with { Record = rollout.Record, Members = rollout.Members } };
        }
    }

    private static void Hold(bool rule, string broken)
    {
        if (!rule)
            throw new InvalidOperationException(broken);
    }
}
