using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Tests.Fleets;

/// <summary>A fleet whose sites follow what is good, with its ledger, in memory: decisions are carried out, sites do as a test says.</summary>
internal sealed class FleetWorld
{
    private readonly SortedDictionary<SiteName, FleetSite> sites = [];
    private readonly HashSet<(SiteName Site, string Release)> reached = [];

    public FleetWorld(int count, string? maxConcurrent = null)
    {
        Spec = new FleetSpec { Stack = "s" };
        CatchUp = Share.Parse(maxConcurrent) ?? Share.Percent(10);
        for (var i = 0; i < count; i++)
        {
            var name = new SiteName("retail", $"s{i:D4}");
            sites[name] = new FleetSite { Name = name, Facts = new() { Site = name, Enrolled = true, LastSeen = Now } };
        }
    }

    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public string? Revision { get; set; } = "r1";

    public FleetProblem? Problem { get; set; }

    public FleetSpec Spec { get; set; }

    public Share CatchUp { get; }

    public FleetStatus? Status { get; private set; }

    public IReadOnlyList<SiteOutlook> Outlooks { get; private set; } = [];

    public NextLook Next { get; private set; } = new NextLook.OnChange();

    public IReadOnlyList<SiteName> Names => [.. sites.Keys];

    public FleetSite this[int index]
    {
        get => sites.Values.ElementAt(index);
        set => sites[value.Name] = value;
    }

    /// <summary>Permits that sites hold without running what they are for.</summary>
    public int PermitsOut => sites.Values.Count(s => s.Facts is { IsPermitted: true } f && f.Permit!.NotAfter > Now && !reached.Contains((s.Name, f.Stage!.Release)));

    public void Change(int index, Func<SiteFacts, SiteFacts> change) => this[index] = this[index] with { Facts = change(this[index].Facts!) };

    /// <summary>All sites that are there are heard of.</summary>
    public void Hear(params IReadOnlyCollection<int> except)
    {
        for (var i = 0; i < sites.Count; i++)
        {
            if (!except.Contains(i))
                Change(i, f => f with { LastSeen = Now });
        }
    }

    /// <summary>A site does what it was permitted.</summary>
    public void Succeed(int index) => Change(index, f => Take(f) with
    {
        Phase = SitePhase.Settled,
        Healthy = true,
        AppliedRelease = f.IsPermitted ? f.Stage!.Release : f.AppliedRelease,
        AppliedRevision = f.IsPermitted ? f.Stage!.Revision : f.AppliedRevision,
    });

    public void Fail(int index) => Change(index, f => f.IsPermitted ? Take(f) with { Phase = SitePhase.Failed, Healthy = false, Message = "no such image" } : Take(f));

    public SiteFacts Take(SiteFacts facts) => facts with { LastSeen = Now, TakenEpoch = facts.Epoch, TakenSequence = facts.Sequence };

    public IReadOnlyList<FleetAction> Decide()
    {
        var observed = sites.Values.Select(s => s with
        {
            Release = Revision is null || s.Problem is not null ? null : new ReleaseTarget(Revision, $"{Revision}/{s.Name.Name}"),
            Inputs = Spec.Paused ? "paused" : "",
            Reached = reached.Contains((s.Name, $"{Revision}/{s.Name.Name}")),
        });
        var decision = FleetDecision.Decide(
            new FleetObservation
            {
                Name = "stores",
                Revision = Revision,
                Problem = Problem,
                Sites = [.. observed],
                Memory = new FleetMemory { Current = Revision, Good = Revision },
                Status = Status,
                CatchUp = CatchUp,
                Held = Spec.Paused ? new FleetProblem(Reasons.Paused, "The fleet is paused.", Stalled: false) : null,
            },
            Now);
        for (var i = 0; i < decision.Status.Sites.Count; i++)
        {
            if (decision.Status.Sites[i].Standing == SiteStanding.Done)
                reached.Add((Names[i], $"{Revision}/{Names[i].Name}"));
        }
        foreach (var changes in decision.Actions.GroupBy(a => a.Site))
        {
            if (changes.Any(a => a is not FleetAction.Renew))
                reached.RemoveWhere(r => r.Site == changes.Key);
            var facts = changes.Aggregate(sites[changes.Key].Facts!, (f, action) => action switch
            {
                FleetAction.Stage stage => f with { Stage = stage.Release, Permit = null, Permitted = null },
                FleetAction.Permit permit => f with { Permit = permit.Leave, Permitted = Now },
                FleetAction.Withdraw => f with { Permit = null, Permitted = null },
                _ => f,
            });
            sites[changes.Key] = sites[changes.Key] with { Facts = facts with { Fleet = "stores", Sequence = facts.Sequence + 1, Inputs = Spec.Paused ? "paused" : "" } };
        }
        (Status, Outlooks, Next) = (decision.Status.Status, decision.Status.Sites, decision.Next);
        return decision.Actions;
    }
}
