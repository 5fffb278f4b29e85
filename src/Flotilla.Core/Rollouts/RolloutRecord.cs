using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;

namespace Flotilla.Core.Rollouts;

/// <summary>What is kept of a rollout besides its sites. The ledger's copy is the authority.</summary>
public sealed record RolloutRecord
{
    public required string Name { get; init; }

    public required string Fleet { get; init; }

    public required string Revision { get; init; }

    /// <summary>The revision that was good when it began.</summary>
    public string? Previous { get; init; }

    /// <summary>The strategy as declared when it began, as canonical JSON.</summary>
    public required string Strategy { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public required RolloutPhase Phase { get; init; }

    /// <summary>Why it is in its phase.</summary>
    public string Reason { get => field ?? ""; init; }

    public string Message { get => field ?? ""; init; }

    /// <summary>What it becomes when those in the middle of applying are through; null while it goes on.</summary>
    public RolloutPhase? Ending { get; init; }

    /// <summary>Since when the hub itself gives no permits; null while it does.</summary>
    public DateTimeOffset? Held { get; init; }

    /// <summary>Failures that were there when somebody resumed: they trigger nothing again.</summary>
    public int Accepted { get; init; }

    public IReadOnlyList<WaveRecord> Waves { get => field ?? []; init; }

    public IReadOnlyList<GateRecord> Gates { get => field ?? []; init; }

    public bool IsOver => Ended is not null;
}

/// <summary>What is kept of a wave.</summary>
public sealed record WaveRecord
{
    public required string Name { get; init; }

    /// <summary>When its gates were passed.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When its sites were through.</summary>
    public DateTimeOffset? Through { get; init; }

    /// <summary>When the gates after it were passed, too.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>Failures among its sites that somebody accepted by resuming.</summary>
    public int Accepted { get; init; }
}

/// <summary>What is kept of a gate: <c>WAVE/before/0</c>.</summary>
public sealed record GateRecord
{
    public required string Key { get; init; }

    /// <summary>When it was reached first.</summary>
    public required DateTimeOffset Reached { get; init; }

    public DateTimeOffset? Passed { get; init; }

    /// <summary>Who or what let it pass, and why.</summary>
    public string By { get => field ?? ""; init; }

    /// <summary>When a webhook was asked last, and what it said.</summary>
    public DateTimeOffset? Asked { get; init; }

    public string Answer { get => field ?? ""; init; }

    /// <summary>The answer of a webhook that lets pass.</summary>
    public const string Yes = "yes";
}

/// <summary>What is kept of a site in a rollout.</summary>
public sealed record RolloutMember
{
    public required SiteName Site { get; init; }

    /// <summary>Index of its wave.</summary>
    public int Wave { get; init; }

    public RolloutSiteState State { get; init; }

    public DateTimeOffset Since { get; init; }

    /// <summary>Why, a code of <see cref="Flotilla.Api.Reasons"/> and a sentence.</summary>
    public string Reason { get => field ?? ""; init; }

    public string Message { get => field ?? ""; init; }

    /// <summary>What it had when the rollout began.</summary>
    public ReleaseTarget? From { get; init; }

    /// <summary>Whether it is on its way back to that.</summary>
    public bool Back { get; init; }

    /// <summary>When it was permitted last in this rollout, and on this way.</summary>
    public DateTimeOffset? Permitted { get; init; }

    /// <summary>Sequence of the desired state that permitted it: whatever is said later, this one may have reached it.</summary>
    public long? PermitSequence { get; init; }

    /// <summary>Epoch of that desired state: numbers that a site took in an epoch before are none of this one's.</summary>
    public long PermitEpoch { get; init; }

    /// <summary>How long the change before took there; null when that is not known.</summary>
    public TimeSpan? TookBefore { get; init; }

    /// <summary>Permits that it got after a failure.</summary>
    public int Retries { get; init; }

    /// <summary>Since when it is healthy on the release.</summary>
    public DateTimeOffset? HealthySince { get; init; }

    /// <summary>Since when it is ill on the release.</summary>
    public DateTimeOffset? IllSince { get; init; }

    /// <summary>From its permit to its report, for forecasts.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>When it was first seen at work on it.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>Permits that ended before it began.</summary>
    public int Unused { get; init; }

    /// <summary>Whether it failed on the way there, so that its way back is not kept waiting.</summary>
    public bool FailedThere { get; init; }
}

/// <summary>A line of a rollout's story.</summary>
/// <param name="Wave">Name of the wave that it is about.</param>
/// <param name="Site">Name of the site that it is about.</param>
public sealed record StoryEntry(DateTimeOffset Time, string? Wave, string? Site, string Reason, string Message);
