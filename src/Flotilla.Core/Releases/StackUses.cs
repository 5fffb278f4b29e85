using Flotilla.Api.Components;
using Flotilla.Api.Stacks;

namespace Flotilla.Core.Releases;

/// <summary>Finds the components that a stack names.</summary>
internal static class StackUses
{
    /// <summary>A component's name stands on every object as a label.</summary>
    private const int LongestName = 63;

    public static List<ComponentUse> Read(Stack stack, IEnumerable<Component> components, ProblemList problems)
    {
        var known = new Dictionary<string, Component>(StringComparer.Ordinal);
        foreach (var component in components)
            known[component.Metadata.Name] = component;
        var uses = new Dictionary<string, ComponentUse>(StringComparer.Ordinal);
        var place = new Place($"Stack/{stack.Metadata.Name}", "spec");
        for (var i = 0; i < stack.Spec.Slots.Count; i++)
        {
            var slot = stack.Spec.Slots[i];
            for (var j = 0; j < slot.Use.Count; j++)
            {
                if (Find(slot, slot.Use[j], place.At($"slots[{i}].use[{j}]"), known, problems) is { } use && !uses.TryAdd(use.Name, use))
                    problems.Add(use.Place.At("component").Stalled($"component {use.Name} is used twice", "remove one; for two instances declare two components"));
            }
        }
        return [.. uses.Values.OrderBy(u => u.Name, StringComparer.Ordinal)];
    }

    private static ComponentUse? Find(StackSlot slot, StackUse use, Place place, Dictionary<string, Component> known, ProblemList problems)
    {
        if (!known.TryGetValue(use.Component, out var component))
        {
            problems.Add(place.At("component").Stalled($"there is no Component {use.Component}", "apply it, or mend the name"));
            return null;
        }
        if (use.Component.Length > LongestName)
            problems.Add(place.At("component").Stalled($"the name {use.Component} is longer than {LongestName} characters", "give the component a shorter name"));
        if (component.Spec.Role != slot.Role)
            problems.Add(place.At("component").Stalled($"{use.Component} has the role {component.Spec.Role}, the slot is for {slot.Role}", $"use it in a slot with role {component.Spec.Role}"));
        for (var i = 0; i < component.Spec.Versions.Count; i++)
        {
            if (component.Spec.Versions[i].Version == use.Version)
                return new ComponentUse(component, component.Spec.Versions[i], slot, use, place, new Place($"Component/{use.Component}", $"spec.versions[{i}]"));
        }
        var versions = component.Spec.Versions.Count == 0 ? "none" : string.Join(", ", component.Spec.Versions.Select(v => v.Version));
        problems.Add(place.At("version").Stalled($"Component {use.Component} has no version {use.Version}; it has {versions}", "choose one of those, or add the version"));
        return null;
    }
}
