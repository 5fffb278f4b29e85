using System.Text.Json.Serialization;

namespace Flotilla.Api.Sync;

/// <summary>Something that happened at a site. Numbers begin at 1 and have no gaps.</summary>
public sealed record JournalEntry
{
    public required long Number { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required JournalEvent Event { get; init; }

    public string? Component { get; init; }

    /// <summary>The object, <c>apps/v1/Deployment/projectcontour/contour</c>.</summary>
    public string? Object { get; init; }

    public string Reason { get => field ?? ""; init; }

    public string Message { get => field ?? ""; init; }

    /// <summary>Digest of the release that it was about.</summary>
    public string? Release { get; init; }
}

/// <summary>Kinds of journal entries.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JournalEvent>))]
public enum JournalEvent
{
    AgentStarted,
    Enrolled,
    DesiredStateTaken,
    DesiredStateRefused,
    ReleaseStaged,
    ReleaseBegun,
    ComponentApplied,
    ComponentHealthy,
    ComponentUnhealthy,
    ComponentFailed,
    ReleaseApplied,
    ReleaseFailed,
    DriftCorrected,
    DriftContested,
    Pruned,
    PruneRefused,
    Adopted,
    Replaced,
    Paused,
    Resumed,
    StateLost,
}
