using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Rollouts.Forecasts;

/// <summary>
/// A site as it is expected to act: it hears of what is said to it, fetches over its link, begins within permit and window, and is through after as long as it took
/// before. It never fails, and once it is there it stays.
/// </summary>
internal sealed class ModelledPlace
{
    /// <summary>A site that is there and stays so is heard of until then.</summary>
    public static readonly DateTimeOffset Always = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private DateTimeOffset hears = Never;
    private DateTimeOffset ends = Never;
    private readonly TimeSpan deadline;
    private Work work;
    private ReleaseTarget? at;
    private ReleaseTarget? staged;

    public ModelledPlace(ForecastSite known, FleetSite site, RolloutMember member, RolloutTerms terms, ForecastAssumptions assumed, DateTimeOffset now)
    {
        (Site, deadline) = (site, terms.ProgressDeadline);
        Hears = known.Hears;
        Fetches = TimeSpan.FromSeconds(Math.Min(known.Bytes * 8 / Math.Max(1, known.BitsPerSecond ?? assumed.BitsPerSecond), RolloutForecast.Ahead.TotalSeconds));
        Applies = (known.Took ?? assumed.Took) - Hears is var takes && takes > Moment ? takes : Moment;
        if (Facts is not { Enrolled: true })
            return;
        Back = ForecastContact.Back(site, known.Back, terms, now);
        staged = Facts.Phase is SitePhase.Staged or SitePhase.Applying or SitePhase.Settled && Facts.Taken ? Facts.Stage : null;
        GoOn(member, terms, now);
        if (Back is not null)
            return;
        Facts = Facts with { LastSeen = Always };
        if (!Facts.Taken)
            hears = now + Hears;
    }

    public FleetSite Site { get; private set; }

    public TimeSpan Hears { get; }

    public TimeSpan Fetches { get; }

    public TimeSpan Applies { get; }

    /// <summary>When it is back; null while it is there.</summary>
    public DateTimeOffset? Back { get; private set; }

    /// <summary>When it came back; null when it was there.</summary>
    public DateTimeOffset? Returned { get; private set; }

    /// <summary>When it had fetched the release; null when it did not, or had it.</summary>
    public DateTimeOffset? Staged { get; private set; }

    /// <summary>When something happens there next; the end of time for never.</summary>
    public DateTimeOffset Due => Back ?? (hears < ends ? hears : ends);

    /// <summary>How long what happens next took.</summary>
    public TimeSpan Pace => Back is not null ? Site.ExpectedAway : work == Work.Fetching ? Fetches : work == Work.Applying ? Applies : TimeSpan.Zero;

    /// <summary>Whether it has fetched a release.</summary>
    public bool Has(ReleaseTarget? release) => release is not null && (staged == release || Facts.Runs(release));

    private SiteFacts Facts { get => Site.Facts!; set => Site = Site with { Facts = value }; }

    /// <summary>What happens up to now. Says whether the hub hears news that it may decide by.</summary>
    public bool Advance(DateTimeOffset now)
    {
        var news = false;
        if (Back <= now)
        {
            (Back, Returned, hears, news) = (null, now, now, true);
            Facts = Facts with { LastSeen = Always };
        }
        if (Back is not null)
            return false;
        if (hears <= now)
        {
            hears = Never;
            Hear(now);
            // That it fetches or applies by now, the hub expects; that it rests, it may not, and what takes too long it counts from here.
            news |= work is Work.Nothing or Work.Waiting || (work == Work.Applying && Applies >= deadline);
        }
        if (ends > now)
            return news;
        ends = Never;
        return Through(now) || news;
    }

    /// <summary>Something is said to it.</summary>
    public void Tell(IEnumerable<FleetAction> actions, string fleet, DateTimeOffset now)
    {
        var facts = Facts with { Fleet = fleet, Sequence = Facts.Sequence + 1, Inputs = Site.Inputs };
        foreach (var action in actions)
        {
            facts = action switch
            {
                FleetAction.Stage stage => facts with { Stage = stage.Release, Permit = null, Permitted = null, PermitSequence = 0 },
                FleetAction.Permit permit => facts with { Permit = permit.Leave, Permitted = now, PermitSequence = facts.Sequence },
                FleetAction.Withdraw => facts with { Permit = null, Permitted = null, PermitSequence = 0 },
                _ => facts,
            };
        }
        Facts = facts;
        if (Back is null && hears == Never)
            hears = now + Hears;
    }

    private void Hear(DateTimeOffset now)
    {
        Facts = Facts with { TakenEpoch = Facts.Epoch, TakenSequence = Facts.Sequence, SentSequence = Facts.Permit is null ? Facts.SentSequence : Facts.Sequence };
        Proceed(now);
    }

    /// <summary>What it does about what it was told.</summary>
    private void Proceed(DateTimeOffset now)
    {
        if (Facts.Stage is not { } stage || at == stage && work != Work.Nothing && (work != Work.Waiting || !IsPermitted(now)))
            return;
        if (Facts.Runs(stage))
        {
            (work, at, ends) = (Work.Nothing, stage, Never);
            Facts = Facts with { Phase = SitePhase.Settled, Healthy = true, Reason = "", Message = "" };
            return;
        }
        // What it had before it need not fetch again.
        if (staged != stage && Facts.PreviousGood != stage)
            Do(Work.Fetching, stage, now, Fetches, SitePhase.Staging);
        else if (!IsPermitted(now))
            Rest(stage);
        else if (Facts.Permit is { AnyTime: false } && Site.Calendar?.At(now) is { IsOpen: false } closed)
            Await(stage, closed.Opens);
        else
            Do(Work.Applying, stage, now, Applies, SitePhase.Applying);
    }

    private bool IsPermitted(DateTimeOffset now) => Facts.IsPermitted && !Site.Paused && Facts.Permit!.NotAfter >= now;

    private void Rest(ReleaseTarget stage)
    {
        (work, at, ends, staged) = (Work.Nothing, stage, Never, stage);
        Facts = Facts with { Phase = SitePhase.Staged, Reason = Reasons.WaitingForPermit, Message = "" };
    }

    private void Await(ReleaseTarget stage, DateTimeOffset? opens)
    {
        Rest(stage);
        (work, ends) = (Work.Waiting, opens ?? Never);
    }

    private void Do(Work what, ReleaseTarget stage, DateTimeOffset now, TimeSpan takes, SitePhase phase)
    {
        (work, at, ends) = (what, stage, now + takes);
        Facts = Facts with { Phase = phase, Reason = phase == SitePhase.Staging ? Reasons.Staging : "", Message = "" };
    }

    private bool Through(DateTimeOffset now)
    {
        var (done, stage) = (work, at!);
        work = Work.Nothing;
        switch (done)
        {
            case Work.Fetching:
                (staged, Staged) = (stage, now);
                Rest(stage);
                Proceed(now);
                return true;
            case Work.Waiting:
                Proceed(now);
                return false;
            default:
                Facts = Facts with { AppliedRelease = stage.Release, AppliedRevision = stage.Revision, AppliedSince = now, Phase = SitePhase.Settled, Healthy = true, Reason = "", Message = "" };
                staged = stage;
                Proceed(now);
                return true;
        }
    }

    /// <summary>It goes on with what it is in the middle of.</summary>
    private void GoOn(RolloutMember member, RolloutTerms terms, DateTimeOffset now)
    {
        if (Facts.Stage is not { } stage)
            return;
        var began = Facts.Permitted is { } permitted && !(member.Began > permitted) ? permitted : member.Began ?? now;
        if (Facts.Phase == SitePhase.Applying || (Facts.Runs(stage) && !Facts.Healthy))
            (work, at, ends) = (Work.Applying, stage, Left(began, Applies, began + terms.ProgressDeadline, now));
        else if (Facts.Phase == SitePhase.Staging && Facts.Taken)
            (work, at, ends) = (Work.Fetching, stage, Left(member.State == RolloutSiteState.Staging ? member.Since : now, Fetches, Never, now));
        else if (Facts is { Phase: SitePhase.Staged, IsPermitted: true, Taken: true })
            hears = now;
    }

    /// <summary>When something ends that has gone on for a while: as long as it takes, and if it takes longer, half of what it may still take.</summary>
    private static DateTimeOffset Left(DateTimeOffset since, TimeSpan takes, DateTimeOffset most, DateTimeOffset now)
    {
        var end = since + takes;
        return end > now ? end : most > now && most != Never && (most - now) / 2 < takes ? now + ((most - now) / 2) : now + (takes > Moment ? takes : Moment);
    }

    private enum Work
    {
        Nothing,
        Fetching,
        Waiting,
        Applying,
    }
}
