using Flotilla.Api.Sites;
using Flotilla.Api.Sync;

namespace Flotilla.Core.Sites;

/// <summary>A site in short, as the ledger has it: small enough to hold for every site.</summary>
public sealed record SiteFacts
{
    public required SiteName Site { get; init; }

    public bool Enrolled { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Why it is not let in any more; null when it is.</summary>
    public SiteBar? Barred { get; init; }

    /// <summary>Who else wanted to be this site last; null for nobody since keys were bound to it.</summary>
    public ContestedIdentity? Contested { get; init; }

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

    /// <summary>What the site's journal lacks.</summary>
    public JournalGap? Gap { get; init; }

    /// <summary>What its link carried.</summary>
    public LinkReport? Link { get; init; }

    public string? Fleet { get; init; }

    public ReleaseTarget? Stage { get; init; }

    public StartPermit? Permit { get; init; }

    public ReleaseTarget? PreviousGood { get; init; }

    public DateTimeOffset? Permitted { get; init; }

    public long Epoch { get; init; }

    public long Sequence { get; init; }

    /// <summary>The sequence that brought the present permit; later ones may repeat it. 0 when there is none, or nobody kept it.</summary>
    public long PermitSequence { get; init; }

    /// <summary>The newest sequence that was handed to the site with a permit, durably noted before it went out; 0 for none.</summary>
    public long SentSequence { get; init; }

    /// <summary>Tells whether what else the envelope says (policies, sealed values) is still as declared.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>Whether the site told to have taken what it is meant to be.</summary>
    public bool Taken => (TakenEpoch, TakenSequence).CompareTo((Epoch, Sequence)) >= 0;

    /// <summary>Whether the site told to have taken something newer than the ledger knows: that of a hub which was restored from a backup.</summary>
    public bool IsAhead => (TakenEpoch, TakenSequence).CompareTo((Epoch, Sequence)) > 0;

    /// <summary>Whether the present permit may have reached the site: it told so, or the permit was handed out, once is enough.</summary>
    public bool Delivered => Permit is not null && (SentSequence >= Permitting || (TakenEpoch, TakenSequence).CompareTo((Epoch, Permitting)) >= 0);

    /// <summary>Whether it is permitted to run what it is meant to run.</summary>
    public bool IsPermitted => Stage is { } stage && Permit?.Release == stage.Release;

    /// <summary>Whether it told that it runs a release, as a whole.</summary>
    public bool Runs(ReleaseTarget release) => AppliedRelease == release.Release;

    private long Permitting => PermitSequence > 0 ? PermitSequence : Sequence;
}
