using Flotilla.Api.Components;
using Flotilla.Api.Stacks;

namespace Flotilla.Core.Releases;

/// <summary>A component version in its slot.</summary>
/// <param name="Component">The component.</param>
/// <param name="Version">The version of it that is used.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Use">What the slot says of it.</param>
/// <param name="Place">Where the stack says so.</param>
/// <param name="VersionPlace">Where the component declares the version.</param>
internal sealed record ComponentUse(Component Component, ComponentVersion Version, StackSlot Slot, StackUse Use, Place Place, Place VersionPlace)
{
    public string Name => Component.Metadata.Name;

    public string Role => Component.Spec.Role;

    /// <summary>Inline manifests are ours to fill in; published ones only when told so.</summary>
    public bool Substitute => Version.Source.Substitute ?? Version.Source.Inline is not null;

    public override string ToString() => $"{Name} {Version.Version}";
}
