using System.ComponentModel;
using Flotilla.Api.Definitions;

namespace Flotilla.Api.Rollouts;

[Description("How the rollout is doing. A mirror of the ledger.")]
public sealed record RolloutStatus
{
    [Description("Where it is.")]
    public RolloutPhase Phase { get; init; }

    [Description("Why it is in its phase, as a word for machines; docs/reasons.md lists them all.")]
    public string? Reason { get; init; }

    [Description("Why it is in its phase, as a sentence for people.")]
    public string? Message { get; init; }

    [Description("Succeeded: it went through; Progressing: it gets on; Stalled: somebody must do something.")]
    [MergedBy("type")]
    [Size(0, 32)]
    public IReadOnlyList<Condition> Conditions { get => field ?? []; init; }

    [Description("When the hub decided on it.")]
    public DateTimeOffset? Created { get; init; }

    [Description("When it began.")]
    public DateTimeOffset? Started { get; init; }

    [Description("When it was over.")]
    public DateTimeOffset? Ended { get; init; }

    [Description("Digest of the revision that the fleet had before.")]
    public string? Previous { get; init; }

    [Description("Digest of the strategy by which it goes; another strategy is another rollout.")]
    public string? Strategy { get; init; }

    [Description("What it waits for.")]
    [Size(0, 32)]
    public IReadOnlyList<RolloutWait> WaitingFor { get => field ?? []; init; }

    [Description("What can be done about it now.")]
    [MergedBy]
    [Size(0, 16)]
    public IReadOnlyList<RolloutVerb> ValidActions { get => field ?? []; init; }

    [Description("Its sites, counted by where they are.")]
    public SiteCounts? Sites { get; init; }

    [Description("Its waves, in order.")]
    [MergedBy("name")]
    [Size(0, 64)]
    public IReadOnlyList<WaveStatus> Waves { get => field ?? []; init; }

    [Description("What happened, the newest last: the last 50 entries. The hub's ledger has all of them.")]
    [Size(0, 50)]
    public IReadOnlyList<RolloutEntry> Story { get => field ?? []; init; }
}

[Description("Something that a rollout waits for.")]
public sealed record RolloutWait
{
    [Description("What, as a word for machines; docs/reasons.md lists them all.")]
    public required string Reason { get; init; }

    [Description("What, as a sentence for people.")]
    public string? Message { get; init; }
}

[Description("Something that happened in a rollout.")]
public sealed record RolloutEntry
{
    [Description("When.")]
    [Mandatory]
    public DateTimeOffset Time { get; init; }

    [Description("In which wave.")]
    public string? Wave { get; init; }

    [Description("At which site.")]
    public string? Site { get; init; }

    [Description("What, as a sentence for people.")]
    public required string Message { get; init; }
}

[Description("Sites counted by where they are in a rollout.")]
public record SiteCounts
{
    [Description("All of them.")]
    public int Total { get; init; }

    [Description("Sites that nothing can be given to yet.")]
    public int Waiting { get; init; }

    [Description("Sites that fetch what they will run.")]
    public int Staging { get; init; }

    [Description("Sites that have it and wait for their permit.")]
    public int Staged { get; init; }

    [Description("Sites that have a permit and are not through.")]
    public int Applying { get; init; }

    [Description("Sites that run it, healthy, and must stay so for a while.")]
    public int Soaking { get; init; }

    [Description("Sites that run it and are through.")]
    public int Succeeded { get; init; }

    [Description("Sites where it failed.")]
    public int Failed { get; init; }

    [Description("Sites not heard of since a permit was delivered to them.")]
    public int Silent { get; init; }

    [Description("Sites that are away and were permitted nothing; they catch up when they return.")]
    public int Deferred { get; init; }

    [Description("Sites that run what they had before.")]
    public int RolledBack { get; init; }

    [Description("Sites that were left out.")]
    public int Skipped { get; init; }

    [Description("Sites that were left to a newer rollout.")]
    public int Superseded { get; init; }
}

[Description("How a wave is doing.")]
public sealed record WaveStatus : SiteCounts
{
    [Description("Its name.")]
    public required string Name { get; init; }

    [Description("Where it is.")]
    public WavePhase Phase { get; init; }

    [Description("Why it is not further, as a word for machines.")]
    public string? Reason { get; init; }

    [Description("Why it is not further, as a sentence for people.")]
    public string? Message { get; init; }
}
