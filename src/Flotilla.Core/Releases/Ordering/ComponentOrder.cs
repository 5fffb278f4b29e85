using Flotilla.Api.Stacks;

namespace Flotilla.Core.Releases.Ordering;

/// <summary>Which component waits for which, and an order that respects it.</summary>
internal sealed class ComponentOrder
{
    private readonly Dictionary<string, SortedSet<string>> after = new(StringComparer.Ordinal);

    private ComponentOrder(IReadOnlyList<ComponentUse> uses)
    {
        foreach (var use in uses)
            after[use.Name] = new SortedSet<string>(StringComparer.Ordinal);
    }

    /// <summary>The components, each behind all that it waits for; ties by name.</summary>
    public IReadOnlyList<ComponentUse> Sorted { get; private set; } = [];

    /// <summary>What a component waits for directly.</summary>
    public IReadOnlyList<string> After(string component) => [.. after[component]];

    public static ComponentOrder Of(IReadOnlyList<ComponentUse> uses, Stack stack, ProblemList problems)
    {
        var order = new ComponentOrder(uses);
        foreach (var use in uses)
        {
            order.AddSlots(use, uses, stack, problems);
            order.AddRequirements(use, uses, problems);
            FindConflicts(use, uses, problems);
        }
        order.Sort(uses, problems);
        return order;
    }

    /// <summary>The order that a revision was compiled with: what waits for what is known already.</summary>
    public static ComponentOrder OfKnown(IReadOnlyList<ComponentUse> uses, IReadOnlyDictionary<string, IReadOnlyList<string>> after, ProblemList problems)
    {
        var order = new ComponentOrder(uses);
        foreach (var use in uses)
            order.after[use.Name].UnionWith(after[use.Name]);
        order.Sort(uses, problems);
        return order;
    }

    private void AddSlots(ComponentUse use, IReadOnlyList<ComponentUse> uses, Stack stack, ProblemList problems)
    {
        var slotPlace = new Place(use.Place.Object, use.Place.Field[..use.Place.Field.LastIndexOf(".use", StringComparison.Ordinal)]);
        for (var i = 0; i < use.Slot.After.Count; i++)
        {
            var role = use.Slot.After[i];
            if (!stack.Spec.Slots.Any(s => s.Role == role))
                problems.Add(slotPlace.At($"after[{i}]").Stalled($"no slot has the role {role}", "mend the role, or remove it"));
            foreach (var other in uses.Where(u => u.Role == role && u != use))
                after[use.Name].Add(other.Name);
        }
    }

    private void AddRequirements(ComponentUse use, IReadOnlyList<ComponentUse> uses, ProblemList problems)
    {
        for (var i = 0; i < use.Version.Requires.Count; i++)
        {
            var requirement = use.Version.Requires[i];
            var place = use.VersionPlace.At($"requires[{i}]");
            if (Requirements.ProblemOf(requirement, place) is { } problem)
            {
                problems.Add(problem);
                continue;
            }
            var fitting = uses.Where(u => u != use && Requirements.Fits(requirement, u)).ToList();
            if (fitting.Count == 0)
                problems.Add(use.Place.Stalled($"{use} requires {Requirements.Describe(requirement)}{Requirements.Instead(requirement, uses)}", "add it to the stack"));
            foreach (var other in fitting)
                after[use.Name].Add(other.Name);
        }
    }

    private static void FindConflicts(ComponentUse use, IReadOnlyList<ComponentUse> uses, ProblemList problems)
    {
        for (var i = 0; i < use.Version.Conflicts.Count; i++)
        {
            var conflict = use.Version.Conflicts[i];
            if (Requirements.ProblemOf(conflict, use.VersionPlace.At($"conflicts[{i}]")) is { } problem)
            {
                problems.Add(problem);
                continue;
            }
            foreach (var other in uses.Where(u => u != use && Requirements.Fits(conflict, u)))
                problems.Add(use.Place.Stalled($"{use} conflicts with {other} ({Requirements.Describe(conflict)})", "remove one of them from the stack"));
        }
    }

    private void Sort(IReadOnlyList<ComponentUse> uses, ProblemList problems)
    {
        var sorted = new List<ComponentUse>(uses.Count);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var left = new List<ComponentUse>(uses);
        while (left.Count > 0)
        {
            var next = left.FindIndex(u => after[u.Name].IsSubsetOf(placed));
            if (next < 0)
            {
                var circle = Circle(left);
                problems.Add(left.First(u => u.Name == circle[0]).Place.Stalled(
                    $"components wait for each other: {string.Join(" → ", circle)}", "remove one of these from requires or after"));
                break;
            }
            sorted.Add(left[next]);
            placed.Add(left[next].Name);
            left.RemoveAt(next);
        }
        Sorted = sorted;
    }

    /// <summary>Follows the smallest name that is still waited for until one comes again.</summary>
    private List<string> Circle(List<ComponentUse> left)
    {
        var names = left.Select(u => u.Name).ToHashSet(StringComparer.Ordinal);
        var path = new List<string> { left[0].Name };
        while (true)
        {
            var next = after[path[^1]].First(names.Contains);
            var seen = path.IndexOf(next);
            path.Add(next);
            if (seen >= 0)
                return path[seen..];
        }
    }
}
