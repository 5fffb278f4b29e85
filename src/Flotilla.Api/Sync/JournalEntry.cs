using System.Text.Json.Serialization;

namespace Flotilla.Api.Sync;

/// <summary>Something that happened at a site. Numbers begin at 1 and have no gaps: what was left out is named by an entry in its place.</summary>
public sealed record JournalEntry
{
    public required long Number { get; init; }

    /// <summary>Number of the first of the entries that this one stands for; null when it stands for itself alone.</summary>
    public long? First { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Time of the first of the entries that this one stands for.</summary>
    public DateTimeOffset? Since { get; init; }

    public required JournalEvent Event { get; init; }

    public string? Component { get; init; }

    /// <summary>The object, <c>apps/v1/Deployment/projectcontour/contour</c>.</summary>
    public string? Object { get; init; }

    public string Reason { get => field ?? ""; init; }

    public string Message { get => field ?? ""; init; }

    /// <summary>Digest of the release that it was about.</summary>
    public string? Release { get; init; }

    /// <summary>How many entries it stands for.</summary>
    [JsonIgnore]
    public long Span => Number - (First ?? Number) + 1;

    /// <summary>Whether it goes on after an entry; one that stands for several may reach back behind it.</summary>
    public bool Follows(long number) => Number > number && (First ?? Number) <= number + 1;
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

    /// <summary>Stands for entries that were left out, since there was no room for them.</summary>
    JournalCompacted,
}
