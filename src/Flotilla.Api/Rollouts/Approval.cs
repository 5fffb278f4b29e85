using System.ComponentModel;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Rollouts;

/// <summary>Somebody's word that a rollout may pass a gate.</summary>
[Description("Somebody's word that a Rollout may pass a gate. Who may create Approvals may approve; the object keeps who did, when and why.")]
[KindNames("approvals", "apv")]
[Column("Rollout", ".spec.rollout", "The rollout.")]
[Column("Gate", ".spec.gate", "The gate that it may pass.")]
[Column("By", ".spec.by", "Who approved.")]
[Column("Note", ".spec.note", "Why.", Wide = true)]
public sealed record Approval
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    [Mandatory]
    public ApprovalSpec Spec { get => field ?? new(); init; }
}

[Description("What is approved. It does not change.")]
[Rule("self == oldSelf", "what was approved does not change: create another Approval", Reason = "FieldValueForbidden")]
public sealed record ApprovalSpec
{
    [Description("Name of the Rollout.")]
    [Mandatory]
    [Form(TextForm.ObjectName)]
    public string Rollout { get => field ?? ""; init; }

    [Description("The gate: its wave, before or after, and its place among those, as canary/after/0.")]
    [Mandatory]
    [Form(TextForm.GateKey)]
    public string Gate { get => field ?? ""; init; }

    [Description("Who approves.")]
    [Mandatory]
    [Form(TextForm.Line)]
    [Size(1, 256)]
    public string By { get => field ?? ""; init; }

    [Description("Why, for those who ask later.")]
    [Size(0, 4096)]
    public string? Note { get; init; }
}
