using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts;

/// <summary>How a change goes out, with everything that was left to usual values filled in.</summary>
public sealed record RolloutTerms
{
    public required IReadOnlyList<WaveTerms> Waves { get; init; }

    /// <summary>Sites that change at the same time, over all waves.</summary>
    public Share MaxConcurrent { get; init; } = Share.Percent(10);

    /// <summary>Sites that may fail. One more, and <see cref="OnBudget"/> happens.</summary>
    public Share MaxFailed { get; init; } = Share.Percent(2);

    public BudgetAction OnBudget { get; init; } = BudgetAction.Pause;

    /// <summary>From the permit until the site is through; the expected time away comes on top when it is not heard of.</summary>
    public TimeSpan ProgressDeadline { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often a failed site gets another permit by itself.</summary>
    public int Retries { get; init; }

    /// <summary>When a deferred site becomes a finding; null for never.</summary>
    public TimeSpan? AwayDeadline { get; init; }

    /// <summary>Sites that go back at the same time, besides those that failed.</summary>
    public Share RollbackConcurrent { get; init; } = Share.Percent(100);
}

/// <summary>One wave.</summary>
public sealed record WaveTerms
{
    public required string Name { get; init; }

    public WaveSelection Select { get; init; } = new WaveSelection.Rest();

    /// <summary>Sites of the wave that change at the same time; null leaves it to the rollout's.</summary>
    public Share? MaxConcurrent { get; init; }

    /// <summary>Sites that must have succeeded before the next wave.</summary>
    public int MinSucceeded { get; init; } = 1;

    /// <summary>For how long each site must be healthy on the revision.</summary>
    public TimeSpan Soak { get; init; }

    /// <summary>Sites of the wave that may fail; null leaves it to the rollout's.</summary>
    public Share? MaxFailed { get; init; }

    public IReadOnlyList<GateTerms> Before { get; init; } = [];

    public IReadOnlyList<GateTerms> After { get; init; } = [];
}

/// <summary>Which sites a wave is for, of those that no wave before it took.</summary>
public abstract record WaveSelection
{
    private WaveSelection()
    {
    }

    public sealed record Labels(SiteSelector Selector) : WaveSelection;

    public sealed record Part(Share Share) : WaveSelection;

    public sealed record Rest : WaveSelection;
}

/// <summary>What must be so before a wave begins, or before it counts as complete.</summary>
public abstract record GateTerms
{
    private GateTerms()
    {
    }

    /// <summary>Somebody must approve.</summary>
    public sealed record Approval : GateTerms;

    /// <summary>Not before a time.</summary>
    public sealed record StartAt(DateTimeOffset Time) : GateTerms;

    /// <summary>A time must have gone by since the wave's sites were through (after), or since the wave before was complete (before).</summary>
    public sealed record Soak(TimeSpan Time) : GateTerms;

    /// <summary>Somebody else's machine must say yes.</summary>
    /// <param name="Secret">Name and key of the Secret to sign with; null for none.</param>
    public sealed record Webhook(string Url, (string Name, string Key)? Secret, TimeSpan Timeout) : GateTerms;
}
