using Flotilla.Api.Components;
using Flotilla.Api.Fleets;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases;
using Flotilla.Core.Releases.Changes;

namespace Flotilla.Cli.Planning;

/// <summary>A fleet's plan, and what a reader should know about it.</summary>
/// <param name="Namespace">Namespace of the fleet.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Origin">The fleet that the sites come from, when it is another one.</param>
/// <param name="Behind">Sites that were not given what is declared now; they change by more than the plan says.</param>
internal sealed record PlannedFleet(string Namespace, FleetPlan Plan, string? Origin, IReadOnlyList<string> Behind)
{
    public string Name => $"{Namespace}/{Plan.Fleet}";

    public bool ChangesAnything => Plan.Groups.Count > 0;
}

/// <summary>Compiles what is and what would be, and compares the two, fleet by fleet.</summary>
internal sealed class FleetPlanning(DeclaredWorld before, DeclaredWorld after, ManifestContent content)
{
    private readonly Dictionary<(DeclaredWorld, string, string), RevisionOutcome> compiled = [];

    /// <summary>Plans every fleet that would be there in these namespaces.</summary>
    /// <param name="picks">Which fleets.</param>
    /// <param name="picksSite">Which of their sites.</param>
    public async Task<IReadOnlyList<PlannedFleet>> PlanAsync(Func<Fleet, bool> picks, Func<Site, bool> picksSite, CancellationToken cancellation)
    {
        var plans = new List<PlannedFleet>();
        foreach (var fleet in after.Fleets.Where(picks))
        {
            var ns = fleet.Metadata.Namespace;
            var now = await CompileAsync(after, ns, fleet.Spec.Stack, cancellation);
            var members = Membership.Of(fleet, after).Where(picksSite).Select(site => (Site: site, Was: before.Sites.FirstOrDefault(s => Same(s, site)))).ToList();
            // A fleet without sites is planned, too: its stack may not compile.
            var origins = members.GroupBy(m => OriginOf(m.Was, fleet)).Select(g => (g.Key, Members: g.ToList())).ToList();
            if (origins.Count == 0)
                origins.Add((before.Fleets.FirstOrDefault(f => Same(f, fleet)), []));
            foreach (var (origin, sites) in origins.OrderBy(o => o.Key?.Metadata.Name, StringComparer.Ordinal))
            {
                var old = origin is null ? null : (await CompileAsync(before, ns, origin.Spec.Stack, cancellation)).Revision;
                var plan = PlanDecision.Decide(new PlanObservation
                {
                    Fleet = fleet.Metadata.Name,
                    Before = old,
                    After = now.Revision,
                    Problems = now.Problems,
                    Sites = [.. sites.Select(m => new PlannedSite(old is null || m.Was is null ? null : SiteInputs.Of(m.Was), SiteInputs.Of(m.Site)))],
                });
                var behind = sites.Where(m => old is not null && m.Was?.Status?.Target is { } target && target.Revision != old.Digest).Select(m => m.Site.Metadata.Name);
                plans.Add(new PlannedFleet(ns, plan, origin is not null && !Same(origin, fleet) ? origin.Metadata.Name : null, [.. behind.Order(StringComparer.Ordinal)]));
            }
        }
        return plans;
    }

    /// <summary>What a stack compiles to with the components of a world.</summary>
    public async Task<RevisionOutcome> CompileAsync(DeclaredWorld world, string ns, string name, CancellationToken cancellation)
    {
        if (compiled.TryGetValue((world, ns, name), out var outcome))
            return outcome;
        var stack = world.Stacks.FirstOrDefault(s => s.Metadata.Namespace == ns && s.Metadata.Name == name);
        if (stack is null)
            return new RevisionOutcome(null, [new CompileProblem(ProblemKind.Stalled, "Fleet", "spec.stack", $"there is no Stack {name} in namespace {ns}", "declare it, or mend the name")]);
        var components = world.Components.Where(c => c.Metadata.Namespace == ns).ToList();
        await content.FetchAsync(VersionsOf(stack, components), cancellation);
        return compiled[(world, ns, name)] = RevisionCompiler.Compile(stack, components, content.Find);
    }

    private Fleet? OriginOf(Site? was, Fleet fleet) =>
        was is null ? null
        : before.Fleets.FirstOrDefault(f => Same(f, fleet)) is { } same && Membership.Of(same, before).Contains(was) ? same
        : before.Fleets.FirstOrDefault(f => f.Metadata.Namespace == fleet.Metadata.Namespace && Membership.Of(f, before).Contains(was));

    private static IEnumerable<ComponentVersion> VersionsOf(Stack stack, List<Component> components) =>
        from use in stack.Spec.Slots.SelectMany(slot => slot.Use)
        from version in components.FirstOrDefault(c => c.Metadata.Name == use.Component)?.Spec.Versions.Where(v => v.Version == use.Version) ?? []
        select version;

    private static bool Same(Site a, Site b) => a.Metadata.Namespace == b.Metadata.Namespace && a.Metadata.Name == b.Metadata.Name;

    private static bool Same(Fleet a, Fleet b) => a.Metadata.Namespace == b.Metadata.Namespace && a.Metadata.Name == b.Metadata.Name;
}
