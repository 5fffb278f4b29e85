using System.Globalization;
using Flotilla.Api.Components;
using Flotilla.Cli.Output;
using Flotilla.Cli.Planning;

namespace Flotilla.Cli.Describing;

/// <summary>A component: its versions, where they come from, and the stacks that use them.</summary>
internal static class ComponentDescription
{
    public static void Write(Description text, Component component, DeclaredWorld world)
    {
        text.Field("Name", component.Metadata.Name);
        text.Field("Namespace", component.Metadata.Namespace);
        text.Field("Role", component.Spec.Role);
        text.Field("Homepage", component.Spec.Project?.Homepage);
        text.Field("Licence", component.Spec.Project?.Licence);
        text.Field("CNCF", component.Spec.Project?.Cncf);
        var uses = (from stack in world.Stacks
                    where stack.Metadata.Namespace == component.Metadata.Namespace
                    from use in stack.Spec.Slots.SelectMany(slot => slot.Use)
                    where use.Component == component.Metadata.Name
                    select (Stack: stack.Metadata.Name, use.Version)).ToList();
        text.Section("Versions", ["Version", "Kubernetes", "Source", "Parameters", "Patches", "End of life", "Used by"], component.Spec.Versions.Select(version => (IReadOnlyList<string?>)
        [
            version.Version, version.Kubernetes ?? "any", Source(version.Source), string.Join(", ", version.Parameters.Select(p => p.Required ? p.Name + "*" : p.Name)),
            version.Patches.Count.ToString(CultureInfo.InvariantCulture), version.EndOfLife ?? "", string.Join(", ", uses.Where(u => u.Version == version.Version).Select(u => u.Stack)),
        ]));
        text.Lines("Requires", Neighbours(component, v => v.Requires));
        text.Lines("Conflicts", Neighbours(component, v => v.Conflicts));
        text.Conditions(component.Status?.Conditions ?? []);
    }

    private static string[] Neighbours(Component component, Func<ComponentVersion, IReadOnlyList<ComponentRequirement>> of) =>
    [
        .. component.Spec.Versions.SelectMany(v => of(v).Select(r => $"{v.Version}: {(r.Role is null ? r.Component : $"role {r.Role}")} {r.Versions}".TrimEnd())),
    ];

    private static string Source(ComponentSource source) => source switch
    {
        { Http: { } http } => http.Url,
        { Inline: not null } => "inline",
        _ => $"uploaded ({string.Join(", ", source.Content.Select(Digests.Short))})",
    };
}
