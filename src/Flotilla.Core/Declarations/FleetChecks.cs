using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Declarations;

/// <summary>What a schema cannot say of a Fleet: its stack, its selector, and other fleets that want the same sites.</summary>
internal sealed class FleetChecks(ObjectIndex index, List<Problem> problems)
{
    private const int Named = 3;
    private const string LabelForm = "use up to 63 letters, digits, '-', '_' and '.', a letter or digit first and last";

    public void Check(IReadOnlyList<Declared> fleets)
    {
        var selectors = new List<(Declared Fleet, LabelSelector Selector)>();
        foreach (var fleet in fleets)
        {
            var stack = fleet.Object.Object("spec").String("stack") ?? "";
            if (index.Find("Stack", fleet.Namespace, stack) is null)
                problems.Add(fleet.Error("spec.stack", $"there is no Stack {stack} in namespace {fleet.Namespace}", index.Remedy("Stack", fleet.Namespace, stack)));
            if (SelectorOf(fleet) is { } selector)
                selectors.Add((fleet, selector));
        }
        foreach (var (fleet, selector) in selectors)
            FindOverlaps(fleet, selector);
    }

    private LabelSelector? SelectorOf(Declared fleet)
    {
        var before = problems.Count;
        var selector = fleet.Object.Object("spec").Object("selector");
        foreach (var (key, value) in selector.Object("matchLabels") ?? [])
        {
            if (LabelSyntax.KeyProblems(key).Count > 0)
                problems.Add(fleet.Error($"spec.selector.matchLabels[{key}]", $"\"{key}\" cannot be a label", $"{LabelForm}; a domain and a slash may stand before it"));
            if (LabelSyntax.ValueProblems(value.AsStringOrNull() ?? "").Count > 0)
                problems.Add(fleet.Error($"spec.selector.matchLabels[{key}]", $"\"{value}\" cannot be the value of a label", LabelForm));
        }
        if (problems.Count > before)
            return null;
        try
        {
            return LabelSelector.FromObject(selector);
        }
        catch (SelectorException e)
        {
            problems.Add(fleet.Error("spec.selector", $"this is no selector: {e.Message}", "mend the expression"));
            return null;
        }
    }

    private void FindOverlaps(Declared fleet, LabelSelector selector)
    {
        var mine = index.All("Site", fleet.Namespace).Where(site => selector.Matches(LabelsOf(site))).ToList();
        foreach (var other in index.All("Fleet", fleet.Namespace))
        {
            // Of two given ones the later by name is told of.
            var name = other.Object("metadata").String("name")!;
            if (name == fleet.Name || (index.IsGiven("Fleet", fleet.Namespace, name) && string.CompareOrdinal(name, fleet.Name) > 0))
                continue;
            if (TrySelector(other) is not { } theirs)
                continue;
            var both = mine.Where(site => theirs.Matches(LabelsOf(site))).Select(site => site.Object("metadata").String("name")!).Order(StringComparer.Ordinal).ToList();
            if (both.Count == 0)
                continue;
            var shown = string.Join(", ", both.Take(Named)) + (both.Count > Named ? $" and {both.Count - Named} more" : "");
            problems.Add(fleet.Warning("spec.selector", $"fleet {name} selects {shown} as well; such sites belong to neither and keep what they have", "narrow one of the two selectors"));
        }
    }

    public static LabelSelector? TrySelector(JsonObject fleet)
    {
        try
        {
            return LabelSelector.FromObject(fleet.Object("spec").Object("selector"));
        }
        catch (SelectorException)
        {
            return null;
        }
    }

    public static JsonObject? LabelsOf(JsonObject site) => site.Object("metadata").Object("labels");
}
