using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Core.Fleets;
using Flotilla.Core.Releases;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Rollouts;
using Flotilla.Hub.Sites;
using Flotilla.Hub.Stacks;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Fleets;

/// <summary>A site of a fleet, with what it would get.</summary>
internal sealed record FleetPlace(Site Declared, FleetSite Site, SitePlan? Plan);

/// <summary>Puts together what a fleet's next steps are decided from.</summary>
internal sealed class FleetObserver(
    Func<SiteName, Site?> site, FleetMembership membership, FactsBook facts, RevisionLibrary library, SitePlanner planner, HubSigning signing)
{
    /// <summary>The sites that a fleet selects, without releases.</summary>
    /// <param name="open">Its windows.</param>
    /// <param name="hub">Since when the hub knows what sites were told.</param>
    public List<FleetPlace> Sites(ObjectKey key, WindowSet open, HubRecord hub)
    {
        var places = new List<FleetPlace>();
        foreach (var name in membership.SitesOf(key))
        {
            if (site(name) is not { } place)
                continue;
            var known = facts.Find(name);
            var unknown = RestoredSites.Unknown(known, hub.Epoch, hub.Opened);
            places.Add(new FleetPlace(place, new FleetSite
            {
                Name = name,
                Paused = place.Spec.Paused,
                ExpectedAway = LinkExpectation.ExpectedAway(place.Spec.Link),
                OtherFleets = membership.FleetsOf(name) is { Count: > 1 } all ? [.. all.Where(f => f != key.Name)] : [],
                Facts = known,
                Problem = unknown,
                IsUnknown = unknown is not null,
                Calendar = open.CalendarOf(place),
            }, null));
        }
        return places;
    }

    /// <summary>Plans for each site what it is to follow, as the fleet's course says.</summary>
    /// <param name="reached">The release that a site was seen to run, healthy, since it was permitted.</param>
    public async Task PlanAsync(List<FleetPlace> places, Fleet fleet, WindowSet open, FleetState state, Func<SiteName, string?> reached, CancellationToken cancellation)
    {
        var wanted = new List<(Site Site, Revision Revision)>();
        var asked = new List<int>();
        var backs = new List<(int Place, RolloutMember Member)>();
        var ways = new Ways(library, state.Memory);
        for (var i = 0; i < places.Count; i++)
        {
            var place = places[i];
            if (place.Site.Facts is not { Enrolled: true } || place.Site.IsUnknown)
                continue;
            var member = state.Find(place.Site.Name);
            if (member is { Back: true, From: not null } && state.Rollout is { IsOver: false })
            {
                backs.Add((i, member));
                continue;
            }
            var (digest, why) = FleetCourse.RevisionOf(state.Memory, state.Rollout, member);
            if (digest is not null)
            {
                var (revision, problem) = await ways.ToAsync(digest, place.Site.Facts.AppliedRevision, cancellation);
                if (revision is not null)
                {
                    wanted.Add((place.Declared, revision));
                    asked.Add(i);
                    continue;
                }
                why = problem;
            }
            why ??= new FleetProblem(Reasons.ContentMissing, $"The revision {digest} cannot be read: its content is not at hand.", Stalled: true);
            places[i] = place with { Site = place.Site with { Problem = why } };
        }
        var plans = await planner.PlanAsync(wanted, cancellation);
        for (var p = 0; p < plans.Length; p++)
            places[asked[p]] = Planned(places[asked[p]], plans[p], fleet, open, state, reached);
        foreach (var (i, member) in backs)
            places[i] = Planned(places[i], await planner.PlanAsync(places[i].Declared, member.From!, cancellation), fleet, open, state, reached);
    }

    /// <summary>Whether a site can go to a revision at once, without any in between.</summary>
    public async Task<List<FleetPlace>> DirectAsync(List<FleetPlace> places, string revision, FleetMemory memory, CancellationToken cancellation)
    {
        var ways = new Ways(library, memory);
        var direct = new List<FleetPlace>();
        foreach (var place in places)
        {
            if (place.Site.Facts?.AppliedRevision is not { } from || (await ways.ToAsync(revision, from, cancellation)).Revision?.Digest == revision)
                direct.Add(place);
        }
        return direct;
    }

    /// <summary>Ways to revisions, each found once.</summary>
    private sealed class Ways(RevisionLibrary library, FleetMemory memory)
    {
        private readonly Dictionary<(string To, string? From), (Revision? Revision, FleetProblem? Why)> known = [];

        public async ValueTask<(Revision? Revision, FleetProblem? Why)> ToAsync(string to, string? from, CancellationToken cancellation)
        {
            if (known.TryGetValue((to, from), out var found))
                return found;
            return known[(to, from)] = await FindAsync(to, from, cancellation);
        }

        private async ValueTask<(Revision? Revision, FleetProblem? Why)> FindAsync(string to, string? from, CancellationToken cancellation)
        {
            if (await library.FindAsync(to, cancellation) is not { } wanted)
                return (null, null);
            // Most revisions may be reached from any other: only where one asks for more are those in between looked at.
            if (from is null || from == to || !RevisionVersions.Of(wanted).Components.Values.Any(c => c.UpgradeFrom is not null) || await library.FindAsync(from, cancellation) is not { } runs)
                return (wanted, null);
            var history = new List<RevisionVersions>();
            foreach (var digest in memory.History.Where(d => d != to))
            {
                if (await library.FindAsync(digest, cancellation) is { } between)
                    history.Add(RevisionVersions.Of(between));
            }
            var step = UpgradePath.Next(RevisionVersions.Of(runs), [.. history, RevisionVersions.Of(wanted)]);
            return step.Revision is null ? (null, step.Problem) : (await library.FindAsync(step.Revision, cancellation), null);
        }
    }

    private FleetPlace Planned(FleetPlace place, SitePlan plan, Fleet fleet, WindowSet open, FleetState state, Func<SiteName, string?> reached) => place with
    {
        Plan = plan,
        Site = place.Site with
        {
            Release = plan.Release,
            Problem = plan.Problem,
            Inputs = EnvelopeInputs.Of(plan, open, fleet.Spec.Paused || place.Declared.Spec.Paused, signing, place.Site.Facts?.Inputs ?? ""),
            Apart = state.Rollout is { IsOver: true } && state.Find(place.Site.Name) is { State: RolloutSiteState.Failed or RolloutSiteState.Silent },
            Reached = plan.Release is { } release && (reached(place.Site.Name) == release.Release
                || (state.Rollout?.Revision == release.Revision && state.Find(place.Site.Name)?.State == RolloutSiteState.Succeeded)),
        },
    };
}
