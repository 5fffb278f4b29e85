using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Fleets;

/// <summary>Everything that a fleet's next steps are decided from.</summary>
public sealed record FleetObservation
{
    public required string Name { get; init; }

    public long Generation { get; init; }

    /// <summary>The epoch in which the hub signs: it rises when keys change, and when a hub is restored.</summary>
    public long Epoch { get; init; }

    /// <summary>What the stack compiles to; null when it does not at present.</summary>
    public string? Revision { get; init; }

    /// <summary>Why there is no revision, or no way to give it.</summary>
    public FleetProblem? Problem { get; init; }

    /// <summary>Why nobody may begin at present.</summary>
    public FleetProblem? Held { get; init; }

    /// <summary>The sites that it selects, in the order of their names.</summary>
    public required IReadOnlyList<FleetSite> Sites { get; init; }

    /// <summary>What is remembered of revisions and rollouts.</summary>
    public FleetMemory Memory { get; init; } = new();

    /// <summary>The newest rollout, running or over; null before the first.</summary>
    public FleetsRollout? Rollout { get; init; }

    /// <summary>Whether the rollout has to make way, and why.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>Sites that catch up at the same time.</summary>
    public Share CatchUp { get; init; } = Share.Percent(10);

    public FleetStatus? Status { get; init; }
}

/// <summary>A rollout of a fleet, with what people ask of it.</summary>
public sealed record FleetsRollout(RolloutRecord Record, RolloutTerms Terms, IReadOnlyList<RolloutMember> Members, RolloutOrders Orders, IReadOnlyList<GivenApproval> Approvals);

/// <summary>Why nothing new can be given.</summary>
/// <param name="Reason">A code of <see cref="Flotilla.Api.Reasons"/>.</param>
/// <param name="Message">A sentence that says what to do.</param>
/// <param name="Stalled">Whether a declaration has to change; otherwise it helps to wait.</param>
public sealed record FleetProblem(string Reason, string Message, bool Stalled);

/// <summary>A site that a fleet selects.</summary>
public sealed record FleetSite
{
    public required SiteName Name { get; init; }

    public bool Paused { get; init; }

    public TimeSpan ExpectedAway { get; init; } = LinkExpectation.ExpectedAway(null);

    /// <summary>Other fleets that select it.</summary>
    public IReadOnlyList<string> OtherFleets { get; init; } = [];

    public SiteFacts? Facts { get; init; }

    /// <summary>The current revision made for this site; null when that fails.</summary>
    public ReleaseTarget? Release { get; init; }

    /// <summary>Why there is no release.</summary>
    public FleetProblem? Problem { get; init; }

    /// <summary>Whether nobody knows what it was told last: it gets nothing, and its problem says why.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>When something may begin there; null for at any time.</summary>
    public MaintenanceCalendar? Calendar { get; init; }

    /// <summary>Whether it failed in a rollout that is over: it takes nobody's slot.</summary>
    public bool Apart { get; init; }

    /// <summary>Whether it was seen to run this release, healthy, since it was permitted: what happens later takes no slot.</summary>
    public bool Reached { get; init; }

    /// <summary>What else its envelope shall say, in short; compared with <see cref="SiteFacts.Inputs"/>.</summary>
    public string Inputs { get; init; } = "";
}

/// <summary>What a fleet remembers of its revisions and rollouts. The ledger's copy is the authority.</summary>
public sealed record FleetMemory
{
    /// <summary>The revision of the newest rollout.</summary>
    public string? Current { get; init; }

    /// <summary>The strategy of the newest rollout, as canonical JSON.</summary>
    public string? Strategy { get; init; }

    /// <summary>The revision of the last rollout that succeeded: what everybody follows who is in none.</summary>
    public string? Good { get; init; }

    /// <summary>The good one before it.</summary>
    public string? PreviousGood { get; init; }

    /// <summary>Good revisions, oldest first.</summary>
    public IReadOnlyList<string> History { get => field ?? []; init; }

    /// <summary>Rollouts so far.</summary>
    public long Count { get; init; }

    /// <summary>Name of the newest rollout.</summary>
    public string? Rollout { get; init; }

    /// <summary>Revisions that are not given to anybody.</summary>
    public IReadOnlyList<QuarantinedRevision> Quarantined { get => field ?? []; init; }

    public QuarantinedRevision? QuarantineOf(string? revision)
    {
        foreach (var entry in Quarantined)
        {
            if (entry.Revision == revision)
                return entry;
        }
        return null;
    }
}

/// <summary>What is done about one site. Several actions about one site are one new desired state.</summary>
public abstract record FleetAction(SiteName Site, string Because)
{
    /// <summary>The site shall fetch a release, and not begin it yet.</summary>
    public sealed record Stage(SiteName Site, ReleaseTarget Release, string Because) : FleetAction(Site, Because);

    /// <summary>The site may begin what it is staged for.</summary>
    public sealed record Permit(SiteName Site, StartPermit Leave, string Because) : FleetAction(Site, Because);

    /// <summary>The site must not begin any more, unless it has.</summary>
    public sealed record Withdraw(SiteName Site, string Because) : FleetAction(Site, Because);

    /// <summary>Release and permit stay; what else the envelope says is made anew.</summary>
    public sealed record Renew(SiteName Site, string Because) : FleetAction(Site, Because);
}

/// <summary>What is said of a fleet and its sites.</summary>
/// <param name="Status">For the fleet's object.</param>
/// <param name="Memory">To remember.</param>
/// <param name="Rollout">What becomes of the rollout; null without one.</param>
/// <param name="Sites">For each observed site, in the same order.</param>
public sealed record FleetOutcome(FleetStatus Status, FleetMemory Memory, RolloutOutcome? Rollout, IReadOnlyList<SiteOutlook> Sites);
