using Flotilla.Core.Applying;

namespace Flotilla.Core.Releases.Changes;

/// <summary>What is known when it is planned what a change does to a fleet.</summary>
public sealed record PlanObservation
{
    /// <summary>Name of the Fleet.</summary>
    public required string Fleet { get; init; }

    /// <summary>The revision that its sites are meant to run now; null when there is none.</summary>
    public Revision? Before { get; init; }

    /// <summary>What they would be meant to run; null when that does not compile.</summary>
    public Revision? After { get; init; }

    /// <summary>Why it does not compile.</summary>
    public IReadOnlyList<CompileProblem> Problems { get; init; } = [];

    /// <summary>The sites that the fleet would have.</summary>
    public required IReadOnlyList<PlannedSite> Sites { get; init; }
}

/// <summary>A site before and after a change.</summary>
/// <param name="Before">Its inputs now; null when it has no release of the fleet.</param>
/// <param name="After">Its inputs then.</param>
public sealed record PlannedSite(SiteInputs? Before, SiteInputs After);

/// <summary>What a change does to a fleet.</summary>
/// <param name="Fleet">Name of the Fleet.</param>
/// <param name="From">Digest of the revision before.</param>
/// <param name="To">Digest of the revision after.</param>
/// <param name="Components">Components that change at any site.</param>
/// <param name="Groups">Sites to which the same happens, the largest group first.</param>
/// <param name="Untouched">How many sites stay as they are.</param>
/// <param name="Problems">Why the change cannot be, or not at some sites.</param>
public sealed record FleetPlan(
    string Fleet, string? From, string? To, IReadOnlyList<ComponentChange> Components, IReadOnlyList<SiteGroup> Groups, int Untouched, IReadOnlyList<CompileProblem> Problems)
{
    /// <summary>How many sites change.</summary>
    public int Touched => Groups.Sum(g => g.Sites.Count);
}

/// <summary>Sites at which the same objects change in the same fields; values may differ.</summary>
/// <param name="Sites">Their names.</param>
/// <param name="Changes">What changes at the first of them.</param>
/// <param name="Deletions">What becomes of objects that leave, in the order in which they go.</param>
public sealed record SiteGroup(IReadOnlyList<string> Sites, ReleaseChanges Changes, IReadOnlyList<PlannedDeletion> Deletions);

/// <summary>What pruning would do with an object that leaves.</summary>
/// <param name="Verdict">What it would do, as far as declarations tell.</param>
/// <param name="Unless">What in the cluster would hold it all the same; null when nothing would.</param>
public sealed record PlannedDeletion(PruneVerdict Verdict, string? Unless);
