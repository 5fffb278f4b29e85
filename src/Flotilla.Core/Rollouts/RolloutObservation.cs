using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

/// <summary>Everything that the next step of a rollout is decided from.</summary>
public sealed record RolloutObservation
{
    public required RolloutRecord Record { get; init; }

    public required RolloutTerms Terms { get; init; }

    /// <summary>Its sites as they were left by the step before.</summary>
    public required IReadOnlyList<RolloutMember> Members { get; init; }

    /// <summary>The same sites as they are seen, in the same order; null for one that its fleet does not select any more.</summary>
    public required IReadOnlyList<FleetSite?> Sites { get; init; }

    public RolloutOrders Orders { get; init; } = new();

    /// <summary>What was approved.</summary>
    public IReadOnlyList<GivenApproval> Approvals { get; init; } = [];

    /// <summary>The epoch in which the hub signs.</summary>
    public long Epoch { get; init; }

    /// <summary>Why the fleet gives no permits at present; null when it does.</summary>
    public FleetProblem? FleetHeld { get; init; }

    /// <summary>Whether a newer change waits for this one to end.</summary>
    public string? SupersededBy { get; init; }
}

/// <summary>What people ask of a rollout (its spec).</summary>
public sealed record RolloutOrders
{
    public bool Paused { get; init; }

    /// <summary>Lifts what the hub paused before this time.</summary>
    public DateTimeOffset? Resumed { get; init; }

    public bool RollBack { get; init; }

    public bool Cancel { get; init; }

    /// <summary>Names of sites to leave out.</summary>
    public IReadOnlySet<string> Skip { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>How many times failed sites get another permit, besides those of the strategy.</summary>
    public IReadOnlyDictionary<string, int> Retry { get; init; } = System.Collections.Frozen.FrozenDictionary<string, int>.Empty;
}

/// <summary>An approval of a gate (<c>WAVE/before/0</c>).</summary>
public sealed record GivenApproval(string Gate, string By, string Note, DateTimeOffset At);

/// <summary>What a step comes to, besides what is done about sites.</summary>
public sealed record RolloutOutcome
{
    public required RolloutRecord Record { get; init; }

    /// <summary>All sites, in the same order; those without news are the same objects as before.</summary>
    public required IReadOnlyList<RolloutMember> Members { get; init; }

    /// <summary>Indices of those with news.</summary>
    public required IReadOnlyList<int> Changed { get; init; }

    /// <summary>What is to be told.</summary>
    public required IReadOnlyList<StoryEntry> Story { get; init; }

    /// <summary>Webhooks to ask now: the gate, and its address.</summary>
    public required IReadOnlyList<GateQuestion> Questions { get; init; }

    /// <summary>What it waits for as a whole.</summary>
    public required IReadOnlyList<RolloutWait> Waits { get; init; }

    /// <summary>Why the revision must not go anywhere any more; null while it may.</summary>
    public FleetProblem? Quarantine { get; init; }
}

/// <summary>A webhook to be asked.</summary>
public sealed record GateQuestion(string Gate, GateTerms.Webhook Webhook);
