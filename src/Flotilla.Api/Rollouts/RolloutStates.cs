using System.Text.Json.Serialization;

namespace Flotilla.Api.Rollouts;

/// <summary>Where a rollout is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutPhase>))]
public enum RolloutPhase
{
    /// <summary>Made, and waits until the one before it is through.</summary>
    Planned,

    Running,

    /// <summary>Gives no permits, by somebody's wish or because too much failed.</summary>
    Paused,

    /// <summary>Sites go back to what they had.</summary>
    RollingBack,

    Succeeded,
    Failed,
    Cancelled,

    /// <summary>A newer one took its place.</summary>
    Superseded,
}

/// <summary>Where a site is in a rollout.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutSiteState>))]
public enum RolloutSiteState
{
    /// <summary>Nothing can be given to it yet.</summary>
    Waiting,

    /// <summary>Fetches the release.</summary>
    Staging,

    /// <summary>Has the release, and no permit.</summary>
    Staged,

    /// <summary>Has a permit: from here it holds a slot.</summary>
    Applying,

    /// <summary>Runs it, healthy, and has to stay so for a while.</summary>
    Soaking,

    Succeeded,
    Failed,

    /// <summary>Not heard of since a permit was delivered to it: it keeps its slot.</summary>
    Silent,

    /// <summary>Not there, and nothing was permitted to it: outside slots, waves and budgets.</summary>
    Deferred,

    /// <summary>Runs what it had before.</summary>
    RolledBack,

    /// <summary>Left out.</summary>
    Skipped,

    /// <summary>Left to a newer rollout.</summary>
    Superseded,
}

/// <summary>What happens when more sites failed than may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BudgetAction>))]
public enum BudgetAction
{
    /// <summary>No further permits until somebody decides.</summary>
    Pause,

    /// <summary>Sites go back to what they had.</summary>
    Rollback,

    /// <summary>The rollout ends; sites keep what they have.</summary>
    Stop,
}

/// <summary>What can be done about a rollout.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RolloutVerb>))]
public enum RolloutVerb
{
    Pause,
    Resume,
    Approve,
    Skip,
    Retry,
    RollBack,
    Cancel,
}

/// <summary>Where a wave is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WavePhase>))]
public enum WavePhase
{
    Waiting,
    Running,
    Complete,
}
