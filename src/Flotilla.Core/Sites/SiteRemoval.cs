using Flotilla.Api.Sites;

namespace Flotilla.Core.Sites;

/// <summary>
/// When a site is forgotten: when its object is being deleted, never because it is missing. An API that was restored without some of its
/// sites must not cost them their identity.
/// </summary>
public static class SiteRemoval
{
    public const string Finalizer = "flotilla.dev/ledger";

    /// <summary>What is to be done before anything else is said about the site; null for nothing.</summary>
    public static SiteAction? Decide(Site site, SiteFacts? facts)
    {
        var isHeld = site.Metadata.Finalizers.Contains(Finalizer);
        if (site.Metadata.DeletionTimestamp is not null)
            return isHeld ? new SiteAction.Forget("the site is being deleted") : null;
        return facts is { Enrolled: true } && !isHeld ? new SiteAction.Hold("an agent is bound to the site") : null;
    }
}
