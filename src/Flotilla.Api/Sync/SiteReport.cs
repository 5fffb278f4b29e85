using System.Text.Json.Serialization;
using Flotilla.Api.Sites;

namespace Flotilla.Api.Sync;

/// <summary>How things stand at a site. Changes when its meaning changes, not with time.</summary>
public sealed record SiteReport
{
    /// <summary>The newest desired state taken.</summary>
    public long Epoch { get; init; }

    public long Sequence { get; init; }

    public SitePhase Phase { get; init; }

    /// <summary>Why it is so, a code of <see cref="Reasons"/>.</summary>
    public string Reason { get => field ?? ""; init; }

    public string Message { get => field ?? ""; init; }

    /// <summary>What was last applied as a whole.</summary>
    public AppliedRelease? Applied { get; init; }

    /// <summary>Whether everything that is applied is healthy.</summary>
    public bool Healthy { get; init; }

    /// <summary>Whether somebody changed what we manage and it could not be corrected.</summary>
    public bool Drifted { get; init; }

    public KubernetesFacts? Kubernetes { get; init; }

    /// <summary>What the site's journal lacks; null when it is whole.</summary>
    public JournalGap? Gap { get; init; }

    /// <summary>What the link carried; null where nobody needs to know.</summary>
    public LinkReport? Link { get; init; }

    public IReadOnlyList<ComponentReport> Components { get => field ?? []; init; }
}

/// <summary>Entries that a site had to leave out of its journal.</summary>
/// <param name="Entries">How many.</param>
/// <param name="From">Time of the first of them.</param>
/// <param name="To">Time of the last of them.</param>
public sealed record JournalGap(long Entries, DateTimeOffset From, DateTimeOffset To);

/// <summary>What a site is doing.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SitePhase>))]
public enum SitePhase
{
    /// <summary>Nothing is wanted, or all is done.</summary>
    Settled,

    /// <summary>Fetching a release.</summary>
    Staging,

    /// <summary>Staged; waits for its permit, or the permit's time.</summary>
    Staged,

    /// <summary>Applying, and waiting for health on the way.</summary>
    Applying,

    /// <summary>Cannot go on until something changes; still tries what can be tried.</summary>
    Failed,
}

/// <summary>One component at a site.</summary>
public sealed record ComponentReport
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public ComponentPhase Phase { get; init; }

    public string Reason { get => field ?? ""; init; }

    public string Message { get => field ?? ""; init; }

    /// <summary>Objects that are not as they should be, at most 20.</summary>
    public IReadOnlyList<ObjectProblem> Problems { get => field ?? []; init; }
}

/// <summary>Where a component is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ComponentPhase>))]
public enum ComponentPhase
{
    /// <summary>Waits for those before it.</summary>
    Waiting,

    /// <summary>Objects are being applied.</summary>
    Applying,

    /// <summary>Applied; not all objects are healthy yet, or any more.</summary>
    Unhealthy,

    Healthy,

    /// <summary>An object was refused.</summary>
    Failed,

    /// <summary>Left the release; something of it is still there.</summary>
    Pruning,
}

/// <summary>Something about one object, <c>apps/v1/Deployment/projectcontour/contour</c>.</summary>
public sealed record ObjectProblem(string Object, string Reason, string Message);
