using System.ComponentModel;
using System.Text.Json.Serialization;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Stacks;

/// <summary>Components, in versions, with values.</summary>
[Description("Which components a site runs, in which versions and with which values.")]
[KindNames("stacks", "stk")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status", "Whether the stack compiles.")]
[Column("Why", ".status.conditions[?(@.type==\"Ready\")].reason", "Why it is ready or not.")]
[Column("Revision", ".status.revision", "What it compiles to now.", Wide = true)]
[Column("Order", ".status.order", "Components in the order in which they are applied.", Wide = true)]
public sealed record Stack
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    [Mandatory]
    public StackSpec Spec { get => field ?? new(); init; }

    public StackStatus? Status { get; init; }
}

[Description("What is declared about the stack.")]
public sealed record StackSpec
{
    [Description("One slot a role.")]
    [Mandatory]
    [MergedBy("role")]
    [Size(1, 64)]
    public IReadOnlyList<StackSlot> Slots { get => field ?? []; init; }

    [Description("How far pruning may go.")]
    public PrunePolicy? Prune { get; init; }
}

[Description("The place of a role.")]
[Rule("!has(self.after) || !(self.role in self.after)", "a slot cannot come after itself", Field = ".after")]
public sealed record StackSlot
{
    [Description("The role; only components with this role fit.")]
    [Form(TextForm.Word)]
    public required string Role { get; init; }

    [Description("The components that fill it.")]
    [Mandatory]
    [MergedBy("component")]
    [Size(1, 32)]
    public IReadOnlyList<StackUse> Use { get => field ?? []; init; }

    [Description("Roles whose components must be applied and healthy before, beyond what the components require themselves.")]
    [Form(TextForm.Word)]
    [MergedBy]
    [Size(0, 32)]
    public IReadOnlyList<string> After { get => field ?? []; init; }
}

[Description("A component in a version, with values.")]
public sealed record StackUse
{
    [Description("Name of the Component.")]
    [Form(TextForm.ObjectName)]
    public required string Component { get; init; }

    [Description("One of its versions.")]
    [Form(TextForm.Version)]
    public required string Version { get; init; }

    [Description("Values of its parameters. ${site.NAME} takes a parameter of the site; site.name, site.displayName, site.country, site.timeZone and site.labels.KEY are always there.")]
    [MergedBy("name")]
    [Size(0, 64)]
    public IReadOnlyList<ParameterValue> Values { get => field ?? []; init; }

    [Description("Whether objects that exist already and belong to nobody else may be taken over.")]
    public bool Adopt { get; init; }
}

[Description("A value of a parameter.")]
public sealed record ParameterValue
{
    [Description("The parameter.")]
    [Form(TextForm.ParameterName)]
    public required string Name { get; init; }

    [Description("Its value.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Size(0, 4096)]
    public required string Value { get; init; }
}

[Description("How far pruning may go. What would lose data is kept unless it is allowed here.")]
public sealed record PrunePolicy
{
    [Description("The largest part of a site's objects that one change may delete, a number or a percentage. Without it 50% (and always at least 10 objects).")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Form(TextForm.NumberOrPercentage)]
    public string? Threshold { get; init; }

    [Description("Guarded objects that may be deleted all the same: CRDs with instances, PersistentVolumeClaims, namespaces that hold such or what is not ours.")]
    [Size(0, 64)]
    public IReadOnlyList<ObjectTarget> Allow { get => field ?? []; init; }
}

[Description("What the hub found about the stack.")]
public sealed record StackStatus
{
    [Description("Ready: the stack compiles.")]
    [MergedBy("type")]
    [Size(0, 32)]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }

    [Description("Digest of the revision that it compiles to now.")]
    public string? Revision { get; init; }

    [Description("Components, in the order in which they are applied.")]
    [Size(0, 1024)]
    public IReadOnlyList<string> Order { get => field ?? []; init; }
}
