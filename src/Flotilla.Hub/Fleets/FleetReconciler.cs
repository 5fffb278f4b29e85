using System.Collections.Concurrent;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Core;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Sites;
using Flotilla.Hub.Stacks;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Fleets;

/// <summary>
/// Works on one fleet: all its sites in one pass, all new targets in one transaction, and no call for a single site. What is said about it goes out
/// apart, and later.
/// </summary>
/// <param name="said">Told of sites about which something else is said than before.</param>
internal sealed partial class FleetReconciler(
    Func<ObjectKey, Fleet?> declared, Func<SiteName, Site?> site, FleetMembership membership, FactsBook facts, RevisionBook revisions, SitePlanner planner,
    FleetWindows windows, TargetMaker targets, ILedger ledger, IFleetTerms terms, OutlookBook outlooks, FleetStatusBook statuses, Action<SiteName> said, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<ObjectKey, RevisionRecord> records = new();
    private readonly ConcurrentDictionary<SiteName, string> reached = new();

    public async Task<NextLook> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (declared(key) is not { } fleet)
        {
            records.TryRemove(key, out _);
            statuses.Remove(key);
            windows.Forget(key);
            return new NextLook.OnChange();
        }
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
        if (!records.TryGetValue(key, out var record))
            records[key] = record = FleetDocument.Read((await ledger.FleetAsync(key.Namespace, key.Name, cancellation))?.Document);

        var begun = time.GetTimestamp();
        var open = windows.Of(key, fleet);
        var members = await ObserveAsync(key, fleet, stack, open, cancellation);
        var planned = time.GetElapsedTime(begun);
        var now = time.GetUtcNow();
        var observed = new FleetObservation
        {
            Name = key.Name,
            Generation = fleet.Metadata.Generation,
            Revision = stack.Revision?.Digest,
            Problem = stack.Problem ?? open.Problem,
            Sites = [.. members.Select(m => m.Site)],
            Revisions = record,
            Status = statuses.Find(key) ?? fleet.Status,
        };
        var decision = FleetDecision.Decide(observed, fleet.Spec, now);
        var decided = time.GetElapsedTime(begun);
        if (decision.Actions.Count > 0 && !await ActAsync(key, lease, open, decision.Actions, members, now, cancellation))
            return new NextLook.After(TimeSpan.FromSeconds(1), "the ledger knows something newer");
        if (decision.Status.Revisions != record)
        {
            if (!await ledger.CommitAsync(lease, new FleetCommit { Document = FleetDocument.Write(decision.Status.Revisions) }, cancellation))
                return new NextLook.After(TimeSpan.FromSeconds(1), "another hub works on the fleet");
            records[key] = decision.Status.Revisions;
        }
        var acted = time.GetElapsedTime(begun);
        Say(key, decision.Status, members);
        Passed(
            key.ToString(), members.Count, decision.Actions.Count, planned.TotalMilliseconds, (decided - planned).TotalMilliseconds, (acted - decided).TotalMilliseconds,
            (time.GetElapsedTime(begun) - acted).TotalMilliseconds);
        return decision.Next;
    }

    /// <summary>Another hub may write from now on, or did: what is remembered of it no longer holds.</summary>
    public void Forget(ObjectKey fleet) => records.TryRemove(fleet, out _);

    private async Task<List<Member>> ObserveAsync(ObjectKey key, Fleet fleet, CompiledStack stack, WindowSet open, CancellationToken cancellation)
    {
        var members = new List<Member>();
        var planned = new List<Site>();
        foreach (var name in membership.SitesOf(key))
        {
            if (site(name) is not { } place)
                continue;
            var known = facts.Find(name);
            members.Add(new Member(place, new FleetSite
            {
                Name = name,
                Paused = place.Spec.Paused,
                ExpectedAway = LinkExpectation.ExpectedAway(place.Spec.Link),
                OtherFleets = [.. membership.FleetsOf(name).Where(f => f != key.Name)],
                Facts = known,
                Calendar = open.CalendarOf(place),
            }, null));
            if (known is { Enrolled: true })
                planned.Add(place);
        }
        if (stack.Revision is not { } revision)
            return members;
        var plans = await planner.PlanAsync(revision, planned, cancellation);
        for (int i = 0, next = 0; i < members.Count; i++)
        {
            if (members[i].Site.Facts is not { Enrolled: true })
                continue;
            var plan = plans[next++];
            members[i] = members[i] with
            {
                Plan = plan,
                Site = members[i].Site with
                {
                    Release = plan.Release,
                    Problem = plan.Problem,
                    Inputs = EnvelopeInputs.Of(plan, open, fleet.Spec.Paused || plan.Site.Spec.Paused),
                    Reached = plan.Release is { } release && reached.GetValueOrDefault(members[i].Site.Name) == release.Release,
                },
            };
        }
        return members;
    }

    private async Task<bool> ActAsync(
        ObjectKey key, FleetLease lease, WindowSet open, IReadOnlyList<FleetAction> actions, List<Member> members, DateTimeOffset now, CancellationToken cancellation)
    {
        var fleetPaused = declared(key)?.Spec.Paused == true;
        var touched = actions.Select(a => a.Site).ToHashSet();
        var plans = members.Where(m => touched.Contains(m.Site.Name)).ToDictionary(m => m.Site.Name, m => (m.Site, m.Plan!, fleetPaused || m.Site.Paused));
        var made = await targets.MakeAsync(key.Name, open, actions, plans, now, cancellation);
        if (!await ledger.CommitAsync(lease, new FleetCommit { Targets = made }, cancellation))
        {
            Refused(key.ToString(), made.Count);
            foreach (var target in made)
                facts.Refresh(target.Site);
            records.TryRemove(key, out _);
            return false;
        }
        foreach (var target in made)
        {
            facts.Put(target);
            reached.TryRemove(target.Site, out _);
        }
        Set(key.ToString(), made.Count, made.Count(t => t.Permit is not null), actions[0].Because);
        return true;
    }

    private void Say(ObjectKey key, FleetOutcome outcome, List<Member> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var name = members[i].Site.Name;
            if (outcome.Sites[i].Standing == SiteStanding.Done && members[i].Site.Release is { } release)
                reached[name] = release.Release;
            if (outlooks.Put(name, outcome.Sites[i]))
                said(name);
        }
        statuses.Put(key, outcome.Status);
    }

    private sealed record Member(Site Declared, FleetSite Site, SitePlan? Plan);

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "fleet {Fleet}, {Sites} sites, {Actions} actions: {Planning:0.0} ms to compile and keep, {Deciding:0.0} to decide, {Acting:0.0} to sign and store, {Saying:0.0} to say")]
    private partial void Passed(string fleet, int sites, int actions, double planning, double deciding, double acting, double saying);

    [LoggerMessage(Level = LogLevel.Information, Message = "fleet {Fleet}: {Count} sites get something new, {Permits} of them may begin (first: {Because})")]
    private partial void Set(string fleet, int count, int permits, string because);

    [LoggerMessage(Level = LogLevel.Warning, Message = "fleet {Fleet}: the ledger refused {Count} targets: another hub, or a site, was faster; all is looked at again")]
    private partial void Refused(string fleet, int count);
}
