using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Content;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Hub.Fleets;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Restores;
using Flotilla.Hub.Stacks;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Rollouts;

/// <summary>Gathers what a forecast of a rollout is made from. Any hub can, whoever works on the fleet: it reads the ledger, and writes nothing that is not there.</summary>
internal sealed class RolloutForecasts(
    Func<ObjectKey, Fleet?> fleets, RolloutDeclarations asked, FleetObserver observer, FleetWindows windows, GateBook gates, ILedger ledger, IContentStore content,
    RevisionBook revisions, HubStanding standing, TimeProvider time)
{
    /// <summary>The forecast; null when nothing is kept of the rollout, or its fleet is gone.</summary>
    public async Task<Forecast?> MakeAsync(ObjectKey rollout, ForecastAssumptions assumptions, CancellationToken cancellation)
    {
        if (await ledger.RolloutAsync(rollout.Namespace, rollout.Name, cancellation) is not { } stored)
            return null;
        var key = new ObjectKey(rollout.Namespace, stored.Head.Fleet);
        if (fleets(key) is not { } fleet)
            return null;
        var record = RolloutJson.ReadRecord(stored.Head.Document);
        IReadOnlyList<RolloutMember> members = [.. stored.Members.Select(m => RolloutJson.ReadMember(m.Document))];
        var (strategy, problem) = asked.StrategyOf(key, fleet.Spec);
        var open = windows.Of(key, fleet);
        var hub = await standing.NowAsync(cancellation);
        var places = await PlacesAsync(key, fleet, open, hub, record, cancellation);
        var terms = RolloutTermsReading.Terms(RolloutTermsReading.Read(record.Strategy));
        return RolloutForecast.Of(
            new ForecastInput
            {
                Record = gates.Answered(rollout, record),
                Terms = terms,
                Members = members,
                Sites = await SitesAsync(members, places, await BeforeAsync(key, record, cancellation), cancellation),
                Orders = asked.OrdersOf(rollout),
                Approvals = asked.ApprovalsOf(rollout),
                FleetHeld = hub.Hold is { } hold ? new FleetProblem(hold.Reason, hold.Message, Stalled: true) : FleetReconciler.HeldBy(fleet, problem ?? open.Problem),
                SupersededBy = FleetCourse.SupersededBy(
                    record, revisions.Find(new ObjectKey(key.Namespace, fleet.Spec.Stack))?.Revision?.Digest, strategy is null ? null : RolloutTermsReading.Write(strategy)),
                CatchUp = strategy is null ? Share.Percent(10) : RolloutTermsReading.CatchUp(strategy),
                Assumptions = assumptions,
            },
            time.GetUtcNow());
    }

    private async Task<Dictionary<SiteName, FleetPlace>> PlacesAsync(ObjectKey key, Fleet fleet, WindowSet open, HubRecord hub, RolloutRecord record, CancellationToken cancellation)
    {
        var state = await FleetState.LoadAsync(ledger, key, cancellation);
        var places = observer.Sites(key, open, hub);
        if (!record.IsOver)
            await observer.PlanAsync(places, fleet, open, state, _ => null, cancellation);
        return places.ToDictionary(p => p.Site.Name);
    }

    private async Task<IReadOnlyList<ForecastSite>> SitesAsync(
        IReadOnlyList<RolloutMember> members, Dictionary<SiteName, FleetPlace> places, IReadOnlyList<RolloutMember> before, CancellationToken cancellation)
    {
        var took = ForecastFacts.Took(members, before);
        var sizes = new MissingContent(content);
        var sites = new ForecastSite[members.Count];
        for (var i = 0; i < sites.Length; i++)
        {
            var place = places.GetValueOrDefault(members[i].Site);
            var bytes = place is { Site: { Release: { } to, Facts: { } facts } } && !facts.Runs(to) ? await sizes.OfAsync(facts.AppliedRelease, to, cancellation) : 0;
            sites[i] = ForecastFacts.Site(place?.Site, place?.Declared.Spec.Link, bytes, took(members[i].Site));
        }
        return sites;
    }

    /// <summary>The sites of the fleet's rollout before.</summary>
    private async Task<IReadOnlyList<RolloutMember>> BeforeAsync(ObjectKey key, RolloutRecord record, CancellationToken cancellation)
    {
        var heads = await ledger.RolloutsAsync(key.Namespace, key.Name, cancellation);
        var before = heads.SkipWhile(h => h.Name != record.Name).Skip(1).FirstOrDefault();
        return before is null || await ledger.RolloutAsync(key.Namespace, before.Name, cancellation) is not { } stored
            ? []
            : [.. stored.Members.Select(m => RolloutJson.ReadMember(m.Document))];
    }
}
