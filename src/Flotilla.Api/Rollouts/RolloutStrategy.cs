using System.ComponentModel;
using System.Text.Json.Serialization;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Rollouts;

/// <summary>A way in which changes go out, for fleets to share.</summary>
[Description("A way in which changes go out, for Fleets to share: a Fleet names it in spec.rollout.strategy.")]
[KindNames("rolloutstrategies", "ros")]
[Column("Waves", ".spec.waves[*].name", "Its waves, in order.")]
[Column("At Once", ".spec.maxConcurrent", "How many sites change at the same time.")]
[Column("Budget", ".spec.budget.maxFailed", "How many sites may fail.")]
[Column("On Budget", ".spec.budget.onBudget", "What happens when more fail.")]
[Column("Deadline", ".spec.progressDeadline", "How long the change of a site may take.", Wide = true)]
[Column("Catch Up", ".spec.catchUp.maxConcurrent", "How many sites that were away catch up at the same time.", Wide = true)]
public sealed record RolloutStrategy
{
    public ObjectMeta Metadata { get => field ?? new(); init; }

    [Mandatory]
    public RolloutStrategySpec Spec { get => field ?? new(); init; }
}

[Description("How changes go out.")]
public record RolloutStrategySpec
{
    [Description("Groups of sites that change one after the other; a site belongs to the first that selects it. Without waves: one site (first), a tenth of the fleet (tenth), then the rest (rest).")]
    [MergedBy("name")]
    [Size(0, 32)]
    [Rule("self.filter(wave, !has(wave.select)).size() <= 1", "only one wave can take the rest: give the others a select")]
    [Rule("size(self) == 0 || !has(self[size(self) - 1].select) || self.all(wave, has(wave.select))", "nothing is left after the wave without select, which takes the rest: put it last")]
    public IReadOnlyList<RolloutWave> Waves { get => field ?? []; init; }

    [Description("How many sites change at the same time, over all waves: a number or a percentage of the fleet. Without it 10%, and at least 1.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Form(TextForm.NumberOrPercentage)]
    [Rule("!(string(self) in ['0', '0%'])", "0 would never let anything out; use paused for that")]
    public string? MaxConcurrent { get; init; }

    [Description("How many sites may fail, and what happens when more do.")]
    public RolloutBudget? Budget { get; init; }

    [Description("How long the change of a site may take from its permit on, a duration as 30m. The time for which it is normal not to hear from the site comes on top when it falls silent. Without it 30m.")]
    [Form(TextForm.Duration)]
    [Rule("self.matches('[1-9]')", "nothing is done in no time: give a duration longer than 0")]
    public string? ProgressDeadline { get; init; }

    [Description("How often a site that failed is tried again by itself before it counts as failed. Without it never.")]
    [Between(0, 100)]
    public int? Retries { get; init; }

    [Description("After how long away a site that waits for its return is named as a finding, a duration as 45d. It never counts as failed for that. Without it never.")]
    [Form(TextForm.Duration)]
    [Rule("self.matches('[1-9]')", "give a duration longer than 0, or leave it out")]
    public string? AwayDeadline { get; init; }

    [Description("How sites go back when a rollout is rolled back; those that failed go back at once.")]
    public ConcurrencyLimit? Rollback { get; init; }

    [Description("How sites that were away or joined later catch up with the fleet's good revision. They are counted apart from the sites of a rollout.")]
    public ConcurrencyLimit? CatchUp { get; init; }

    [Description("Who is told when a rollout pauses, fails, waits for an approval or ends.")]
    [Size(0, 16)]
    public IReadOnlyList<RolloutNotification> Notify { get => field ?? []; init; }
}

[Description("How the changes of a fleet go out: a RolloutStrategy by its name, or everything that a RolloutStrategy says written here.")]
[Rule("!has(self.strategy) || !(has(self.maxConcurrent) || has(self.budget) || has(self.progressDeadline) || has(self.retries) || has(self.awayDeadline) || has(self.rollback) || has(self.catchUp) || (has(self.waves) && size(self.waves) > 0) || (has(self.notify) && size(self.notify) > 0))",
    "the RolloutStrategy says all of it: give either strategy or the other fields", Field = ".strategy", Reason = "FieldValueForbidden")]
public sealed record FleetRollout : RolloutStrategySpec
{
    [Description("Name of a RolloutStrategy in the same namespace. Nothing else is given beside it.")]
    [Form(TextForm.ObjectName)]
    public string? Strategy { get; init; }
}

[Description("How many sites may fail.")]
public record FailureBudget
{
    [Description("How many sites may fail, a number or a percentage rounded down; 0 stops at the first. Without it 2% for a rollout, and for a wave what the rollout may.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Form(TextForm.NumberOrPercentage)]
    public string? MaxFailed { get; init; }
}

[Description("How many sites of a rollout may fail, and what happens when more do.")]
public sealed record RolloutBudget : FailureBudget
{
    [Description("What happens when more sites fail: Pause gives no further permits until somebody decides, Rollback takes all that changed back to what they had, Stop ends the rollout and leaves sites as they are. Without it Pause.")]
    public BudgetAction? OnBudget { get; init; }
}

[Description("How many sites at the same time.")]
public sealed record ConcurrencyLimit
{
    [Description("A number or a percentage, at least 1. Without it 100% for rollback and 10% for catchUp.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Form(TextForm.NumberOrPercentage)]
    [Rule("!(string(self) in ['0', '0%'])", "0 would never let any site begin: give at least 1 or 1%")]
    public string? MaxConcurrent { get; init; }
}

[Description("Somebody who is told of a rollout.")]
[Rule("has(self.webhook)", "say who is told: give webhook", Field = ".webhook", Reason = "FieldValueRequired")]
public sealed record RolloutNotification
{
    [Description("An address that gets a CloudEvent (version 1.0, JSON) for each.")]
    public WebhookAddress? Webhook { get; init; }
}

[Description("An address that is called with POST.")]
public record WebhookAddress
{
    [Description("The address.")]
    [Form(TextForm.WebAddress)]
    public required string Url { get; init; }

    [Description("A key of a Secret in the same namespace, with which the body is signed: HMAC-SHA-256. Without it calls are not signed.")]
    public Sites.SecretKeyReference? SecretRef { get; init; }
}
