using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>
/// A fleet with its hub and its sites in virtual time: each step looks, decides, and does what was decided, as the hub does; then time goes on to the next
/// look or the next thing that happens. No clock, no task, no chance.
/// </summary>
internal sealed class RolloutWorld
{
    public const string Fleet = "stores";
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(2);
    private readonly PriorityQueue<Action, (DateTimeOffset, long)> events = new();
    private readonly Dictionary<SiteName, string> reached = [];
    private readonly Dictionary<string, RolloutTerms> strategies = [];
    private readonly List<SimulatedPlace> places = [];
    private readonly Dictionary<SiteName, SimulatedPlace> byName = [];
    private long order;

    public RolloutWorld(RolloutTerms terms, DateTimeOffset start)
    {
        (Now, Start) = (start, start);
        Declare(terms);
    }

    public DateTimeOffset Start { get; }

    public DateTimeOffset Now { get; private set; }

    /// <summary>What the fleet's stack compiles to.</summary>
    public string Revision { get; set; } = "r1";

    /// <summary>The epoch in which the hub signs.</summary>
    public long Epoch { get; set; } = 1;

    public string Strategy { get; private set; } = "";

    public FleetProblem? Held { get; set; }

    public Share CatchUp { get; set; } = Share.Percent(10);

    public RolloutOrders Orders { get; set; } = new();

    public List<GivenApproval> Approvals { get; } = [];

    /// <summary>What webhooks answer.</summary>
    public Func<string, string> Answers { get; set; } = _ => GateRecord.Yes;

    public FleetMemory Memory { get; set; } = new() { Current = "r1", Good = "r1", History = ["r1"] };

    public RolloutRecord? Record { get; private set; }

    public RolloutTerms Terms => strategies[Record?.Strategy ?? Strategy];

    public IReadOnlyList<RolloutMember> Members { get; private set; } = [];

    public IReadOnlyList<SimulatedPlace> Places => places;

    public NextLook Next { get; private set; } = new NextLook.OnChange();

    public RolloutOutcome? Outcome { get; private set; }

    /// <summary>Whether the hub forgets, between any two steps, all that it has not stored.</summary>
    public bool RestartsAtEveryStep { get; init; }

    /// <summary>Steps are taken at whole multiples of this; zero takes them when something happens.</summary>
    public TimeSpan Quantum { get; init; }

    /// <summary>Told of every step: before and after.</summary>
    public Action<WorldStep>? Stepped { get; set; }

    /// <summary>Told of every line of the story.</summary>
    public Action<StoryEntry> Told { get; set; } = _ => { };

    public SimulatedPlace this[string name] => byName[new SiteName("retail", name)];

    public SimulatedPlace Add(string name, string? runs = "r1")
    {
        var place = new SimulatedPlace(new SiteName("retail", name), () => Now, (time, what) => At(time, what));
        if (runs is not null)
            place.Settle(Release(place.Name, runs), Fleet);
        else
            place.Hear();
        places.Add(place);
        byName[place.Name] = place;
        return place;
    }

    public void Declare(RolloutTerms terms) => strategies[Strategy = $"strategy {strategies.Count + 1}"] = terms;

    public void At(DateTimeOffset time, Action what) => events.Enqueue(what, (time, order++));

    public static ReleaseTarget Release(SiteName site, string revision) => new(revision, $"{revision}/{site.Name}");

    /// <summary>Lets time pass until a moment, or until nothing will ever happen again.</summary>
    public void RunUntil(DateTimeOffset end, Func<bool>? isOver = null)
    {
        while (Now <= end)
        {
            Step();
            if (isOver?.Invoke() == true)
                return;
            var next = Next is NextLook.After after ? Now + after.Delay : DateTimeOffset.MaxValue;
            if (events.TryPeek(out _, out var due) && due.Item1 < next)
                next = due.Item1;
            if (next == DateTimeOffset.MaxValue)
                return;
            Now = Quantum > TimeSpan.Zero ? Rounded(next) : next > Now ? next : Now.AddTicks(1);
        }
        Now = end;
    }

    public void Step()
    {
        while (events.TryPeek(out var what, out var due) && due.Item1 <= Now)
        {
            events.Dequeue();
            what();
        }
        foreach (var place in places)
            place.Hear();
        if (RestartsAtEveryStep)
            Restart();
        Begin();
        var sites = Observe();
        var before = (Record, Members);
        var observed = new FleetObservation
        {
            Name = Fleet,
            Epoch = Epoch,
            Revision = Revision,
            Held = Held,
            Sites = sites,
            Memory = Memory,
            CatchUp = CatchUp,
            Rollout = Record is { } record ? new FleetsRollout(record, strategies[record.Strategy], Members, Orders, Approvals) : null,
            SupersededBy = FleetCourse.SupersededBy(Record, Revision, Strategy),
        };
        var decision = FleetDecision.Decide(observed, Now);
        (Memory, Next, Outcome) = (decision.Status.Memory, decision.Next, decision.Status.Rollout);
        for (var i = 0; i < sites.Count; i++)
        {
            if (decision.Status.Sites[i].Standing == SiteStanding.Done && sites[i].Release is { } release)
                reached[sites[i].Name] = release.Release;
        }
        Act(decision.Actions);
        if (Outcome is { } outcome)
        {
            (Record, Members) = (outcome.Record, outcome.Members);
            foreach (var line in outcome.Story)
                Told(line);
            foreach (var question in outcome.Questions)
                Ask(question);
        }
        Stepped?.Invoke(new WorldStep(this, observed, before.Record, before.Members, decision.Actions));
    }

    private void Begin()
    {
        if (!FleetCourse.MustBegin(Memory, Record, Revision, places.Count(p => p.Selected)))
            return;
        var name = FleetCourse.NextName(Fleet, Memory);
        var earlier = Members.ToDictionary(m => m.Site);
        var sites = places.Where(p => p.Selected).Select(p => Site(p, null)).OrderBy(s => s.Name).ToList();
        (Record, Members) = RolloutStart.Freeze(name, Fleet, Revision, Memory.Good, Strategy, strategies[Strategy], sites, s => byName[s.Name].Labels, Now, earlier.GetValueOrDefault);
        Memory = FleetCourse.Begun(Memory, Record);
        Orders = new RolloutOrders();
        Told(new StoryEntry(Now, null, null, Api.Reasons.RollingOut, $"{name} takes {(sites.Count == 1 ? "1 site" : $"{sites.Count} sites")} to {Revision}."));
    }

    private List<FleetSite> Observe()
    {
        var members = Members.ToDictionary(m => m.Site);
        return [.. places.Where(p => p.Selected).Select(p => Site(p, members.GetValueOrDefault(p.Name))).OrderBy(s => s.Name)];
    }

    private FleetSite Site(SimulatedPlace place, RolloutMember? member)
    {
        var site = new FleetSite
        {
            Name = place.Name,
            Paused = place.Paused,
            ExpectedAway = place.ExpectedAway,
            OtherFleets = place.OtherFleets,
            Facts = place.Facts,
            Calendar = place.Calendar,
            Apart = Record is { IsOver: true } && member is { State: RolloutSiteState.Failed or RolloutSiteState.Silent },
            Inputs = place.Paused ? "paused" : "",
        };
        if (member is { Back: true, From: { } from } && Record is { IsOver: false })
            return site with { Release = from, Reached = reached.GetValueOrDefault(place.Name) == from.Release };
        var (revision, why) = FleetCourse.RevisionOf(Memory, Record, member);
        if (revision is null || Blocked.Contains(place.Name.Name))
            return site with { Problem = why ?? new FleetProblem(Api.Reasons.ParametersInvalid, "The parameter till is not set.", Stalled: true) };
        var release = Release(place.Name, revision);
        return site with { Release = release, Reached = reached.GetValueOrDefault(place.Name) == release.Release };
    }

    /// <summary>Sites for which no release can be made.</summary>
    public HashSet<string> Blocked { get; } = [];

    private void Act(IReadOnlyList<FleetAction> actions)
    {
        foreach (var about in actions.GroupBy(a => a.Site))
        {
            var place = byName[about.Key];
            var facts = place.Facts with { Fleet = Fleet, Epoch = Epoch, Sequence = place.Facts.Sequence + 1, Inputs = place.Paused ? "paused" : "" };
            foreach (var action in about)
            {
                facts = action switch
                {
                    FleetAction.Stage stage => facts with { Stage = stage.Release, Permit = null, Permitted = null },
                    FleetAction.Permit permit => facts with { Permit = permit.Leave, Permitted = Now },
                    FleetAction.Withdraw => facts with { Permit = null, Permitted = null },
                    _ => facts,
                };
            }
            place.Facts = facts;
            reached.Remove(about.Key);
            At(Now + HandOver, place.Deliver);
        }
    }

    private void Ask(GateQuestion question) => At(Now + HandOver, () =>
    {
        var answer = Answers(question.Gate);
        Record = Record! with
        {
            Gates = [.. Record.Gates.Select(g => g.Key != question.Gate ? g : g with { Asked = Now, Answer = answer, By = answer == GateRecord.Yes ? "its webhook allowed it" : "" })],
        };
    });

    private void Restart()
    {
        Memory = RolloutJson.ReadMemory(RolloutJson.Write(Memory));
        Record = Record is null ? null : RolloutJson.ReadRecord(RolloutJson.Write(Record));
        Members = [.. Members.Select(m => RolloutJson.ReadMember(RolloutJson.Write(m)))];
        reached.Clear();
    }

    private DateTimeOffset Rounded(DateTimeOffset next)
    {
        var ticks = (next - Start).Ticks;
        var whole = (ticks + Quantum.Ticks - 1) / Quantum.Ticks * Quantum.Ticks;
        var rounded = Start.AddTicks(whole);
        return rounded > Now ? rounded : Now + Quantum;
    }
}

/// <summary>A step that was taken.</summary>
/// <param name="Observed">What it was decided from.</param>
/// <param name="Before">The rollout before.</param>
/// <param name="MembersBefore">Its sites before.</param>
/// <param name="Actions">What was done about sites.</param>
internal sealed record WorldStep(
    RolloutWorld World, FleetObservation Observed, RolloutRecord? Before, IReadOnlyList<RolloutMember> MembersBefore, IReadOnlyList<FleetAction> Actions);
