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

    /// <summary>The newest sequence of the present epoch that was handed to the site with a permit, durably noted before it went out; 0 for none.</summary>
    public long SentSequence { get; init; }

    /// <summary>Tells whether what else the envelope says (policies, sealed values) is still as declared.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>Whether the site told to have taken what it is meant to be.</summary>
    public bool Taken => (TakenEpoch, TakenSequence).CompareTo((Epoch, Sequence)) >= 0;

    /// <summary>Whether the site may know what it is meant to be: it told so, or a permit of it was handed out.</summary>
    public bool Delivered => Taken || SentSequence >= Sequence;

    /// <summary>Whether it is permitted to run what it is meant to run.</summary>
    public bool IsPermitted => Stage is { } stage && Permit?.Release == stage.Release;

    /// <summary>Whether it told that it runs a release, as a whole.</summary>
    public bool Runs(ReleaseTarget release) => AppliedRelease == release.Release;
}
