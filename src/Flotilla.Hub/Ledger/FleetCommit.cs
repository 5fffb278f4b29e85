namespace Flotilla.Hub.Ledger;

/// <summary>All that one look at a fleet decided.</summary>
public sealed record FleetCommit
{
    public IReadOnlyList<StoredTarget> Targets { get; init; } = [];

    /// <summary>The fleet's document; null leaves it as it is.</summary>
    public string? Document { get; init; }

    public IReadOnlyList<RolloutCommit> Rollouts { get; init; } = [];
}

/// <summary>What is written about a rollout of the fleet.</summary>
/// <param name="Name">Of the rollout, in the fleet's namespace.</param>
public sealed record RolloutCommit(string Name)
{
    /// <summary>Null leaves it as it is; a new rollout must have one.</summary>
    public string? Document { get; init; }

    /// <summary>Those that are new or changed.</summary>
    public IReadOnlyList<StoredMember> Members { get; init; } = [];

    /// <summary>Lines (JSON objects, each with its time) that are added to the story.</summary>
    public IReadOnlyList<string> Story { get; init; } = [];

    /// <summary>Whether it is over; what is over stays so.</summary>
    public bool Ended { get; init; }
}

/// <summary>A site in a rollout.</summary>
/// <param name="Site">Its name in the fleet's namespace.</param>
public sealed record StoredMember(string Site, string Document);

/// <summary>A rollout without its members.</summary>
public sealed record StoredRolloutHead(string Name, string Fleet, string Document, bool Ended);

/// <summary>A rollout with its members, in the order of their names. Rollouts that ended long ago have none any more.</summary>
public sealed record StoredRollout(StoredRolloutHead Head, IReadOnlyList<StoredMember> Members);

/// <summary>A line of a rollout's story.</summary>
/// <param name="Number">From 1; where numbers are left out, the line before says why.</param>
/// <param name="Text">A JSON object.</param>
public sealed record StoryLine(long Number, string Text);
