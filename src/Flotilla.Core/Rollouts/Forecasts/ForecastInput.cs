using Flotilla.Core.Fleets;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>
/// What a forecast is made from: a rollout as it stands, or one that has not begun (<see cref="RolloutStart.Freeze"/> makes its record and members), and what is
/// known of its sites.
/// </summary>
public sealed record ForecastInput
{
    public required RolloutRecord Record { get; init; }

    public required RolloutTerms Terms { get; init; }

    public required IReadOnlyList<RolloutMember> Members { get; init; }

    /// <summary>The sites of the members, in the same order.</summary>
    public required IReadOnlyList<ForecastSite> Sites { get; init; }

    /// <summary>What people ask of the rollout; it is taken to stay so.</summary>
    public RolloutOrders Orders { get; init; } = new();

    /// <summary>What was approved so far.</summary>
    public IReadOnlyList<GivenApproval> Approvals { get; init; } = [];

    /// <summary>Why the fleet gives no permits at present; it is taken to stay so.</summary>
    public FleetProblem? FleetHeld { get; init; }

    /// <summary>Whether a newer change waits for this one to end.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>Sites that catch up at the same time once the rollout is over.</summary>
    public Share CatchUp { get; init; } = Share.Percent(10);

    public ForecastAssumptions Assumptions { get; init; } = new();
}

/// <summary>What is known of a site besides what a rollout is decided from.</summary>
public sealed record ForecastSite
{
    /// <summary>
    /// As the engine sees it, with the release that it shall get. Whether it is there now is read off <see cref="Sites.SiteFacts.LastSeen"/>: a site asks once an hour
    /// at least, so one that was not heard of for two hours is away, even where that is normal. Null for one that its fleet does not select any more.
    /// </summary>
    public FleetSite? Site { get; init; }

    /// <summary>Bytes of the release that the site does not have.</summary>
    public long Bytes { get; init; }

    /// <summary>Bits per second of its link; null when nobody said.</summary>
    public double? BitsPerSecond { get; init; }

    /// <summary>From a decision at the hub until the site knows of it, while it is there: next to nothing, or its pause between requests on a link that costs.</summary>
    public TimeSpan Hears { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From a permit to the report in the past (<see cref="RolloutMember.Took"/>); null takes what is usual.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>When a site that is away is back, where that is known; null takes its expected time away.</summary>
    public DateTimeOffset? Back { get; init; }
}

/// <summary>What is taken for granted.</summary>
public sealed record ForecastAssumptions
{
    /// <summary>From the moment in which a gate waits for an approval until it is there; null for nobody approves.</summary>
    public TimeSpan? Approval { get; init; } = TimeSpan.Zero;

    /// <summary>From the moment in which a webhook is asked until it says yes; null for never.</summary>
    public TimeSpan? Webhook { get; init; } = TimeSpan.Zero;

    /// <summary>From a permit to the report, where nothing is known of a site.</summary>
    public TimeSpan Took { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Bits per second where nobody said.</summary>
    public double BitsPerSecond { get; init; } = 10_000_000;
}
