using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>
/// A site with its agent in virtual time. It keeps what it knows apart from what the hub knows: that is <see cref="Facts"/>, and follows only while the
/// site is connected.
/// </summary>
/// <param name="at">Has something happen later.</param>
internal sealed class SimulatedPlace(SiteName name, Func<DateTimeOffset> clock, Action<DateTimeOffset, Action> at)
{
    private static readonly TimeSpan Compares = TimeSpan.FromMinutes(1);
    private (long Epoch, long Sequence) taken;
    private ReleaseTarget? stage;
    private StartPermit? permit;
    private ReleaseTarget? staged;
    private ReleaseTarget? begun;
    private ReleaseTarget? applied;
    private SitePhase work;
    private (SitePhase Phase, string Reason, string Message) staging = (SitePhase.Staging, Reasons.Staging, "");
    private string message = "";
    private bool healthy = true;
    private int envelope;
    private int life;

    public SiteName Name { get; } = name;

    public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    public TimeSpan ExpectedAway { get; set; } = TimeSpan.FromMinutes(5);

    public MaintenanceCalendar? Calendar { get; set; }

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan Skew { get; set; }

    public bool Paused { get; set; }

    public bool Selected { get; set; } = true;

    public IReadOnlyList<string> OtherFleets { get; set; } = [];

    public Dictionary<string, Conduct> Conducts { get; } = [];

    public bool Connected { get; private set; } = true;

    /// <summary>What the hub knows of it.</summary>
    public SiteFacts Facts { get; set; } = new() { Site = name, Enrolled = true };

    public string? Runs => applied?.Revision;

    /// <summary>The release that it is in the middle of.</summary>
    public ReleaseTarget? AtWork => begun is not null && begun != applied && work == SitePhase.Applying ? begun : null;

    /// <summary>Since when.</summary>
    public DateTimeOffset AtWorkSince { get; private set; }

    /// <summary>Told when it begins.</summary>
    public Action<SimulatedPlace, ReleaseTarget, StartPermit>? Begins { get; set; }

    private DateTimeOffset Now => clock();

    private Conduct ConductOf(ReleaseTarget release) => Conducts.GetValueOrDefault(release.Revision, Conduct.Well);

    /// <summary>Runs a release since long ago.</summary>
    public void Settle(ReleaseTarget release, string fleet)
    {
        (stage, staged, begun, applied, work, taken) = (release, release, release, release, SitePhase.Settled, (1, 1));
        permit = new StartPermit(release.Release, Now - TimeSpan.FromDays(30), Now - TimeSpan.FromDays(29));
        Facts = Facts with { Fleet = fleet, Stage = release, Permit = permit, Permitted = permit.NotBefore, Epoch = 1, Sequence = 1, SentSequence = 1, AppliedSince = permit.NotBefore };
        Report();
    }

    /// <summary>Took something of a hub that was restored since, and does not know of that any more.</summary>
    public void TookFromBefore(long epoch, long sequence)
    {
        taken = (epoch, sequence);
        Report();
    }

    /// <summary>Another fleet has it in the middle of something for a while.</summary>
    public void WorkFor(string fleet, ReleaseTarget release, TimeSpan time)
    {
        (stage, staged, begun, work) = (release, release, release, SitePhase.Applying);
        permit = new StartPermit(release.Release, Now, Now + TimeSpan.FromHours(1));
        Facts = Facts with { Fleet = fleet, Stage = release, Permit = permit, Permitted = Now };
        Report();
        var mine = ++life;
        at(Now + time, () =>
        {
            if (mine == life)
                Through();
        });
    }

    /// <summary>The newest desired state reaches it, if it is there.</summary>
    public void Deliver()
    {
        if (!Connected || !Facts.Enrolled)
            return;
        if ((Facts.Epoch, Facts.Sequence).CompareTo(taken) > 0)
        {
            if (Facts.Permit is not null)
                Facts = Facts with { SentSequence = Facts.Sequence };
            (taken, stage, permit) = ((Facts.Epoch, Facts.Sequence), Facts.Stage, Facts.Permit);
            envelope++;
            Proceed();
        }
        Report();
    }

    public void GoAway()
    {
        Hear();
        Connected = false;
    }

    public void Return()
    {
        Connected = true;
        Deliver();
    }

    /// <summary>It asks at times of its own, whenever somebody looks.</summary>
    public void Hear()
    {
        if (!Connected || !Facts.Enrolled)
            return;
        var every = ExpectedAway.Ticks / 2;
        var asked = new DateTimeOffset(Now.Ticks / every * every, TimeSpan.Zero);
        if (Facts.LastSeen is not { } seen || seen < asked)
            Facts = Facts with { LastSeen = asked };
    }

    private void Proceed()
    {
        if (stage is null || stage == begun)
            return;
        var (mine, release, conduct) = (envelope, stage, ConductOf(stage));
        if (conduct.CannotStage)
        {
            staging = (SitePhase.Failed, Reasons.SealedValueUnreadable, "The value password cannot be opened with this site's key.");
            return;
        }
        if (staged != release)
        {
            staging = (SitePhase.Staging, Reasons.Staging, "");
            Later(conduct.Stage, mine, () =>
            {
                staged = release;
                Proceed();
            });
            return;
        }
        var local = Now + Skew;
        if (permit?.Release != release.Release)
            staging = (SitePhase.Staged, Reasons.WaitingForPermit, "");
        else if (Paused)
            staging = (SitePhase.Staged, Reasons.Paused, "The site is paused; the release is here.");
        else if (local < permit.NotBefore)
            Await(permit.NotBefore - local, mine, Reasons.PermitNotOpen);
        else if (local > permit.NotAfter || conduct.NeverBegins)
            staging = (SitePhase.Staged, local > permit.NotAfter ? Reasons.PermitOver : Reasons.Applying, "");
        else if (!permit.AnyTime && Calendar?.At(local) is { IsOpen: false } closed)
            Await((closed.Opens ?? local + TimeSpan.FromDays(1)) - local, mine, Reasons.WindowClosed);
        else
            Begin(release, conduct);
    }

    private void Await(TimeSpan pause, int mine, string reason)
    {
        staging = (SitePhase.Staged, reason, "");
        Later(pause, mine, Proceed);
    }

    private void Later(TimeSpan pause, int mine, Action what) => at(Now + pause, () =>
    {
        if (mine != envelope)
            return;
        what();
        Report();
    });

    private void Begin(ReleaseTarget release, Conduct conduct)
    {
        Begins?.Invoke(this, release, permit!);
        (begun, work, message, AtWorkSince) = (release, SitePhase.Applying, "", Now);
        var mine = ++life;
        if (conduct.Cuts)
            GoAway();
        if (conduct.RecoversAfter is { } recovers)
            Live(recovers, mine, () =>
            {
                Connected |= conduct.Cuts;
                Through();
            });
        if (conduct.Fails)
            Live(conduct.Apply, mine, () => (work, message, healthy) = (SitePhase.Failed, "tills: the image does not exist", false));
        else if (!conduct.NeverReady && !conduct.Cuts)
            Live(conduct.Apply, mine, () =>
            {
                Through();
                LiveOn(conduct, mine);
            });
        else
            healthy = false;
    }

    private void LiveOn(Conduct conduct, int mine)
    {
        if (conduct.IllAfter is { } ill)
        {
            Live(ill, mine, () => (healthy, message) = (false, "tills: 1 of 3 replicas are ready"));
            if (conduct.IllFor is { } time)
                Live(ill + time, mine, () => (healthy, message) = (true, ""));
        }
        if (conduct.AgentRestartsAfter is { } restarts)
        {
            Live(restarts, mine, () => work = SitePhase.Applying);
            Live(restarts + Compares, mine, () => work = SitePhase.Settled);
        }
    }

    private void Through()
    {
        (applied, work, healthy, message) = (begun, SitePhase.Settled, true, "");
        Report();
    }

    private void Live(TimeSpan pause, int mine, Action what) => at(Now + pause, () =>
    {
        if (mine != life)
            return;
        what();
        if (Connected)
            Deliver();
    });

    private void Report()
    {
        if (!Connected || !Facts.Enrolled)
            return;
        var (phase, reason, said) = stage is not null && stage != begun ? staging : (work, "", message);
        Facts = Facts with
        {
            TakenEpoch = taken.Epoch,
            TakenSequence = taken.Sequence,
            Phase = phase,
            Reason = reason,
            Message = said,
            Healthy = healthy,
            LastSeen = Now,
            AppliedRelease = applied?.Release,
            AppliedRevision = applied?.Revision,
        };
    }
}
