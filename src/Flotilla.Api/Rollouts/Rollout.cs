using System.ComponentModel;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Rollouts;

/// <summary>A change on its way through a fleet.</summary>
[Description("A revision on its way through a Fleet. The hub makes it, named as the fleet and a number; people act on it through its spec.")]
[KindNames("rollouts", "ro")]
[Column("Fleet", ".spec.fleet", "The fleet.")]
[Column("Phase", ".status.phase", "Where it is.")]
[Column("Sites", ".status.sites.total", "Sites that it is for.", Type = "integer")]
[Column("Succeeded", ".status.sites.succeeded", "Sites that run it and are healthy.", Type = "integer")]
[Column("Changing", ".status.sites.applying", "Sites that change at present.", Type = "integer")]
[Column("Failed", ".status.sites.failed", "Sites where it failed.", Type = "integer")]
[Column("Waits For", ".status.waitingFor[0].reason", "What it waits for.")]
[Column("Why", ".status.reason", "Why it is in its phase.", Wide = true)]
[Column("Soaking", ".status.sites.soaking", "Sites that must stay healthy for a while.", Type = "integer", Wide = true)]
[Column("Silent", ".status.sites.silent", "Sites that fell silent after they were permitted to change.", Type = "integer", Wide = true)]
[Column("Deferred", ".status.sites.deferred", "Sites that are away and catch up when they return.", Type = "integer", Wide = true)]
[Column("Revision", ".spec.revision", "What goes out.", Wide = true)]
[Column("Ended", ".status.ended", "When it was over.", Type = "date", Wide = true)]
public sealed record Rollout
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    [Mandatory]
    public RolloutSpec Spec { get => field ?? new(); init; }

    public RolloutStatus? Status { get; init; }
}

[Description("What goes out, and what people want done about it.")]
[Rule("self.fleet == oldSelf.fleet", "a rollout stays with its fleet", Field = ".fleet", Reason = "FieldValueForbidden")]
[Rule("self.revision == oldSelf.revision", "a rollout stays with its revision; a new revision of the stack makes a rollout of its own", Field = ".revision", Reason = "FieldValueForbidden")]
[Rule("!(has(oldSelf.rollBack) && oldSelf.rollBack) || (has(self.rollBack) && self.rollBack)", "sites go back already, which cannot be taken back; lift the quarantine of the revision to let it out again", Field = ".rollBack", Reason = "FieldValueForbidden")]
[Rule("!(has(oldSelf.cancel) && oldSelf.cancel) || (has(self.cancel) && self.cancel)", "a cancelled rollout stays cancelled; lift the quarantine of the revision to let it out again", Field = ".cancel", Reason = "FieldValueForbidden")]
public sealed record RolloutSpec
{
    [Description("Name of the Fleet. It does not change.")]
    [Mandatory]
    [Form(TextForm.ObjectName)]
    public string Fleet { get => field ?? ""; init; }

    [Description("Digest of the revision. It does not change.")]
    [Mandatory]
    [Size(1, 128)]
    public string Revision { get => field ?? ""; init; }

    [Description("No site gets a permit while this is true.")]
    public bool Paused { get; init; }

    [Description("Lifts what the hub itself paused before this time.")]
    public DateTimeOffset? ResumedAt { get; init; }

    [Description("Takes all sites that began back to what they had. It cannot be taken back.")]
    public bool RollBack { get; init; }

    [Description("Ends it; sites keep what they have. It cannot be taken back.")]
    public bool Cancel { get; init; }

    [Description("Names of sites that are left out.")]
    [Form(TextForm.ObjectName)]
    [MergedBy]
    [Size(0, 4096)]
    public IReadOnlyList<string> Skip { get => field ?? []; init; }

    [Description("Sites that are to try again although they failed.")]
    [MergedBy("site")]
    [Size(0, 4096)]
    public IReadOnlyList<SiteRetry> Retry { get => field ?? []; init; }
}

[Description("A site that is to try again.")]
public sealed record SiteRetry
{
    [Description("Name of the Site.")]
    [Form(TextForm.ObjectName)]
    public required string Site { get; init; }

    [Description("How many times in all; raise it for one more try.")]
    [Mandatory]
    [Between(1, 1000)]
    public int Times { get; init; }
}
