using Flotilla.Api.Sites;

namespace Flotilla.Core.Sites;

/// <summary>Everything that a site's status is made of.</summary>
public sealed record SiteObservation
{
    public required Site Site { get; init; }

    /// <summary>Null when the ledger knows nothing of it.</summary>
    public SiteFacts? Facts { get; init; }

    /// <summary>Names of the fleets that select it.</summary>
    public IReadOnlyList<string> Fleets { get; init; } = [];

    /// <summary>What its fleet has in mind for it; null when none does, or none has decided yet.</summary>
    public SiteOutlook? Outlook { get; init; }
}

/// <summary>What a fleet has in mind for a site.</summary>
/// <param name="Standing">Where the site stands in its fleet's change.</param>
/// <param name="Reason">Why, a code of <see cref="Flotilla.Api.Reasons"/>.</param>
/// <param name="Message">Why, a sentence.</param>
public sealed record SiteOutlook(SiteStanding Standing, string Reason, string Message);

/// <summary>Where a site stands in its fleet's change.</summary>
public enum SiteStanding
{
    NotEnrolled,

    /// <summary>Several fleets select it: nothing moves.</summary>
    Overlapping,

    /// <summary>There is nothing that could be given to it.</summary>
    Blocked,

    /// <summary>Waits for a slot, or for the end of a pause.</summary>
    Waiting,

    /// <summary>Not there: it gets its permit when it is heard of.</summary>
    Deferred,

    /// <summary>Permitted, and on its way.</summary>
    Changing,

    /// <summary>Permitted, and not heard of since.</summary>
    Silent,

    /// <summary>Permitted, and it went wrong.</summary>
    Failed,

    /// <summary>Runs what it is meant to run.</summary>
    Done,
}

/// <summary>What is done about a site's object.</summary>
public abstract record SiteAction(string Because)
{
    /// <summary>Its status means something else than before.</summary>
    public sealed record WriteStatus(string Because) : SiteAction(Because);

    /// <summary>It gets the finalizer, so that its end is seen and what the ledger knows of it is forgotten then.</summary>
    public sealed record Hold(string Because) : SiteAction(Because);

    /// <summary>The ledger forgets it, and the finalizer is taken off: whoever deleted it meant all of it.</summary>
    public sealed record Forget(string Because) : SiteAction(Because);
}
