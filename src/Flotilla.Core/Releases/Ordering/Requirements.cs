using Flotilla.Api.Components;
using Flotilla.Core.Versions;

namespace Flotilla.Core.Releases.Ordering;

/// <summary>What fits a role or component and its versions.</summary>
internal static class Requirements
{
    public static CompileProblem? ProblemOf(ComponentRequirement requirement, Place place)
    {
        if ((requirement.Role is null) == (requirement.Component is null))
            return place.Stalled("exactly one of role and component must be set", "remove one, or add one");
        return VersionRange.TryParse(requirement.Versions, out var problem) is null
            ? place.At("versions").Stalled(problem, "write a range as \">=1.2 <2\"")
            : null;
    }

    /// <summary>A version that cannot be compared fits only where every version does.</summary>
    public static bool Fits(ComponentRequirement requirement, ComponentUse use) =>
        FitsName(requirement, use)
        && (string.IsNullOrWhiteSpace(requirement.Versions)
            || (SemanticVersion.TryParse(use.Version.Version) is { } version && VersionRange.TryParse(requirement.Versions, out _)!.Contains(version)));

    public static string Describe(ComponentRequirement requirement) =>
        (requirement.Component is { } name ? $"component {name}" : $"a component with the role {requirement.Role}")
        + (string.IsNullOrWhiteSpace(requirement.Versions) ? "" : $" in a version {requirement.Versions}");

    /// <summary>What is there instead, where only the version does not fit.</summary>
    public static string Instead(ComponentRequirement requirement, IReadOnlyList<ComponentUse> uses)
    {
        var others = string.Join(", ", uses.Where(u => FitsName(requirement, u)));
        return others.Length == 0 ? "" : $", but the stack has {others}";
    }

    private static bool FitsName(ComponentRequirement requirement, ComponentUse use) =>
        requirement.Component is { } name ? name == use.Name : requirement.Role == use.Role;
}
