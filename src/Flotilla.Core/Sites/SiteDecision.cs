using Flotilla.Api.Sites;
using Flotilla.Api.Sync;

namespace Flotilla.Core.Sites;

/// <summary>What the status of a site shall say. A status that means the same as before is not written: an idle fleet causes no writes.</summary>
public static class SiteDecision
{
    public static Decision<SiteAction, SiteStatus> Decide(SiteObservation observed, DateTimeOffset now)
    {
        var (site, facts) = (observed.Site, observed.Facts);
        var before = site.Status ?? new SiteStatus();
        var away = LinkExpectation.ExpectedAway(site.Spec.Link);
        var contact = SiteContacts.Of(facts, away, now);
        var status = before with
        {
            Conditions = SiteConditions.Of(observed, contact, new ConditionWriting(before.Conditions, site.Metadata.Generation, now)),
            Kubernetes = facts?.Kubernetes,
            Agent = facts?.Agent,
            Link = LinkUse(facts?.Link),
            Target = facts is { Stage: { } stage, Fleet: { } fleet } ? new SiteTarget { Fleet = fleet, Revision = stage.Revision, Release = stage.Release } : null,
            Applied = facts is { AppliedRelease: { } release, AppliedRevision: { } revision }
                ? new AppliedRelease { Release = release, Revision = revision, Since = facts.AppliedSince }
                : null,
        };
        var next = contact == SiteContact.Connected
            // A moment past the end, so that the look does not come a tick too early.
            ? new NextLook.After(facts!.LastSeen!.Value + away - now + TimeSpan.FromMilliseconds(1), "then the time is over in which it should be heard of")
            : (NextLook)new NextLook.OnChange();
        if (Difference(before, status) is not { } difference)
            return new([], before, next);
        // The time of the last contact goes along with what else changes: of itself it is no news.
        var seen = facts?.LastSeen is { } time ? ConditionWriting.WholeSeconds(time) : (DateTimeOffset?)null;
        return new([new SiteAction.WriteStatus(difference)], status with { LastSeen = seen }, next);
    }

    private static SiteLinkUse? LinkUse(LinkReport? report) => (report?.Today ?? report?.Yesterday) is not { } day ? null : new SiteLinkUse
    {
        Day = day.Day,
        Total = day.Total,
        DesiredState = day.DesiredState,
        Content = day.Content,
        Journal = day.Journal,
        Overhead = day.Overhead,
        Spent = report is { Today: not null, Spent: true },
    };

    /// <summary>What means something else than before; null when nothing does.</summary>
    private static string? Difference(SiteStatus before, SiteStatus after)
    {
        foreach (var condition in after.Conditions)
        {
            if (ConditionWriting.Find(before.Conditions, condition.Type) is not { } old)
                return $"{condition.Type} is said for the first time";
            if (old != condition)
                return $"{condition.Type} is {condition.Status} ({condition.Reason})";
        }
        return before.Conditions.Count != after.Conditions.Count ? "a condition is gone"
            : before.Target != after.Target ? "the target changed"
            : before.Applied != after.Applied ? "what is applied changed"
            : before.Kubernetes != after.Kubernetes ? "the cluster changed"
            : before.Agent != after.Agent ? "the agent changed"
            : before.Link != after.Link ? "what the link carried was told"
            : null;
    }
}
