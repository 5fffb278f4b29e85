using System.Text;

namespace Flotilla.Core.Releases.Changes;

/// <summary>Plans a change: what it does, by site, before anything is written.</summary>
public static class PlanDecision
{
    /// <summary>Plans. The work is done once for sites that have, and get, the same release.</summary>
    public static FleetPlan Decide(PlanObservation observed)
    {
        if (observed.After is not { } after)
            return new FleetPlan(observed.Fleet, observed.Before?.Digest, null, [], [], observed.Sites.Count, observed.Problems);
        var problems = new ProblemList();
        var groups = new Dictionary<string, (SiteGroup Group, List<string> Sites)>(StringComparer.Ordinal);
        var comparison = new ReleaseComparison();
        var untouched = 0;
        foreach (var same in observed.Sites.GroupBy(s => (Before: s.Before is { } inputs ? observed.Before?.InputsOf(inputs) : null, After: after.InputsOf(s.After))))
        {
            var (first, names) = (same.First(), same.Select(s => s.After.Name).ToList());
            var outcome = ReleaseCompiler.Compile(after, first.After);
            if (outcome.Release is not { } release)
            {
                foreach (var problem in outcome.Problems)
                    problems.Add(names.Count == 1 ? problem : problem with { Message = $"{problem.Message} (and {names.Count - 1} more)" });
                untouched += names.Count;
                continue;
            }
            // A release before that does not compile was never given out.
            var before = observed.Before is { } old && first.Before is { } was ? ReleaseCompiler.Compile(old, was).Release : null;
            var changes = comparison.Between(before, release);
            if (changes.IsEmpty)
                untouched += names.Count;
            else if (groups.TryGetValue(ShapeOf(changes), out var known))
                known.Sites.AddRange(names);
            else
                groups[ShapeOf(changes)] = (new SiteGroup(names, changes, PlannedDeletions.Of(before, release, changes, comparison)), names);
        }
        var sorted = groups.Values.Select(g => g.Group with { Sites = [.. g.Sites.Order(StringComparer.Ordinal)] })
            .OrderByDescending(g => g.Sites.Count).ThenBy(g => g.Sites[0], StringComparer.Ordinal).ToList();
        var components = sorted.SelectMany(g => g.Changes.Components).Distinct().OrderBy(c => c.Name, StringComparer.Ordinal).ToList();
        return new FleetPlan(observed.Fleet, observed.Before?.Digest, after.Digest, components, sorted, untouched, problems.ToSorted());
    }

    /// <summary>Which objects and fields change; not their values.</summary>
    private static string ShapeOf(ReleaseChanges changes)
    {
        var shape = new StringBuilder();
        foreach (var component in changes.Components)
            shape.Append(component.Kind).Append(' ').Append(component.Name).Append(' ').Append(component.Before).Append(' ').Append(component.After).Append('\n');
        foreach (var change in changes.Objects)
        {
            shape.Append(change.Kind).Append(' ').Append(change.Component).Append(' ').Append(change.Id).Append('\n');
            foreach (var field in change.Fields)
                shape.Append(field.Kind).Append(' ').Append(field.Path).Append('\n');
        }
        return shape.ToString();
    }
}
