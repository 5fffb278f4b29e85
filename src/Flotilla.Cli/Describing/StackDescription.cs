using System.Globalization;
using Flotilla.Api.Stacks;
using Flotilla.Cli.Planning;

namespace Flotilla.Cli.Describing;

/// <summary>A stack: its components in their order, and the fleets that run it.</summary>
internal static class StackDescription
{
    public static void Write(Description text, Stack stack, DeclaredWorld world)
    {
        text.Field("Name", stack.Metadata.Name);
        text.Field("Namespace", stack.Metadata.Namespace);
        text.Field("Revision", stack.Status?.Revision);
        text.Field("Prune", stack.Spec.Prune is { } prune ? $"threshold {prune.Threshold ?? "50%, and at least 10"}, {prune.Allow.Count.ToString(CultureInfo.InvariantCulture)} allowed" : null);
        var order = stack.Status?.Order ?? [];
        text.Section("Components (in the order in which they are applied)", ["#", "Component", "Version", "Role", "After", "Values"],
            from slot in stack.Spec.Slots
            from use in slot.Use
            let place = order.Index().Where(o => o.Item == use.Component).Select(o => o.Index + 1).FirstOrDefault()
            orderby place == 0 ? int.MaxValue : place
            select (IReadOnlyList<string?>)
            [
                place == 0 ? "-" : place.ToString(CultureInfo.InvariantCulture), use.Component, use.Version, slot.Role, string.Join(", ", slot.After),
                string.Join(", ", use.Values.Select(v => $"{v.Name}={v.Value}")),
            ]);
        text.Conditions(stack.Status?.Conditions ?? []);
        text.Section("Used by", ["Fleet", "Sites", "Ready"],
            from fleet in world.Fleets
            where fleet.Metadata.Namespace == stack.Metadata.Namespace && fleet.Spec.Stack == stack.Metadata.Name
            select (IReadOnlyList<string?>)
            [
                fleet.Metadata.Name, (fleet.Status?.Sites ?? 0).ToString(CultureInfo.InvariantCulture),
                fleet.Status?.Conditions.FirstOrDefault(c => c.Type == "Ready")?.Status.ToString() ?? "-",
            ]);
    }
}
