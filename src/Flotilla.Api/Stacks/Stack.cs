using System.ComponentModel;

namespace Flotilla.Api.Stacks;

/// <summary>Components, in versions, with values.</summary>
[Description("Which components a site runs, in which versions and with which values.")]
public sealed record Stack
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    public StackSpec Spec { get => field ?? new(); init; }

    public StackStatus? Status { get; init; }
}

[Description("What is declared about the stack.")]
public sealed record StackSpec
{
    [Description("One slot a role.")]
    public IReadOnlyList<StackSlot> Slots { get => field ?? []; init; }

    [Description("How far pruning may go.")]
    public PrunePolicy? Prune { get; init; }
}

[Description("The place of a role.")]
public sealed record StackSlot
{
    [Description("The role; only components with this role fit.")]
    public required string Role { get; init; }

    [Description("The components that fill it.")]
    public IReadOnlyList<StackUse> Use { get => field ?? []; init; }

    [Description("Roles whose components must be applied and healthy before, beyond what the components require themselves.")]
    public IReadOnlyList<string> After { get => field ?? []; init; }
}

[Description("A component in a version, with values.")]
public sealed record StackUse
{
    [Description("Name of the Component.")]
    public required string Component { get; init; }

    [Description("One of its versions.")]
    public required string Version { get; init; }

    [Description("Values of its parameters. ${site.NAME} takes a parameter of the site; site.name, site.displayName, site.country, site.timeZone and site.labels.KEY are always there.")]
    public IReadOnlyList<ParameterValue> Values { get => field ?? []; init; }

    [Description("Whether objects that exist already and belong to nobody else may be taken over.")]
    public bool Adopt { get; init; }
}

[Description("A value of a parameter.")]
public sealed record ParameterValue
{
    [Description("The parameter.")]
    public required string Name { get; init; }

    [Description("Its value.")]
    public required string Value { get; init; }
}

[Description("How far pruning may go. What would lose data is kept unless it is allowed here.")]
public sealed record PrunePolicy
{
    [Description("The largest part of a site's objects that one change may delete, a number or a percentage. Without it 50% (and always at least 10 objects).")]
    public string? Threshold { get; init; }

    [Description("Guarded objects that may be deleted all the same: CRDs with instances, PersistentVolumeClaims, namespaces that hold such or what is not ours.")]
    public IReadOnlyList<ObjectTarget> Allow { get => field ?? []; init; }
}

[Description("What the hub found about the stack.")]
public sealed record StackStatus
{
    [Description("Ready: the stack compiles.")]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }

    [Description("Digest of the revision that it compiles to now.")]
    public string? Revision { get; init; }

    [Description("Components, in the order in which they are applied.")]
    public IReadOnlyList<string> Order { get => field ?? []; init; }
}
