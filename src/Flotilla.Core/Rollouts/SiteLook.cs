using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Rollouts;

/// <summary>One site of a rollout, looked at once: what is seen, why, and when it could be seen otherwise without news from it.</summary>
/// <param name="Sight">What is seen.</param>
/// <param name="Reason">Why, a code.</param>
/// <param name="Message">Why, a sentence.</param>
/// <param name="Until">When time alone changes the sight; the end of time for never.</param>
internal readonly record struct SiteLook(SiteSight Sight, string Reason, string Message, DateTimeOffset Until)
{
    private readonly string message = Message;

    /// <summary>Permits that a site may let pass without beginning before that counts as a failure.</summary>
    private const int PermitsUnused = 3;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    // A whole fleet may soak for days: its sentence is made when somebody wants it.
    public string Message => Sight == SiteSight.Well ? $"The site soaks until {Soaks:u}." : message;

    public static SiteLook At(RolloutMember member, FleetSite? site, string fleet, RolloutTerms terms, RolloutOrders orders, DateTimeOffset now)
    {
        if (site is null)
            return Of(SiteSight.Left, Reasons.NoFleet, "The fleet does not select it any more.");
        if (orders.Skip.Count > 0 && orders.Skip.Contains(site.Name.Name))
            return Of(SiteSight.LeftOut, Reasons.LeftOut, "Somebody left it out.");
        if (site.Facts is not { Enrolled: true } facts)
            return Of(SiteSight.NotEnrolled, Reasons.NeverEnrolled, "No agent has enrolled for this site.");
        if (site.IsUnknown)
            return Of(SiteSight.Away, Reasons.NotHeardSinceRestore, site.Problem!.Message);
        if (site.OtherFleets.Count > 0 && !(SiteMachine.HoldsSlot(member.State) || member.State is RolloutSiteState.Soaking or RolloutSiteState.Failed))
            return Of(SiteSight.Blocked, Reasons.SeveralFleets, "Several fleets select it; it keeps what it has until only one does.");
        if ((member.Back ? member.From : site.Release) is not { } target)
            return Of(SiteSight.Blocked, site.Problem?.Reason ?? Reasons.StackNotReady, site.Problem?.Message ?? "There is no release for it at present.");
        if ((facts.Fleet != fleet || (facts.Stage != target && !member.Back)) && IsAtWork(facts, terms, now, out var until))
            return new(SiteSight.Leased, Reasons.ChangeElsewhere, facts.Fleet == fleet ? "An earlier change is at work there." : $"A change of the fleet {facts.Fleet} is at work there.", until);
        var (contact, contactEnds) = ContactOf(facts, site, now);
        return contact == SiteContact.Connected
            ? Connected(member, facts, target, terms, now).NoLaterThan(contactEnds)
            : NotThere(member, site, facts, target, terms, now);
    }

    private static SiteLook NotThere(RolloutMember member, FleetSite site, SiteFacts facts, ReleaseTarget target, RolloutTerms terms, DateTimeOffset now)
    {
        if (!MayHaveBegun(member, facts, target))
            return Of(SiteSight.Away, Reasons.Away, "The site is not there; nothing was permitted to it.");
        var heard = Later(facts.LastSeen ?? DateTimeOffset.MinValue, Later(facts.Permitted ?? DateTimeOffset.MinValue, member.Permitted ?? DateTimeOffset.MinValue));
        var lost = heard + site.ExpectedAway + terms.ProgressDeadline;
        return lost <= now
            ? Of(SiteSight.Lost, Reasons.Silent, $"Not heard of since {heard:u}, after it was permitted to change.")
            : new(SiteSight.Quiet, Reasons.Silent, "Not heard of since it was permitted to change.", lost);
    }

    /// <summary>Whether a permit of this rollout may be at work at a site that is not there.</summary>
    private static bool MayHaveBegun(RolloutMember member, SiteFacts facts, ReleaseTarget target)
    {
        var handedOut = member.PermitSequence is { } permit
            && (facts.SentSequence >= permit || (facts.TakenEpoch, facts.TakenSequence).CompareTo((member.PermitEpoch, permit)) >= 0);
        // Who runs it already has taken its permit; who was seen busy has, too.
        if (facts.Stage == target && facts.IsPermitted)
            return handedOut || facts.Delivered || member.Began is not null;
        // A permit that was taken back may have been begun just then, until the site itself says that it was not.
        return handedOut && !(facts.Taken && facts.Phase is SitePhase.Staging or SitePhase.Staged);
    }

    private static SiteLook Connected(RolloutMember member, SiteFacts facts, ReleaseTarget target, RolloutTerms terms, DateTimeOffset now)
    {
        if (facts.Stage != target)
            return Of(SiteSight.Fetching, Reasons.Staging, "The site is told to fetch the release.");
        var permitted = facts.IsPermitted;
        // Who has begun is judged by what it told last: something else may be said to it meanwhile.
        if (!facts.Taken && !(permitted && member.Began is not null))
            return permitted ? Unbegun(member, facts, now) : Of(SiteSight.Fetching, Reasons.NotTakenYet, "The site has not taken yet what it is meant to fetch.");
        if (facts.Runs(target) && facts.Phase == SitePhase.Settled)
            return facts.Healthy ? Healthy(member, terms, now) : Unhealthy(member, facts, terms, now, Reasons.Unhealthy);
        if (facts.Phase == SitePhase.Failed)
        {
            // A site that got another chance has its whole time again.
            if (member.Retries > 0 && permitted)
                return Busy(member, facts, terms, now);
            return facts.Reason == Reasons.SealedValueUnreadable
                ? Of(SiteSight.CannotStage, facts.Reason, Sentence(facts, "The site cannot stage the release."))
                : Of(SiteSight.Failing, Reasons.ApplyFailed, Sentence(facts, "The site cannot apply the release."));
        }
        if (facts.Phase == SitePhase.Applying)
            return facts.Runs(target) && member.State == RolloutSiteState.Soaking ? Unhealthy(member, facts, terms, now, Reasons.Applying) : Busy(member, facts, terms, now);
        if (permitted)
            return Unbegun(member, facts, now);
        return facts.Phase == SitePhase.Staged
            ? Of(SiteSight.Ready, Reasons.WaitingForPermit, "The release is there.")
            : Of(SiteSight.Fetching, facts.Reason.Length > 0 ? facts.Reason : Reasons.Staging, Sentence(facts, "The site is fetching the release."));
    }

    private static SiteLook Unbegun(RolloutMember member, SiteFacts facts, DateTimeOffset now)
    {
        var ends = facts.Permit!.NotAfter;
        if (ends > now)
            return new(SiteSight.Permitted, Reasons.Applying, Sentence(facts, "The site may begin."), ends);
        return member.Unused + 1 < PermitsUnused
            ? Of(SiteSight.PermitOver, Reasons.PermitOver, "The site did not begin within its permit.")
            : Of(SiteSight.Overdue, Reasons.PermitOver, $"The site did not begin within {PermitsUnused} permits. {facts.Message}".TrimEnd());
    }

    private static SiteLook Busy(RolloutMember member, SiteFacts facts, RolloutTerms terms, DateTimeOffset now)
    {
        var deadline = Later(member.Began ?? now, facts.Permitted ?? DateTimeOffset.MinValue) + terms.ProgressDeadline;
        return deadline <= now
            ? Of(SiteSight.Overdue, Reasons.Unhealthy, $"The change is not through after {Words.Duration(terms.ProgressDeadline)}. {facts.Message}".TrimEnd())
            : new(SiteSight.Busy, Reasons.Applying, Sentence(facts, "The site is applying the release."), deadline);
    }

    private static SiteLook Healthy(RolloutMember member, RolloutTerms terms, DateTimeOffset now)
    {
        // Who ran it before anything was permitted has nothing to prove.
        if (member is { Permitted: null, HealthySince: null } || member.Back)
            return Of(SiteSight.WellLongEnough, Reasons.UpToDate, "The site runs the release already.");
        var soaked = (member.HealthySince ?? now) + terms.Waves[member.Wave].Soak;
        return soaked <= now
            ? Of(SiteSight.WellLongEnough, Reasons.UpToDate, "The site runs the release, healthy.")
            : new(SiteSight.Well, Reasons.SoakRunning, "", soaked) { Soaks = soaked };
    }

    private static SiteLook Unhealthy(RolloutMember member, SiteFacts facts, RolloutTerms terms, DateTimeOffset now, string reason)
    {
        var deadline = (member.IllSince ?? now) + terms.ProgressDeadline;
        return deadline <= now
            ? Of(SiteSight.IllTooLong, Reasons.Unhealthy, $"Not healthy for {Words.Duration(terms.ProgressDeadline)}. {facts.Message}".TrimEnd())
            : new(SiteSight.Ill, reason, Sentence(facts, "The site runs the release and is not healthy."), deadline);
    }

    /// <summary>Whether what was permitted by another fleet, or before, is in the middle of being applied.</summary>
    private static bool IsAtWork(SiteFacts facts, RolloutTerms terms, DateTimeOffset now, out DateTimeOffset until)
    {
        until = (facts.Permitted ?? DateTimeOffset.MinValue) + terms.ProgressDeadline;
        return facts is { Fleet: not null, Stage: { } stage, IsPermitted: true, Taken: true, Phase: SitePhase.Applying } && !facts.Runs(stage) && until > now;
    }

    private static (SiteContact Contact, DateTimeOffset Ends) ContactOf(SiteFacts facts, FleetSite site, DateTimeOffset now)
    {
        var contact = SiteContacts.Of(facts, site.ExpectedAway, now);
        return (contact, contact == SiteContact.Connected ? facts.LastSeen!.Value + site.ExpectedAway + Moment : DateTimeOffset.MaxValue);
    }

    private DateTimeOffset Soaks { get; init; }

    private SiteLook NoLaterThan(DateTimeOffset time) => time < Until ? this with { Until = time } : this;

    private static SiteLook Of(SiteSight sight, string reason, string message) => new(sight, reason, message, DateTimeOffset.MaxValue);

    private static string Sentence(SiteFacts facts, string otherwise) => facts.Message.Length > 0 ? facts.Message : otherwise;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
