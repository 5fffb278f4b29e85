using System.ComponentModel;
using System.Text.Json.Serialization;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Fleets;

/// <summary>Sites that run one stack.</summary>
[Description("Sites that run one stack. A site belongs to one Fleet.")]
[KindNames("fleets", "flt")]
[Column("Stack", ".spec.stack", "What its sites run.")]
[Column("Sites", ".status.sites", "Sites selected.", Type = "integer")]
[Column("In Sync", ".status.inSync", "Sites that run what they are meant to run.", Type = "integer")]
[Column("Up To Date", ".status.upToDate", "Sites that are meant to run the current revision.", Type = "integer")]
[Column("Healthy", ".status.healthy", "Sites that are healthy.", Type = "integer")]
[Column("Failed", ".status.failed", "Sites where the change failed.", Type = "integer")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status", "Whether every site runs the current revision and is healthy.")]
[Column("Why", ".status.conditions[?(@.type==\"Ready\")].reason", "Why it is ready or not.", Wide = true)]
[Column("Changing", ".status.changing", "Sites that change at present.", Type = "integer", Wide = true)]
[Column("Away", ".status.away", "Sites not heard of before anything new was permitted to them.", Type = "integer", Wide = true)]
[Column("Silent", ".status.silent", "Sites that fell silent after they were permitted to change.", Type = "integer", Wide = true)]
[Column("Not Enrolled", ".status.notEnrolled", "Sites that never enrolled.", Type = "integer", Wide = true)]
[Column("Paused", ".spec.paused", "Whether nothing new goes out.", Type = "boolean", Wide = true)]
public sealed record Fleet
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    [Mandatory]
    public FleetSpec Spec { get => field ?? new(); init; }

    public FleetStatus? Status { get; init; }
}

[Description("What is declared about the fleet.")]
public sealed record FleetSpec
{
    [Description("Which sites.")]
    [Mandatory]
    public LabelSelectorSpec Selector { get => field ?? new(); init; }

    [Description("Name of the Stack that they run.")]
    [Mandatory]
    [Form(TextForm.ObjectName)]
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
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Form(TextForm.NumberOrPercentage)]
    [Rule("!(string(self) in ['0', '0%'])", "0 would never let anything out; use paused for that")]
    public string? MaxConcurrent { get; init; }
}

[Description("How the fleet is doing.")]
public sealed record FleetStatus
{
    [Description("Ready: every site runs the current revision and is healthy; Overlapping: sites are selected by another fleet as well; Stalled: something must be mended first.")]
    [MergedBy("type")]
    [Size(0, 32)]
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
