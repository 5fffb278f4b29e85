using Flotilla.Api.Sites;
using Flotilla.Api.Sync;

namespace Flotilla.Core.Sites;

/// <summary>A site in short, as the ledger has it: small enough to hold for every site.</summary>
public sealed record SiteFacts
{
    public required SiteName Site { get; init; }

    public bool Enrolled { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Epoch of the newest desired state that the site told to have taken.</summary>
    public long TakenEpoch { get; init; }

    /// <summary>Sequence of the newest desired state that the site told to have taken.</summary>
    public long TakenSequence { get; init; }

    public string? Agent { get; init; }

    public SitePhase Phase { get; init; }

    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";

    public string? AppliedRelease { get; init; }

    public string? AppliedRevision { get; init; }

    public DateTimeOffset? AppliedSince { get; init; }

    public bool Healthy { get; init; }

    public bool Drifted { get; init; }

    public KubernetesFacts? Kubernetes { get; init; }

    public string? Fleet { get; init; }

    public ReleaseTarget? Stage { get; init; }

    public StartPermit? Permit { get; init; }

    public ReleaseTarget? PreviousGood { get; init; }

    public DateTimeOffset? Permitted { get; init; }

    public long Epoch { get; init; }

    public long Sequence { get; init; }

    /// <summary>Tells whether what else the envelope says (policies, sealed values) is still as declared.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>The newest sequence with a permit that was handed to the site, whether or not it told so.</summary>
    public long SentSequence { get; init; }

    /// <summary>Whether the newest may have reached the site.</summary>
    public bool Delivered => Taken || SentSequence >= Sequence;

    /// <summary>Whether the site told to have taken what it is meant to be.</summary>
    public bool Taken => (TakenEpoch, TakenSequence).CompareTo((Epoch, Sequence)) >= 0;

    /// <summary>Whether it is permitted to run what it is meant to run.</summary>
    public bool IsPermitted => Stage is { } stage && Permit?.Release == stage.Release;

    /// <summary>Whether it told that it runs a release, as a whole.</summary>
    public bool Runs(ReleaseTarget release) => AppliedRelease == release.Release;
}
