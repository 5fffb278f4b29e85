using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Core.Fleets;

namespace Flotilla.Cli.Planning;

/// <summary>Which sites a fleet decides about.</summary>
internal static class Membership
{
    /// <summary>Sites that it selects, without those that another fleet selects as well: they stay where they are.</summary>
    public static IReadOnlyList<Site> Of(Fleet fleet, DeclaredWorld world)
    {
        var selector = new SiteSelector(fleet.Spec.Selector);
        var others = world.Fleets.Where(f => f != fleet && f.Metadata.Namespace == fleet.Metadata.Namespace)
            .Select(f => (f.Metadata.Name, Selector: new SiteSelector(f.Spec.Selector))).ToList();
        return
        [
            .. world.Sites.Where(site => site.Metadata.Namespace == fleet.Metadata.Namespace && selector.Matches(site.Metadata.Labels)
                && (site.Status?.Target?.Fleet == fleet.Metadata.Name || !others.Any(o => o.Selector.Matches(site.Metadata.Labels)))),
        ];
    }
}
