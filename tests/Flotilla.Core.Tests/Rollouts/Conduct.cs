namespace Flotilla.Core.Tests.Rollouts;

/// <summary>What a revision does to a site.</summary>
internal sealed record Conduct
{
    public static readonly Conduct Well = new();

    public TimeSpan Stage { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan Apply { get; init; } = TimeSpan.FromMinutes(3);

    public bool CannotStage { get; init; }

    public bool NeverBegins { get; init; }

    /// <summary>Says that it cannot go on.</summary>
    public bool Fails { get; init; }

    /// <summary>Applies for ever.</summary>
    public bool NeverReady { get; init; }

    /// <summary>Cuts the site off as soon as it begins.</summary>
    public bool Cuts { get; init; }

    /// <summary>When one that fails, is never ready or is cut off gets well after all, from its beginning.</summary>
    public TimeSpan? RecoversAfter { get; init; }

    /// <summary>When it falls ill after it was healthy, and for how long.</summary>
    public TimeSpan? IllAfter { get; init; }

    public TimeSpan? IllFor { get; init; }

    /// <summary>When the agent begins anew after it was healthy, and compares what it runs for a minute.</summary>
    public TimeSpan? AgentRestartsAfter { get; init; }
}
