using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Bench;

/// <summary>
/// A fleet in virtual time under the real decisions. A site answers what it was told after a time of its own: it fetches for half a minute to two minutes and applies
/// for two to eight; one of a hundred is away for an hour, and one of five hundred cannot apply the release. The hub looks at most every half a minute.
/// </summary>
internal sealed class RolloutFleet
{
    public static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private const string Name = "stores", Before = "r1", After = "r2", Strategy = "bench";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30), HandOver = TimeSpan.FromSeconds(2), ExpectedAway = TimeSpan.FromMinutes(5);
    private readonly PriorityQueue<(int Site, Happening What), (DateTimeOffset Time, long Order)> events = new();
    private readonly Random random = new(2026);
    private readonly Dictionary<SiteName, int> places = [];
    private readonly FleetSite[] sites;
    private readonly bool[] away, failing;
    private readonly RolloutTerms terms;
    private FleetMemory memory = new() { Current = Before, Good = Before, History = [Before] };
    private RolloutRecord? record;
    private IReadOnlyList<RolloutMember> members = [];
    private NextLook next = new NextLook.OnChange();
    private DateTimeOffset heard;
    private long order;

    public RolloutFleet(int size, RolloutTerms terms, MaintenanceCalendar? calendar = null)
    {
        (this.terms, Now) = (terms, Start);
        sites = new FleetSite[size];
        (away, failing) = (new bool[size], new bool[size]);
        for (var i = 0; i < size; i++)
        {
            var name = new SiteName("retail", $"store-{i:000000}");
            sites[i] = new FleetSite { Name = name, ExpectedAway = ExpectedAway, Calendar = calendar, Facts = Settled(name) };
            places[name] = i;
            failing[i] = i % 500 == 77;
            if (away[i] = i % 100 == 42)
                events.Enqueue((i, Happening.Returned), (Start.AddHours(1), order++));
        }
        Hear();
    }

    public DateTimeOffset Now { get; private set; }

    public RolloutRecord Record => record ?? throw new InvalidOperationException("no rollout has begun");

    public IReadOnlyList<RolloutMember> Members => members;

    public RolloutOrders Orders { get; set; } = new();

    public int Steps { get; private set; }

    public int Count(RolloutSiteState state) => members.Count(m => m.State == state);

    /// <summary>Freezes a rollout of the new revision.</summary>
    public void Begin()
    {
        (record, members) = RolloutStart.Freeze(FleetCourse.NextName(Name, memory), Name, After, Before, Strategy, terms, sites, _ => new Dictionary<string, string>(), Now);
        memory = FleetCourse.Begun(memory, record);
        foreach (ref var site in sites.AsSpan())
            site = site with { Release = Release(site.Name, After) };
        // The canary is a good one; those that fail come later, and are within the budget.
        for (var i = 0; i < members.Count; i++)
            failing[i] &= members[i].Wave > 0;
    }

    /// <summary>What is next; may be asked as often as one likes.</summary>
    public Decision<FleetAction, FleetOutcome> Decide() => FleetDecision.Decide(
        new FleetObservation
        {
            Name = Name,
            Revision = After,
            Sites = sites,
            Memory = memory,
            Rollout = new FleetsRollout(Record, terms, members, Orders, []),
        },
        Now);

    /// <summary>Does what was decided.</summary>
    public void Act(Decision<FleetAction, FleetOutcome> decision)
    {
        Steps++;
        (memory, next) = (decision.Status.Memory, decision.Next);
        if (decision.Status.Rollout is { } outcome)
            (record, members) = (outcome.Record, outcome.Members);
        foreach (var action in decision.Actions)
            Act(action);
    }

    /// <summary>Lets time pass until the next look. False when nothing will ever happen again.</summary>
    public bool GoOn()
    {
        var look = next is NextLook.After after ? Now + after.Delay : DateTimeOffset.MaxValue;
        if (events.TryPeek(out _, out var due) && due.Time < look)
            look = due.Time;
        if (look == DateTimeOffset.MaxValue)
            return false;
        var ticks = (look - Start).Ticks;
        PassTo(Start.AddTicks(Math.Max((Now - Start).Ticks / Between.Ticks + 1, (ticks + Between.Ticks - 1) / Between.Ticks) * Between.Ticks));
        return true;
    }

    /// <summary>Steps on until something is so.</summary>
    public void RunUntil(Func<RolloutFleet, bool> isSo)
    {
        while (!isSo(this))
        {
            Act(Decide());
            if (!GoOn() || Record.IsOver || Record.Held is not null)
                throw new InvalidOperationException($"it does not go on: {Record.Phase} {Record.Reason} {Record.Message}");
        }
    }

    /// <summary>Has so many sites report without a look of the hub.</summary>
    public void Report(int reports)
    {
        for (; reports > 0 && events.TryDequeue(out var what, out var due); reports--)
        {
            Now = due.Time > Now ? due.Time : Now;
            Happen(what.Site, what.What);
        }
        Hear();
    }

    private void PassTo(DateTimeOffset time)
    {
        while (events.TryPeek(out _, out var due) && due.Time <= time)
        {
            var (site, what) = events.Dequeue();
            Now = due.Time > Now ? due.Time : Now;
            Happen(site, what);
        }
        Now = time;
        if (Now - heard >= ExpectedAway / 2)
            Hear();
    }

    /// <summary>Who is there is heard of twice in its expected time.</summary>
    private void Hear()
    {
        heard = Now;
        for (var i = 0; i < sites.Length; i++)
        {
            if (!away[i])
                Tell(i, sites[i].Facts! with { LastSeen = Now });
        }
    }

    private void Act(FleetAction action)
    {
        var index = places[action.Site];
        var facts = sites[index].Facts! with { Sequence = sites[index].Facts!.Sequence + 1 };
        Tell(index, action switch
        {
            FleetAction.Stage stage => facts with { Stage = stage.Release, Permit = null, Permitted = null },
            FleetAction.Permit permit => facts with { Permit = permit.Leave, Permitted = Now },
            FleetAction.Withdraw => facts with { Permit = null, Permitted = null },
            _ => facts,
        });
        events.Enqueue((index, Happening.Delivered), (Now + HandOver, order++));
    }

    private void Happen(int index, Happening what)
    {
        var facts = sites[index].Facts!;
        if (what == Happening.Returned)
            away[index] = false;
        if (away[index])
            return;
        facts = facts with { LastSeen = Now };
        if (what is Happening.Delivered or Happening.Returned && !facts.Taken)
        {
            facts = facts with { TakenEpoch = facts.Epoch, TakenSequence = facts.Sequence, SentSequence = facts.Permit is null ? facts.SentSequence : facts.Sequence };
            if (facts.IsPermitted && facts.Phase == SitePhase.Staged)
                facts = Later(index, Happening.Through, 120, 480, facts with { Phase = SitePhase.Applying });
            else if (facts.Phase is not (SitePhase.Staged or SitePhase.Applying))
                facts = Later(index, Happening.Staged, 30, 120, facts with { Phase = SitePhase.Staging, Reason = Reasons.Staging });
        }
        else if (what == Happening.Staged)
        {
            facts = facts with { Phase = SitePhase.Staged, Reason = Reasons.WaitingForPermit };
        }
        else if (what == Happening.Through)
        {
            facts = failing[index]
                ? facts with { Phase = SitePhase.Failed, Healthy = false, Message = "tills: the image does not exist" }
                : facts with { Phase = SitePhase.Settled, Healthy = true, AppliedRelease = facts.Stage!.Release, AppliedRevision = facts.Stage.Revision };
        }
        Tell(index, facts);
    }

    private SiteFacts Later(int index, Happening what, int shortest, int longest, SiteFacts facts)
    {
        events.Enqueue((index, what), (Now.AddSeconds(random.Next(shortest, longest)), order++));
        return facts;
    }

    private void Tell(int index, SiteFacts facts) => sites[index] = sites[index] with { Facts = facts };

    private static ReleaseTarget Release(SiteName site, string revision) => new(revision, $"{revision}/{site.Name}");

    private static SiteFacts Settled(SiteName name)
    {
        var release = Release(name, Before);
        var permit = new StartPermit(release.Release, Start.AddDays(-30), Start.AddDays(-29));
        return new SiteFacts
        {
            Site = name,
            Enrolled = true,
            Fleet = Name,
            Stage = release,
            Permit = permit,
            Permitted = permit.NotBefore,
            AppliedRelease = release.Release,
            AppliedRevision = release.Revision,
            Epoch = 1,
            Sequence = 1,
            SentSequence = 1,
            TakenEpoch = 1,
            TakenSequence = 1,
            Phase = SitePhase.Settled,
            Healthy = true,
            LastSeen = Start.AddHours(-2),
        };
    }

    private enum Happening
    {
        Delivered,
        Staged,
        Through,
        Returned,
    }
}
