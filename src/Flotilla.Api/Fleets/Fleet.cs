using System.ComponentModel;

namespace Flotilla.Api.Fleets;

/// <summary>Sites that run one stack.</summary>
[Description("Sites that run one stack. A site belongs to one Fleet.")]
public sealed record Fleet
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    public FleetSpec Spec { get => field ?? new(); init; }

    public FleetStatus? Status { get; init; }
}

[Description("What is declared about the fleet.")]
public sealed record FleetSpec
{
    [Description("Which sites.")]
    public LabelSelectorSpec Selector { get => field ?? new(); init; }

    [Description("Name of the Stack that they run.")]
    public string Stack { get => field ?? ""; init; }

    [Description("How changes go out.")]
    public RolloutPolicy Rollout { get => field ?? new(); init; }

    [Description("No site gets anything new while this is true.")]
    public bool Paused { get; init; }
}

[Description("How changes go out.")]
public sealed record RolloutPolicy
{
    [Description("How many sites change at the same time, a number or a percentage of the fleet. Without it 10%, and at least 1.")]
    public string? MaxConcurrent { get; init; }
}

[Description("How the fleet is doing.")]
public sealed record FleetStatus
{
    [Description("Ready: every site runs the current revision and is healthy; Overlapping: sites are selected by another fleet as well; Stalled: something must be mended first.")]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }

    [Description("Sites selected.")]
    public int Sites { get; init; }

    [Description("Sites that run what they are meant to run, as last heard within their time.")]
    public int InSync { get; init; }

    [Description("Sites that are meant to run the current revision.")]
    public int UpToDate { get; init; }

    [Description("Sites that are healthy.")]
    public int Healthy { get; init; }

    [Description("Sites that change at present.")]
    public int Changing { get; init; }

    [Description("Sites not heard of, within or beyond their expected time, before anything new was permitted to them.")]
    public int Away { get; init; }

    [Description("Sites that fell silent after they were permitted to change.")]
    public int Silent { get; init; }

    [Description("Sites where the change failed.")]
    public int Failed { get; init; }

    [Description("Sites that never enrolled.")]
    public int NotEnrolled { get; init; }

    [Description("Revisions by what they are to the fleet.")]
    public FleetRevisions? Revision { get; init; }
}

[Description("Revisions by what they are to the fleet.")]
public sealed record FleetRevisions
{
    [Description("What the stack compiles to now.")]
    public string? Current { get; init; }

    [Description("The last one before it that every site had.")]
    public string? PreviousGood { get; init; }
}
