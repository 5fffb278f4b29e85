using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Fleets;

/// <summary>One walk over the sites of a fleet that are in no rollout: they follow what is good, some at a time.</summary>
/// <param name="sites">Those sites.</param>
internal sealed class FleetPass(FleetObservation observed, IReadOnlyList<FleetSite> sites, DateTimeOffset now)
{
    /// <summary>For how long a change may take before it counts as failed; the site's expected time away comes on top when it is not heard of.</summary>
    internal static readonly TimeSpan ProgressDeadline = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ShortestPermit = TimeSpan.FromHours(1);

    internal static readonly SiteOutlook Done = new(SiteStanding.Done, Reasons.UpToDate, "The site runs the current revision.");
    internal static readonly SiteOutlook Changing = new(SiteStanding.Changing, Reasons.UpToDate, "The site is changing.");
    private static readonly SiteOutlook Wanting = new(SiteStanding.Waiting, Reasons.WaitingForSlot, "Waits for a slot.");

    private readonly List<FleetAction> actions = [];
    private readonly SiteOutlook[] outlooks = new SiteOutlook[sites.Count];
    private readonly List<int> troubled = [];
    private readonly List<int> waiting = [];
    private readonly int limit = observed.CatchUp.SlotsOf(observed.Sites.Count);
    private DateTimeOffset next = DateTimeOffset.MaxValue;
    private string nextBecause = "";
    private int taken;

    public IReadOnlyList<FleetAction> Actions => actions;

    public IReadOnlyList<SiteOutlook> Outlooks => outlooks;

    public NextLook Next => next == DateTimeOffset.MaxValue
        ? new NextLook.OnChange()
        : new NextLook.After(next > now ? next - now : TimeSpan.FromTicks(1), nextBecause);

    /// <summary>Where each site stands, what it is staged for, and who wants a slot.</summary>
    public void Classify()
    {
        for (var i = 0; i < outlooks.Length; i++)
            outlooks[i] = Classify(i, sites[i]);
    }

    /// <summary>Those that an earlier change left in trouble come first: the new one may be their remedy.</summary>
    public void GiveSlots()
    {
        var notYet = new SiteOutlook(SiteStanding.Waiting, Reasons.WaitingForSlot, limit == 1
            ? "Another site of the fleet is changing; one may at a time."
            : $"Other sites of the fleet are changing; {limit} may at a time.");
        foreach (var i in troubled.Concat(waiting))
        {
            if (taken >= limit)
            {
                outlooks[i] = notYet;
                continue;
            }
            taken++;
            var site = sites[i];
            var end = now + Longer(ShortestPermit, 2 * site.ExpectedAway);
            var leave = new StartPermit(site.Release!.Release, now, Window(site).LastStart is { } last && last < end ? last : end);
            actions.Add(new FleetAction.Permit(site.Name, leave, $"takes one of {limit} slots"));
            outlooks[i] = Changing;
            LookAt(leave.NotAfter, site, static name => $"the permit of {name} ends");
        }
    }

    private SiteOutlook Classify(int index, FleetSite site)
    {
        var facts = site.Facts;
        var contact = SiteContacts.Of(facts, site.ExpectedAway, now);
        if (contact == SiteContact.Connected)
            LookAt(facts!.LastSeen!.Value + site.ExpectedAway + TimeSpan.FromMilliseconds(1), site, static name => $"{name} should be heard of by then");
        var isOurs = facts?.Fleet == observed.Name;
        if (site.OtherFleets.Count > 0)
        {
            Count(isOurs && IsUnderWay(site));
            return new(SiteStanding.Overlapping, Reasons.SeveralFleets,
                $"The fleets {string.Join(" and ", site.OtherFleets.Append(observed.Name).Order(StringComparer.Ordinal))} select this site; it keeps what it has until only one does.");
        }
        if (contact == SiteContact.NotEnrolled)
            return new(SiteStanding.NotEnrolled, Reasons.NeverEnrolled, "No agent has enrolled for this site.");
        if (site.Release is null && site.Problem is { Stalled: false } why)
            return new(SiteStanding.Waiting, why.Reason, why.Message);
        if (site.Release is not { } release)
        {
            Count(isOurs && IsUnderWay(site));
            var problem = site.Problem ?? observed.Problem;
            return new(SiteStanding.Blocked, problem?.Reason ?? Reasons.StackNotReady, problem?.Message ?? "The stack does not compile at present.");
        }
        if (observed.Held is { } held)
            return Held(site, facts!, release, held);
        if (facts!.Stage != release)
            return Stage(index, site, release, contact);
        Renew(site, isOurs);
        if (!facts.IsPermitted)
            return Want(index, site, contact);
        if (HasReached(site))
            return Done;
        return UnderWay(index, site, contact);
    }

    private SiteOutlook Stage(int index, FleetSite site, ReleaseTarget release, SiteContact contact)
    {
        var facts = site.Facts!;
        actions.Add(new FleetAction.Stage(site.Name, release, facts.Stage is null ? "the fleet's revision is its first"
            : facts.Stage.Revision == release.Revision ? "what the release is made of changed for this site"
            : "the fleet is on another revision"));
        return Want(index, site, contact);
    }

    /// <summary>A site without a permit for what it is staged for.</summary>
    private SiteOutlook Want(int index, FleetSite site, SiteContact contact)
    {
        // Nothing was permitted to it, so its silence says nothing of the change.
        if (contact != SiteContact.Connected)
            return new(SiteStanding.Deferred, Reasons.Away, "The site is not there; it may begin when it is heard of.");
        if (site.Paused)
            return new(SiteStanding.Waiting, Reasons.Paused, "The site is paused.");
        if (Window(site) is { IsOpen: false } window)
        {
            if (window.Opens is { } opens)
                LookAt(opens, site, static name => $"the window of {name} opens");
            return new(SiteStanding.Waiting, window.Reason!, window.Say());
        }
        (site.Facts!.Phase is SitePhase.Applying or SitePhase.Failed ? troubled : waiting).Add(index);
        return Wanting;
    }

    /// <summary>A site that has a permit for what it is meant to run, and does not run it yet: it holds a slot.</summary>
    private SiteOutlook UnderWay(int index, FleetSite site, SiteContact contact)
    {
        var facts = site.Facts!;
        var begun = HasBegun(facts);
        if (contact == SiteContact.Connected && !begun)
        {
            if (site.Paused)
            {
                actions.Add(new FleetAction.Withdraw(site.Name, "the site is paused and has not begun"));
                return new(SiteStanding.Waiting, Reasons.Paused, "The site is paused.");
            }
            if (facts.Permit!.NotAfter <= now)
                return Want(index, site, contact);
            if (Window(site) is { IsOpen: false } window)
            {
                actions.Add(new FleetAction.Withdraw(site.Name, "its window is not open any more and it has not begun"));
                return Want(index, site, contact);
            }
            if (Window(site).LastStart is { } last && last < facts.Permit.NotAfter)
                LookAt(last, site, static name => $"the window of {name} closes");
            LookAt(facts.Permit.NotAfter, site, static name => $"the permit of {name} ends");
        }
        Count(!site.Apart);
        if (contact != SiteContact.Connected)
            return Silent(site);
        if (facts.Taken && facts.Phase == SitePhase.Failed)
            return new(SiteStanding.Failed, Reasons.ApplyFailed, facts.Message.Length > 0 ? facts.Message : "The site cannot apply the release.");
        var deadline = (facts.Permitted ?? now) + ProgressDeadline;
        if (begun && deadline <= now)
            return new(SiteStanding.Failed, Reasons.Unhealthy, $"The change is not through after {ProgressDeadline.TotalMinutes} minutes. {facts.Message}".TrimEnd());
        if (deadline > now)
            LookAt(deadline, site, static name => $"{name} should be through by then");
        return Changing;
    }

    private SiteOutlook Silent(FleetSite site)
    {
        var deadline = (site.Facts!.LastSeen ?? site.Facts.Permitted ?? now) + site.ExpectedAway + ProgressDeadline;
        if (deadline <= now)
            return new(SiteStanding.Failed, Reasons.Silent, "The site was not heard of since it was permitted to change.");
        LookAt(deadline, site, static name => $"the silence of {name} counts as a failure then");
        return new(SiteStanding.Silent, Reasons.Silent, "The site was not heard of since it was permitted to change.");
    }

    /// <summary>Nothing new is given; what has not begun is held back.</summary>
    private SiteOutlook Held(FleetSite site, SiteFacts facts, ReleaseTarget release, FleetProblem why)
    {
        if (facts.Stage == release && facts.IsPermitted && (HasReached(site) || HasBegun(facts)))
        {
            Renew(site, facts.Fleet == observed.Name);
            Count(!HasReached(site) && !site.Apart);
            return HasReached(site)
                ? Done
                : Changing;
        }
        if (facts.IsPermitted && !HasBegun(facts) && IsUnderWay(site))
            actions.Add(new FleetAction.Withdraw(site.Name, $"{why.Message} The site has not begun."));
        else
            Renew(site, facts.Fleet == observed.Name);
        return new(SiteStanding.Waiting, why.Reason, why.Message);
    }

    private void Renew(FleetSite site, bool isOurs)
    {
        if (site.Facts!.Stage is null || (isOurs && site.Facts.Inputs == site.Inputs))
            return;
        actions.Add(new FleetAction.Renew(site.Name, isOurs ? "what is said besides the release changed" : $"the site moves from the fleet {site.Facts.Fleet}"));
    }

    /// <summary>What the site's windows say of a change that it hears of now, and begins the moment after.</summary>
    private WindowAnswer Window(FleetSite site) => site.Calendar?.At(now.AddTicks(1)) ?? default;

    private void Count(bool holdsSlot) => taken += holdsSlot ? 1 : 0;

    /// <param name="because">Makes the sentence, for the few sites of which it is wanted.</param>
    private void LookAt(DateTimeOffset time, FleetSite site, Func<SiteName, string> because)
    {
        if (time < next)
            (next, nextBecause) = (time, because(site.Name));
    }

    /// <summary>Whether it may be in the middle of a change. It may be one from before, as long as it has not taken the newest state; who cannot know holds nothing back.</summary>
    private static bool HasBegun(SiteFacts facts) => facts.Phase is SitePhase.Applying or SitePhase.Failed;

    private bool IsUnderWay(FleetSite site) => site.Facts!.IsPermitted && !HasReached(site);

    /// <summary>
    /// Whether it is through with what it is staged for. What it applied as a whole may be that from before a change that it is in the
    /// middle of, so it must also have come to rest, healthy, at least once.
    /// </summary>
    private bool HasReached(FleetSite site)
    {
        var facts = site.Facts!;
        return facts.Runs(facts.Stage!)
            && (site.Reached || facts is { Taken: true, Phase: SitePhase.Settled, Healthy: true });
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
