using System.Collections.Concurrent;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Core;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Restores;
using Flotilla.Hub.Rollouts;
using Flotilla.Hub.Sites;
using Flotilla.Hub.Stacks;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Fleets;

/// <summary>
/// Works on one fleet: all its sites in one pass, all that is decided in one transaction, and no call for a single site. What is said about it goes
/// out apart, and later.
/// </summary>
/// <param name="said">Told of sites about which something else is said than before.</param>
/// <param name="gone">Told of deleted fleets with which nothing is left to do.</param>
internal sealed partial class FleetReconciler(
    Func<ObjectKey, Fleet?> declared, RolloutDeclarations asked, FleetObserver observer, FleetMembership membership, FactsBook facts, RevisionBook revisions,
    SitePlanner planner, TargetMaker targets, ILedger ledger, HubStanding standing, IFleetTerms terms, OutlookBook outlooks, FleetStatusBook statuses, RolloutBook rollouts, GateBook gates,
    FleetWindows windows, IRolloutAudience audience, Action<SiteName> said, Action<ObjectKey> gone, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private static readonly NextLook.After WhileUnknown = new(TimeSpan.FromSeconds(5), "sites tell what they have since the hub was restored");
    private readonly ConcurrentDictionary<ObjectKey, FleetState> states = new();
    private readonly ConcurrentDictionary<SiteName, string> reached = new();

    public async Task<NextLook> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (declared(key) is not { } fleet)
            return await EndAsync(key, cancellation);
        if (terms.Find(key) is not { } lease)
        {
            // Another hub works on it, and speaks of its sites.
            foreach (var name in membership.SitesOf(key))
                outlooks.Remove(name);
            return new NextLook.OnChange();
        }
        // Not looked at yet since this hub started: that tells.
        if (revisions.Find(new ObjectKey(key.Namespace, fleet.Spec.Stack)) is not { } stack)
            return new NextLook.OnChange();
        if (!states.TryGetValue(key, out var state))
            states[key] = state = await FleetState.LoadAsync(ledger, key, cancellation);

        var begun = time.GetTimestamp();
        var now = time.GetUtcNow();
        var open = windows.Of(key, fleet);
        var hub = await standing.NowAsync(cancellation);
        var places = observer.Sites(key, open, hub);
        if (hub.Hold is { } hold)
        {
            // Nothing is decided; it is said why.
            Say(key, FleetDecision.Decide(Held(key, fleet, stack, state, hold, places), now).Status, places);
            states.TryRemove(key, out _);
            return new NextLook.OnChange();
        }
        var (strategy, noStrategy) = asked.StrategyOf(key, fleet.Spec);
        var (course, opening) = await BeginAsync(key, fleet, state, stack, strategy, places, now, cancellation);
        await observer.PlanAsync(places, fleet, open, course, name => reached.GetValueOrDefault(name), cancellation);
        var planned = time.GetElapsedTime(begun);

        var decision = FleetDecision.Decide(Observe(key, fleet, stack, strategy, noStrategy ?? open.Problem, course, places), now);
        var decided = time.GetElapsedTime(begun);
        if (!await CommitAsync(key, lease, state, course, opening, decision, places, fleet, open, now, cancellation))
            return new NextLook.After(Again, "the ledger knows something newer");
        var acted = time.GetElapsedTime(begun);
        Say(key, decision.Status, places);
        Passed(
            key.ToString(), places.Count, decision.Actions.Count, planned.TotalMilliseconds, (decided - planned).TotalMilliseconds, (acted - decided).TotalMilliseconds,
            (time.GetElapsedTime(begun) - acted).TotalMilliseconds);
        // When those are heard of, that alone is no news to a fleet.
        return places.Any(p => p.Site.IsUnknown) ? Sooner(decision.Next, WhileUnknown) : decision.Next;
    }

    /// <summary>Another hub may write from now on, or did: what is remembered of it no longer holds.</summary>
    public void Forget(ObjectKey fleet) => states.TryRemove(fleet, out _);

    /// <summary>Ends what a deleted fleet left behind.</summary>
    private async Task<NextLook> EndAsync(ObjectKey key, CancellationToken cancellation)
    {
        statuses.Remove(key);
        windows.Forget(key);
        states.TryRemove(key, out var state);
        // Another hub ends it.
        if (terms.Find(key) is not { } lease)
            return new NextLook.OnChange();
        state ??= await FleetState.LoadAsync(ledger, key, cancellation);
        var now = time.GetUtcNow();
        var (memory, end) = FleetCourse.Deleted(state.Memory, state.Rollout, state.Members, now);
        var commit = new FleetCommit
        {
            Document = memory != state.Memory ? RolloutJson.Write(memory) : null,
            Rollouts = end is null ? [] :
            [
                new RolloutCommit(end.Record.Name)
                {
                    Document = RolloutJson.Write(end.Record),
                    Members = [.. end.Changed.Select(i => new StoredMember(end.Members[i].Site.Name, RolloutJson.Write(end.Members[i])))],
                    Story = [.. end.Story.Select(RolloutJson.Write)],
                    Ended = true,
                },
            ],
        };
        if (commit.Document is not null && !await ledger.CommitAsync(lease, commit, cancellation))
            return new NextLook.After(Again, "the ledger knows something newer");
        if (end is not null)
            Tell(key, state.After(memory, end.Record, end.Members, end.Story), state.Rollout!, end.Record, end, end.Story, now);
        gone(key);
        return new NextLook.OnChange();
    }

    /// <summary>Why a fleet gives no permits; null when it does.</summary>
    /// <param name="problem">What is wrong with its windows or its strategy.</param>
    public static FleetProblem? HeldBy(Fleet fleet, FleetProblem? problem) =>
        fleet.Spec.Paused ? new FleetProblem(Reasons.Paused, "The fleet is paused.", Stalled: false) : problem;

    /// <summary>The state to decide from: as it is, or with a rollout that begins.</summary>
    private async Task<(FleetState State, IReadOnlyList<StoryEntry> Story)> BeginAsync(
        ObjectKey key, Fleet fleet, FleetState state, CompiledStack stack, RolloutStrategySpec? strategy, List<FleetPlace> places, DateTimeOffset now, CancellationToken cancellation)
    {
        var memory = FleetCourse.Lift(state.Memory, fleet.Metadata.Annotations.GetValueOrDefault(RolloutDeclarations.LiftQuarantine));
        var revision = stack.Revision?.Digest;
        if (strategy is null || !FleetCourse.MustBegin(memory, state.Rollout, revision, places.Count))
            return (memory == state.Memory ? state : state.After(memory, state.Rollout, state.Members, []), []);
        // Who is so far behind that there is no direct way catches up apart.
        places = await observer.DirectAsync(places, revision!, memory, cancellation);
        var labels = places.ToDictionary(p => p.Site.Name, p => p.Declared.Metadata.Labels);
        var (record, members) = RolloutStart.Freeze(
            FleetCourse.NextName(key.Name, memory), key.Name, revision!, memory.Good, RolloutTermsReading.Write(strategy), RolloutTermsReading.Terms(strategy),
            [.. places.Select(p => p.Site)], s => labels[s.Name], now, state.Find);
        StoryEntry[] story = [new(now, null, null, Reasons.RollingOut, $"{record.Name} takes {(members.Count == 1 ? "1 site" : $"{members.Count} sites")} to {revision}.")];
        return (state.After(FleetCourse.Begun(memory, record), record, members, story), story);
    }

    private FleetObservation Observe(
        ObjectKey key, Fleet fleet, CompiledStack stack, RolloutStrategySpec? strategy, FleetProblem? problem, FleetState state, List<FleetPlace> places)
    {
        var rollout = state.Rollout is { } record
            ? new ObjectKey(key.Namespace, record.Name) is var name
                ? new FleetsRollout(gates.Answered(name, record), state.Terms!, state.Members, asked.OrdersOf(name), record.IsOver ? [] : asked.ApprovalsOf(name))
                : null
            : null;
        return new FleetObservation
        {
            Name = key.Name,
            Epoch = targets.Signing.Epoch,
            Generation = fleet.Metadata.Generation,
            Revision = stack.Revision?.Digest,
            Problem = stack.Problem ?? problem,
            Held = HeldBy(fleet, problem),
            Sites = [.. places.Select(p => p.Site)],
            Memory = state.Memory,
            Rollout = rollout,
            SupersededBy = FleetCourse.SupersededBy(state.Rollout, stack.Revision?.Digest, strategy is null ? null : RolloutTermsReading.Write(strategy)),
            CatchUp = strategy is null ? Share.Percent(10) : RolloutTermsReading.CatchUp(strategy),
            Status = statuses.Find(key) ?? fleet.Status,
        };
    }

    private static NextLook Sooner(NextLook next, NextLook.After limit) => next is NextLook.After after && after.Delay <= limit.Delay ? next : limit;

    private FleetObservation Held(ObjectKey key, Fleet fleet, CompiledStack stack, FleetState state, HubHold hold, List<FleetPlace> places) => new()
    {
        Name = key.Name,
        Generation = fleet.Metadata.Generation,
        // What is declared now is told all the same: whoever lifts the hold wants to know what would move.
        Revision = stack.Revision?.Digest,
        Problem = new FleetProblem(hold.Reason, hold.Message, Stalled: true),
        Sites = [.. places.Select(p => p.Site)],
        Memory = state.Memory,
        Status = statuses.Find(key) ?? fleet.Status,
    };

    /// <summary>Carries out what was decided, all of it or nothing.</summary>
    private async Task<bool> CommitAsync(
        ObjectKey key, FleetLease lease, FleetState before, FleetState course, IReadOnlyList<StoryEntry> opening, Decision<FleetAction, FleetOutcome> decision,
        List<FleetPlace> places, Fleet fleet, WindowSet open, DateTimeOffset now, CancellationToken cancellation)
    {
        var made = decision.Actions.Count == 0 ? [] : await TargetsAsync(key, decision.Actions, places, fleet, open, now, cancellation);
        var outcome = decision.Status;
        var rollout = outcome.Rollout;
        var isNew = course.Rollout?.Name != before.Rollout?.Name;
        IReadOnlyList<StoryEntry> story = rollout is null ? opening : [.. opening, .. rollout.Story];
        var commit = new FleetCommit
        {
            Targets = made,
            Document = outcome.Memory != before.Memory ? RolloutJson.Write(outcome.Memory) : null,
            Rollouts = rollout is null || (!isNew && rollout.Record == before.Rollout && rollout.Changed.Count == 0 && story.Count == 0) ? [] :
            [
                new RolloutCommit(rollout.Record.Name)
                {
                    Document = rollout.Record != before.Rollout ? RolloutJson.Write(rollout.Record) : null,
                    Members = [.. (isNew ? Enumerable.Range(0, rollout.Members.Count) : rollout.Changed).Select(i => new StoredMember(rollout.Members[i].Site.Name, RolloutJson.Write(rollout.Members[i])))],
                    Story = [.. story.Select(RolloutJson.Write)],
                    Ended = rollout.Record.IsOver,
                },
            ],
        };
        if (commit.Targets.Count + commit.Rollouts.Count > 0 || commit.Document is not null)
        {
            if (!await ledger.CommitAsync(lease, commit, cancellation))
            {
                Refused(key.ToString(), made.Count);
                foreach (var target in made)
                    facts.Refresh(target.Site);
                states.TryRemove(key, out _);
                return false;
            }
        }
        foreach (var target in made)
        {
            facts.Put(target);
            reached.TryRemove(target.Site, out _);
        }
        if (made.Count > 0)
            Set(key.ToString(), made.Count, made.Count(t => t.Permit is not null), decision.Actions[0].Because);
        var after = states[key] = rollout is null
            ? course.After(outcome.Memory, course.Rollout, course.Members, [])
            : course.After(outcome.Memory, rollout.Record, rollout.Members, rollout.Story);
        if (after.Rollout is { } record)
            Tell(key, after, course.Rollout ?? record, record, rollout, story, now);
        return true;
    }

    private void Tell(ObjectKey key, FleetState state, RolloutRecord before, RolloutRecord record, RolloutOutcome? outcome, IReadOnlyList<StoryEntry> story, DateTimeOffset now)
    {
        var name = new ObjectKey(key.Namespace, record.Name);
        // Of one that is over everything is said; it is said again only after a start of the hub.
        if (outcome is null && rollouts.IsSaid(name))
            return;
        if (outcome is not null)
        {
            gates.Ask(key, name, record, outcome.Questions);
            audience.Hear(name, before, outcome, story);
        }
        rollouts.Put(name, key.Name, record.Revision, RolloutStatusWriting.Write(
            rollouts.Find(name), asked.Find(name)?.Metadata.Generation ?? 1, record, state.Members, outcome?.Waits ?? [], asked.OrdersOf(name), state.Tail, now));
    }

    private async Task<IReadOnlyList<StoredTarget>> TargetsAsync(
        ObjectKey key, IReadOnlyList<FleetAction> actions, List<FleetPlace> places, Fleet fleet, WindowSet open, DateTimeOffset now, CancellationToken cancellation)
    {
        var stages = actions.OfType<FleetAction.Stage>().ToDictionary(s => s.Site, s => s.Release);
        var touched = actions.Select(a => a.Site).ToHashSet();
        var plans = new Dictionary<SiteName, (FleetSite, SitePlan, bool)>();
        foreach (var place in places.Where(p => touched.Contains(p.Site.Name)))
        {
            // A way back that was decided just now is to a release that was made before.
            var target = stages.GetValueOrDefault(place.Site.Name) ?? place.Site.Facts!.Stage!;
            var plan = place.Plan?.Release == target ? place.Plan : await planner.PlanAsync(place.Declared, target, cancellation);
            plans[place.Site.Name] = (place.Site with { Inputs = EnvelopeInputs.Of(plan, open, fleet.Spec.Paused || place.Site.Paused, targets.Signing, null) }, plan, fleet.Spec.Paused || place.Site.Paused);
        }
        return await targets.MakeAsync(key.Name, open, actions, plans, now, cancellation);
    }

    private void Say(ObjectKey key, FleetOutcome outcome, List<FleetPlace> places)
    {
        for (var i = 0; i < places.Count; i++)
        {
            var name = places[i].Site.Name;
            if (outcome.Sites[i].Standing == SiteStanding.Done && places[i].Site.Release is { } release)
                reached[name] = release.Release;
            if (outlooks.Put(name, outcome.Sites[i]))
                said(name);
        }
        statuses.Put(key, outcome.Status);
    }

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "fleet {Fleet}, {Sites} sites, {Actions} actions: {Planning:0.0} ms to compile and keep, {Deciding:0.0} to decide, {Acting:0.0} to sign and store, {Saying:0.0} to say")]
    private partial void Passed(string fleet, int sites, int actions, double planning, double deciding, double acting, double saying);

    [LoggerMessage(Level = LogLevel.Information, Message = "fleet {Fleet}: {Count} sites get something new, {Permits} of them may begin (first: {Because})")]
    private partial void Set(string fleet, int count, int permits, string because);

    [LoggerMessage(Level = LogLevel.Warning, Message = "fleet {Fleet}: the ledger refused {Count} targets: another hub, or a site, was faster; all is looked at again")]
    private partial void Refused(string fleet, int count);
}
