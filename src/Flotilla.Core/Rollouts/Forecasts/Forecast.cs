using Flotilla.Api.Rollouts;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>When a rollout would do what, if nothing comes in between.</summary>
public sealed record Forecast
{
    public required string Rollout { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>Sites that count: all but those left out.</summary>
    public required int Sites { get; init; }

    /// <summary>Those that are through when it is made.</summary>
    public required int Done { get; init; }

    /// <summary>How the rollout ends; as it stands when it does not.</summary>
    public required RolloutPhase Phase { get; init; }

    /// <summary>When the first wave begins, or began.</summary>
    public DateTimeOffset? Starts { get; init; }

    /// <summary>When half of the sites are through; null for never.</summary>
    public DateTimeOffset? P50 { get; init; }

    /// <summary>When 95 of 100 sites are through; null for never.</summary>
    public DateTimeOffset? P95 { get; init; }

    /// <summary>When the rollout is over; it ends without sites that are away. Null for never.</summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>When the last site is through that ever is, those that follow after the rollout included; null when none is.</summary>
    public DateTimeOffset? Last { get; init; }

    public required IReadOnlyList<WaveForecast> Waves { get; init; }

    /// <summary>How many sites are through when.</summary>
    public required IReadOnlyList<ForecastPoint> Curve { get; init; }

    /// <summary>The last sites, and what keeps each.</summary>
    public required IReadOnlyList<SiteForecast> Deciding { get; init; }

    /// <summary>Sites that come long after the others; null when there are none.</summary>
    public LateSites? Late { get; init; }

    /// <summary>Sites that are away when the rollout ends, and follow it.</summary>
    public required int Followers { get; init; }

    /// <summary>What never happens as things stand, and why.</summary>
    public required IReadOnlyList<NeverForecast> Never { get; init; }

    /// <summary>What is taken for granted, in sentences.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }
}

/// <summary>The same of one wave.</summary>
public sealed record WaveForecast
{
    public required string Name { get; init; }

    public required int Sites { get; init; }

    public required int Done { get; init; }

    public DateTimeOffset? Starts { get; init; }

    public DateTimeOffset? P50 { get; init; }

    public DateTimeOffset? P95 { get; init; }

    /// <summary>When it is complete, the gates after it included; null for never.</summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>Its sites that are away when the rollout ends.</summary>
    public required int Followers { get; init; }

    /// <summary>What its end waits for in the first place: a gate after it, or its last sites.</summary>
    public required IReadOnlyList<SiteForecast> Deciding { get; init; }

    /// <summary>Its gates that are not passed yet.</summary>
    public required IReadOnlyList<GateForecast> Gates { get; init; }
}

/// <summary>How many sites are through at a time.</summary>
public sealed record ForecastPoint(DateTimeOffset Time, int Done);

/// <summary>A site, when it is through, and what most of its time goes by with.</summary>
/// <param name="Done">Null for never.</param>
/// <param name="Reason">A code of <see cref="Api.Reasons"/>.</param>
/// <param name="Message">A sentence.</param>
public sealed record SiteForecast(string Site, DateTimeOffset? Done, string Reason, string Message);

/// <summary>A gate, and when it is passed.</summary>
/// <param name="Reached">When the rollout gets there; null for never.</param>
/// <param name="Passed">Null for never.</param>
public sealed record GateForecast(string Gate, DateTimeOffset? Reached, DateTimeOffset? Passed);

/// <summary>Sites that come long after the others.</summary>
/// <param name="From">When the first of them is through.</param>
/// <param name="Names">The first few of them.</param>
public sealed record LateSites(int Count, DateTimeOffset From, IReadOnlyList<string> Names);

/// <summary>What never happens.</summary>
/// <param name="Reason">A code of <see cref="Api.Reasons"/>.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Sites">Sites that it is about; 0 for the rollout as a whole.</param>
public sealed record NeverForecast(string Reason, string Message, int Sites);
