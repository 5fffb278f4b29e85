using System.ComponentModel;
using Flotilla.Api.Definitions;
using Flotilla.Api.Rollouts;

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
[Column("Rollout", ".status.rollout", "The rollout that runs, or the last one.", Wide = true)]
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
    public FleetRollout Rollout { get => field ?? new(); init; }

    [Description("Names of MaintenanceWindows in the same namespace: changes begin while any of them is open, and while none of them is blacked out. Without any, at any time.")]
    [Form(TextForm.ObjectName)]
    [MergedBy]
    [Size(0, 16)]
    public IReadOnlyList<string> Windows { get => field ?? []; init; }

    [Description("Times in which nothing begins at any site, whatever is open.")]
    [Size(0, 64)]
    public IReadOnlyList<Freeze> Freezes { get => field ?? []; init; }

    [Description("No site gets anything new while this is true.")]
    public bool Paused { get; init; }
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

    [Description("Name of the Rollout that runs, or of the last one.")]
    public string? Rollout { get; init; }

    [Description("Revisions by what they are to the fleet.")]
    public FleetRevisions? Revision { get; init; }
}

[Description("Revisions by what they are to the fleet.")]
public sealed record FleetRevisions
{
    [Description("What the stack compiles to now.")]
    public string? Current { get; init; }

    [Description("That of the last rollout that succeeded: sites that are in no rollout follow it.")]
    public string? Good { get; init; }

    [Description("The good one before that.")]
    public string? PreviousGood { get; init; }

    [Description("Revisions that no site gets until somebody lifts that (annotation flotilla.dev/lift-quarantine with the digest) or the declaration changes.")]
    [MergedBy("revision")]
    [Size(0, 64)]
    public IReadOnlyList<QuarantinedRevision> Quarantined { get => field ?? []; init; }
}

[Description("A revision that no site gets.")]
public sealed record QuarantinedRevision
{
    [Description("Digest of the revision.")]
    public required string Revision { get; init; }

    [Description("Why, as a word for machines; docs/reasons.md lists them all.")]
    public string? Reason { get; init; }

    [Description("Why, as a sentence for people.")]
    public string? Message { get; init; }

    [Description("Since when.")]
    public DateTimeOffset? Since { get; init; }
}
