using Flotilla.Api;
using Flotilla.Core.Releases;
using Flotilla.Core.Versions;

namespace Flotilla.Core.Fleets;

/// <summary>A version of a component, and from which versions it may be reached directly; null for all.</summary>
public sealed record ComponentVersionRange(string Version, string? UpgradeFrom);

/// <summary>The versions that a revision holds, by component.</summary>
public sealed record RevisionVersions(string Revision, IReadOnlyDictionary<string, ComponentVersionRange> Components)
{
    /// <summary>Those of a compiled revision.</summary>
    public static RevisionVersions Of(Revision revision) => new(
        revision.Digest, revision.Parts.ToDictionary(p => p.Use.Name, p => new ComponentVersionRange(p.Use.Version.Version, p.Use.Version.UpgradeFrom), StringComparer.Ordinal));
}

/// <summary>Where a site goes next; without a revision, why there is no way.</summary>
public sealed record UpgradeStep(string? Revision, FleetProblem? Problem);

/// <summary>
/// The way from what a site runs to what is wanted, through revisions that were good in between where versions demand it. Equal for all sites
/// that run the same: ask once for each revision that sites run.
/// </summary>
public static class UpgradePath
{
    /// <summary>The next revision to go to: that with the fewest steps to the wanted one, and of several the newest.</summary>
    /// <param name="from">What the site runs; null when it runs nothing yet.</param>
    /// <param name="history">Good revisions, oldest first; the last is the wanted one.</param>
    public static UpgradeStep Next(RevisionVersions? from, IReadOnlyList<RevisionVersions> history)
    {
        if (history.Count == 0)
            throw new ArgumentException("the wanted revision is missing", nameof(history));
        var wanted = history[^1];
        if (from is null || from.Revision == wanted.Revision || Refusing(from, wanted, mayLower: true) is null)
            return new UpgradeStep(wanted.Revision, null);
        var steps = StepsToWanted(history);
        var next = -1;
        for (var i = history.Count - 2; i >= 0 && history[i].Revision != from.Revision; i--)
        {
            if (steps[i] is { } left && (next < 0 || left < steps[next]) && Refusing(from, history[i], mayLower: false) is null)
                next = i;
        }
        return next >= 0 ? new UpgradeStep(history[next].Revision, null) : new UpgradeStep(null, NoPath(from, wanted));
    }

    /// <summary>How many steps each revision is away from the last; null for those that do not lead there.</summary>
    private static int?[] StepsToWanted(IReadOnlyList<RevisionVersions> history)
    {
        var steps = new int?[history.Count];
        steps[^1] = 0;
        for (var i = history.Count - 2; i >= 0; i--)
        {
            for (var j = history.Count - 1; j > i; j--)
            {
                if (steps[j] + 1 is { } through && (steps[i] is null || through < steps[i]) && Refusing(history[i], history[j], mayLower: j == history.Count - 1) is null)
                    steps[i] = through;
            }
        }
        return steps;
    }

    /// <summary>The first component that stands against a direct step, by name; null when none does.</summary>
    /// <param name="mayLower">Whether versions may go down: on the way to something newer they may not.</param>
    private static string? Refusing(RevisionVersions from, RevisionVersions to, bool mayLower)
    {
        string? refusing = null;
        foreach (var (name, target) in to.Components)
        {
            if (from.Components.TryGetValue(name, out var has) && !Admits(has.Version, target, mayLower) && (refusing is null || string.CompareOrdinal(name, refusing) < 0))
                refusing = name;
        }
        return refusing;
    }

    private static bool Admits(string has, ComponentVersionRange target, bool mayLower)
    {
        if (has == target.Version || (mayLower && target.UpgradeFrom is null))
            return true;
        var (before, after) = (SemanticVersion.TryParse(has), SemanticVersion.TryParse(target.Version));
        if (before is not null && after is not null && after <= before)
            return mayLower || after == before;
        if (target.UpgradeFrom is null)
            return true;
        return before is not null && VersionRange.TryParse(target.UpgradeFrom, out _)?.Contains(before) == true;
    }

    private static FleetProblem NoPath(RevisionVersions from, RevisionVersions wanted)
    {
        var name = Refusing(from, wanted, mayLower: true)!;
        var (has, target) = (from.Components[name].Version, wanted.Components[name]);
        return new FleetProblem(
            Reasons.NoUpgradePath,
            $"{name} {target.Version} may be reached from {target.UpgradeFrom} only, the site runs {has}, and no good revision of the fleet leads from there: roll out a version of {name} in between, or widen upgradeFrom of {target.Version}.",
            Stalled: true);
    }
}
