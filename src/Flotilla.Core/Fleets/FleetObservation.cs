using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Fleets;

/// <summary>Everything that a fleet's next steps are decided from.</summary>
public sealed record FleetObservation
{
    public required string Name { get; init; }

    public long Generation { get; init; }

    /// <summary>What the stack compiles to; null when it does not at present.</summary>
    public string? Revision { get; init; }

    /// <summary>Why there is no revision.</summary>
    public FleetProblem? Problem { get; init; }

    /// <summary>The sites that it selects, in the order of their names.</summary>
    public required IReadOnlyList<FleetSite> Sites { get; init; }

    /// <summary>What is remembered of revisions.</summary>
    public RevisionRecord Revisions { get; init; } = new();

    public FleetStatus? Status { get; init; }
}

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

    /// <summary>When something may begin there; null for at any time.</summary>
    public MaintenanceCalendar? Calendar { get; init; }

    /// <summary>Whether it was seen to run this release, healthy, since it was permitted: what happens later takes no slot.</summary>
    public bool Reached { get; init; }

    /// <summary>What else its envelope shall say, in short; compared with <see cref="SiteFacts.Inputs"/>.</summary>
    public string Inputs { get; init; } = "";
}

/// <summary>What a fleet remembers of its revisions.</summary>
public sealed record RevisionRecord
{
    /// <summary>What it is on.</summary>
    public string? Current { get; init; }

    /// <summary>Whether every site that was there had it.</summary>
    public bool CurrentIsGood { get; init; }

    /// <summary>The last one before it that was good.</summary>
    public string? PreviousGood { get; init; }
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
/// <param name="Revisions">To remember.</param>
/// <param name="Sites">For each observed site, in the same order.</param>
public sealed record FleetOutcome(FleetStatus Status, RevisionRecord Revisions, IReadOnlyList<SiteOutlook> Sites);
