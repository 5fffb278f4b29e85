using System.ComponentModel;
using System.Text.Json.Serialization;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Rollouts;

[Description("Sites that change together.")]
public sealed record RolloutWave
{
    [Description("Its name, as canary.")]
    [Form(TextForm.ObjectName)]
    [Size(1, 63)]
    public required string Name { get; init; }

    [Description("Which sites, of those that no wave before it took. Without it all the rest.")]
    public WaveSelector? Select { get; init; }

    [Description("How many sites of the wave change at the same time, a number or a percentage of the wave, at least 1. Without it what the rollout allows.")]
    [NumberOrText]
    [JsonConverter(typeof(NumberOrTextConverter))]
    [Form(TextForm.NumberOrPercentage)]
    [Rule("!(string(self) in ['0', '0%'])", "0 would never let the wave begin: give at least 1 or 1%")]
    public string? MaxConcurrent { get; init; }

    [Description("How many sites must have succeeded before the next wave begins. Sites that are away and sites that failed are not waited for beyond that. Without it 1.")]
    [Between(1, 1_000_000)]
    public int? MinSucceeded { get; init; }

    [Description("For how long each site must have been healthy on the revision before it counts as succeeded, a duration as 24h. Getting ill starts it anew. Without it no time.")]
    [Form(TextForm.Duration)]
    public string? Soak { get; init; }

    [Description("How many sites of the wave may fail.")]
    public FailureBudget? Budget { get; init; }

    [Description("What must be so before the wave begins, one after the other.")]
    [Size(0, 8)]
    public IReadOnlyList<RolloutGate> Before { get => field ?? []; init; }

    [Description("What must be so before the wave counts as complete, one after the other.")]
    [Size(0, 8)]
    public IReadOnlyList<RolloutGate> After { get => field ?? []; init; }
}

[Description("Which sites; exactly one of labels (matchLabels, matchExpressions), count and percent. Count and percent choose by chance, once for each rollout, of sites that are connected first.")]
[Rule("((has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0) ? 1 : 0) + (has(self.count) ? 1 : 0) + (has(self.percent) ? 1 : 0) == 1",
    "give exactly one of labels (matchLabels, matchExpressions), count and percent; leave select out for all the rest")]
public sealed record WaveSelector
{
    [Description("Labels that must have exactly these values.")]
    [Size(0, 32)]
    public IReadOnlyDictionary<string, string> MatchLabels { get => field ?? new Dictionary<string, string>(); init; }

    [Description("Further demands on labels.")]
    [Size(0, 32)]
    public IReadOnlyList<LabelSelectorRequirement> MatchExpressions { get => field ?? []; init; }

    [Description("So many sites.")]
    [Between(1, 1_000_000)]
    public int? Count { get; init; }

    [Description("So many in a hundred of the fleet's sites, rounded up.")]
    [Between(1, 100)]
    public int? Percent { get; init; }
}

[Description("What must be so before a rollout goes on; exactly one of approval, startAt, soak and webhook.")]
[Rule("(has(self.approval) ? 1 : 0) + (has(self.startAt) ? 1 : 0) + (has(self.soak) ? 1 : 0) + (has(self.webhook) ? 1 : 0) == 1", "give exactly one of approval, startAt, soak and webhook")]
public sealed record RolloutGate
{
    [Description("Somebody must approve: an Approval object for the rollout that names the gate. Who may create Approvals may approve.")]
    public ApprovalGate? Approval { get; init; }

    [Description("Not before this time.")]
    public DateTimeOffset? StartAt { get; init; }

    [Description("So long after what comes before it is through, a duration as 24h.")]
    [Form(TextForm.Duration)]
    [Rule("self.matches('[1-9]')", "a gate of no time holds nothing up: give a duration longer than 0, or drop the gate")]
    public string? Soak { get; init; }

    [Description("An address is asked, and must answer 2xx with the JSON {\"allow\": true}.")]
    public WebhookGate? Webhook { get; init; }
}

[Description("Somebody must approve; there is nothing to say about it.")]
public sealed record ApprovalGate;

[Description("An address that is asked with POST.")]
public sealed record WebhookGate : WebhookAddress
{
    [Description("How long the answer may take, a duration up to 30s. Without it 10s.")]
    [Form(TextForm.Duration)]
    [Rule("self.matches('[1-9]')", "nobody answers in no time: give a duration longer than 0")]
    public string? Timeout { get; init; }
}
