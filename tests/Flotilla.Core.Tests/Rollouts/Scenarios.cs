using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>What is told in Stories.</summary>
internal static class Scenarios
{
    private static readonly WaveTerms First = new() { Name = "first", Select = new WaveSelection.Part(Share.Count(1)) };
    private static readonly WaveTerms Rest = new() { Name = "rest" };
    private static readonly WaveTerms Canaries = new()
    {
        Name = "canary",
        Select = new WaveSelection.Labels(new SiteSelector(new LabelSelectorSpec { MatchLabels = new Dictionary<string, string> { ["ring"] = "canary" } })),
    };
    private static readonly RolloutTerms Usual = new() { Waves = [First, Rest], MaxConcurrent = Share.Count(2), MaxFailed = Share.Count(0) };
    private static readonly RolloutTerms AtOnce = Usual with { Waves = [Rest], MaxConcurrent = Share.Count(10) };
    private static readonly Conduct Fails = new() { Fails = true };
    private static readonly Conduct NeverReady = new() { NeverReady = true };
    private static readonly Conduct Cuts = new() { Cuts = true };

    public static IReadOnlyDictionary<string, Func<Scenario>> All { get; } = new Dictionary<string, Func<Scenario>>
    {
        ["all-goes-well"] = () => new("Four sites, one first; nothing goes wrong.", Usual),
        ["one-site-fleet"] = () => new("A fleet of one site.", Usual, 1),
        ["canary-fails"] = () => Everywhere(new("The first site fails: nobody else begins.", Usual), Fails),
        ["canary-never-ready"] = () => Everywhere(new("The first site never gets ready: its time runs out, and nobody else begins.", Usual), NeverReady),
        ["canary-cut-off"] = () => Everywhere(new("The change cuts sites off: it stops itself after the progress deadline and the expected time away.", Usual), Cuts),
        ["budget-on-the-exact-site"] = () => new Scenario("One of six may fail: the second failure stops it.", Usual with { Waves = [Rest], MaxFailed = Share.Count(1), MaxConcurrent = Share.Count(1) }, 6)
            .With("s2", Fails).With("s4", Fails),
        ["budget-kept"] = () => new Scenario("One of six may fail, and one does: it goes on.", Usual with { Waves = [Rest], MaxFailed = Share.Count(1) }, 6).With("s2", Fails),
        ["budget-of-a-wave"] = () => new Scenario("Two may fail, but none of the first wave of three.", Usual with { MaxFailed = Share.Count(2), Waves = [First with { Select = new WaveSelection.Part(Share.Count(3)), MaxFailed = Share.Count(0) }, Rest] }, 6)
            .With(["s1", "s2", "s3", "s4"], Fails),
        ["stop-on-budget"] = () => Everywhere(new("Too many fail, and the strategy says to stop: sites keep what they have, the revision is in quarantine.", Usual with { OnBudget = BudgetAction.Stop }), Fails),
        ["rollback-on-budget"] = () => new Scenario("One of the rest fails, and the strategy says to roll back.", Usual with { OnBudget = BudgetAction.Rollback }, 5).With(["s1", "s2"], Fails),
        ["rollback-by-command"] = () => new Scenario("Somebody rolls back in the middle.", Usual, 5).At(TimeSpan.FromMinutes(9), "Somebody asks to roll back.", w => w.Orders = w.Orders with { RollBack = true }),
        ["rollback-while-away"] = () => new Scenario("A site that has the change is away when it is rolled back: it goes back when it returns.", Usual with { Waves = [Rest], MaxConcurrent = Share.Count(1) }, 3)
            .At(TimeSpan.FromMinutes(7), "s1 goes away.", w => w["s1"].GoAway())
            .At(TimeSpan.FromMinutes(8), "Somebody asks to roll back.", w => w.Orders = w.Orders with { RollBack = true })
            .At(TimeSpan.FromHours(5), "s1 comes back.", w => w["s1"].Return()),
        ["pause-and-resume"] = () => new Scenario("Paused in the middle and resumed: who has begun goes on.", Usual, 5)
            .At(TimeSpan.FromMinutes(6), "Somebody pauses it.", w => w.Orders = w.Orders with { Paused = true })
            .At(TimeSpan.FromHours(1), "Somebody resumes it.", w => w.Orders = w.Orders with { Paused = false }),
        ["resume-after-budget"] = () => new Scenario("Somebody resumes with one failed: only further failures count.", Usual with { Waves = [Rest], MaxConcurrent = Share.Count(1) }, 4).With("s2", Fails)
            .At(TimeSpan.FromHours(1), "Somebody resumes it.", w => w.Orders = w.Orders with { Resumed = w.Now }),
        ["cancel"] = () => new Scenario("Cancelled while one applies: that one finishes first.", Usual, 4)
            .At(TimeSpan.FromMinutes(6), "Somebody cancels it.", w => w.Orders = w.Orders with { Cancel = true }),
        ["skip"] = () => new Scenario("A site is left out, and keeps what it has.", Usual, 4).At(TimeSpan.FromMinutes(2), "Somebody leaves out s3.", w => w.Orders = w.Orders with { Skip = new HashSet<string> { "s3" } }),
        ["retries"] = () => new Scenario("A site gets well at its second try.", AtOnce with { Retries = 1 }, 2).With("s1", new Conduct { Fails = true, RecoversAfter = TimeSpan.FromMinutes(20) }),
        ["retry-by-command"] = () => new Scenario("A failed site is told to try again, after the pause is lifted.", AtOnce, 3).With("s1", new Conduct { Fails = true, RecoversAfter = TimeSpan.FromHours(2) })
            .At(TimeSpan.FromHours(1), "Somebody resumes it and has s1 try again.", w => w.Orders = w.Orders with { Resumed = w.Now, Retry = new Dictionary<string, int> { ["s1"] = 1 } }),
        ["failed-site-recovers"] = () => new Scenario("A site fails and gets well by itself while others go on.", Usual with { Waves = [Rest with { Soak = TimeSpan.FromMinutes(30) }], MaxFailed = Share.Count(1), MaxConcurrent = Share.Count(1) }, 4)
            .With("s1", new Conduct { Fails = true, RecoversAfter = TimeSpan.FromMinutes(12) }),
        ["soak"] = () => new("Each site of the first wave soaks for an hour.", Usual with { Waves = [First with { Soak = TimeSpan.FromHours(1) }, Rest] }),
        ["soak-interrupted"] = () => Everywhere(new("Illness restarts the clock of a soak.", Usual with { Waves = [First with { Soak = TimeSpan.FromHours(1) }, Rest] }),
            new Conduct { IllAfter = TimeSpan.FromMinutes(40), IllFor = TimeSpan.FromMinutes(10) }),
        ["soak-ill-too-long"] = () => Everywhere(new("Ill during the soak for longer than it may: failed.", Usual with { Waves = [First with { Soak = TimeSpan.FromHours(1) }, Rest] }),
            new Conduct { IllAfter = TimeSpan.FromMinutes(40) }),
        ["agent-restarts-in-soak"] = () => Everywhere(new("An agent that begins anew ends no soak.", Usual with { Waves = [First with { Soak = TimeSpan.FromHours(1) }, Rest] }),
            new Conduct { AgentRestartsAfter = TimeSpan.FromMinutes(40) }),
        ["canaries-away-by-count"] = () => new Scenario("All of the first wave go away before they begin: others stand in.", Usual with { Waves = [First with { Before = [new GateTerms.Soak(TimeSpan.FromMinutes(30))] }, Rest] }, 4)
            .At(TimeSpan.FromMinutes(1), "The first wave goes away.", w => Of(w, 0, name => w[name].GoAway())),
        ["canaries-away-by-labels"] = () => Labelled(new Scenario("All that the labels of the canary wave pick are away: it waits, and says for whom.", Usual with { Waves = [Canaries, Rest] }, 4))
            .With(w => w["s1"].GoAway()).With(w => w["s2"].GoAway()).At(TimeSpan.FromHours(6), "s2 comes back.", w => w["s2"].Return()),
        ["half-away"] = () => new Scenario("Half of the fleet is away from the beginning: it ends without them, and they follow.", Usual, 6)
            .With(w => w["s1"].GoAway()).With(w => w["s2"].GoAway()).With(w => w["s3"].GoAway())
            .At(TimeSpan.FromHours(1), "s1 comes back.", w => w["s1"].Return()).At(TimeSpan.FromHours(2), "s2 and s3 come back.", w => Each(w, ["s2", "s3"], p => p.Return())),
        ["returns-in-a-later-wave"] = () => Labelled(new Scenario("A site of the canary wave returns in the middle of the next.", Usual with { Waves = [Canaries, Rest], MaxConcurrent = Share.Count(1) }, 6))
            .With(w => w["s1"].GoAway()).At(TimeSpan.FromMinutes(14), "s1 comes back.", w => w["s1"].Return()),
        ["silent-and-back"] = () => new Scenario("A site falls silent after its permit and is heard of again in time.", AtOnce, 3).With("s2", new Conduct { Cuts = true, RecoversAfter = TimeSpan.FromMinutes(25) }),
        ["silent-and-back-late"] = () => new Scenario("A site falls silent, counts as failed, and comes back healthy.", AtOnce with { MaxFailed = Share.Count(1), Waves = [Rest with { After = [new GateTerms.Soak(TimeSpan.FromHours(4))] }] }, 3)
            .With("s2", new Conduct { Cuts = true, RecoversAfter = TimeSpan.FromHours(2) }),
        ["away-before-the-permit-arrives"] = () => new Scenario("A site is gone before its permit reaches it: deferred, and nothing failed.", AtOnce, 3)
            .At(TimeSpan.FromSeconds(61), "s2 goes away.", w => w["s2"].GoAway()).At(TimeSpan.FromHours(1), "s2 comes back.", w => w["s2"].Return()),
        ["away-deadline"] = () => new Scenario("A site that is away for too long is named, and keeps nobody waiting.", Usual with { AwayDeadline = TimeSpan.FromHours(1), Waves = [Rest, new WaveTerms { Name = "later", Before = [new GateTerms.Soak(TimeSpan.FromHours(3))] }] }, 3)
            .With(w => w["s2"].GoAway()),
        ["permit-not-begun"] = () => new Scenario("A site does not begin within three permits: failed.", AtOnce, 2).With("s1", new Conduct { NeverBegins = true }),
        ["window-closed"] = () => new Scenario("A window opens at 22:00: all wait for it.", Usual, 3).With(w => Window(w, "22:00", "02:00")),
        ["window-closes-while-applying"] = () => new Scenario("A window closes while a site applies: it finishes, the next begins a day later.", Usual with { MaxConcurrent = Share.Count(1) }, 3).With(w => Window(w, "08:00", "08:06")),
        ["window-through-a-night-of-dst"] = () => new Scenario("Clocks go forward in the night: the window of 02:30 to 03:30 is half as long.", Usual with { MaxConcurrent = Share.Count(1) }, 3) { Start = new(2026, 3, 28, 20, 0, 0, TimeSpan.Zero) }
            .With(w => Window(w, "02:30", "03:30", "Europe/Paris")).With(w => Each(w, ["s1", "s2", "s3"], p => p.Conducts["r2"] = new Conduct { Apply = TimeSpan.FromMinutes(20) })),
        ["clock-skew"] = () => new Scenario("One clock is ten minutes ahead, one ten minutes behind.", AtOnce, 3).With(w => w["s1"].Skew = TimeSpan.FromMinutes(10)).With(w => w["s2"].Skew = TimeSpan.FromMinutes(-10)),
        ["gate-approved-late"] = () => new Scenario("A gate waits for an approval, which comes late.", Usual with { Waves = [First with { After = [new GateTerms.Approval()] }, Rest] })
            .At(TimeSpan.FromHours(5), "ana approves first/after/0.", w => w.Approvals.Add(new GivenApproval("first/after/0", "ana", "looks fine", w.Now))),
        ["gate-start-at"] = () => new("A gate opens at a time.", Usual with { Waves = [First, Rest with { Before = [new GateTerms.StartAt(new DateTimeOffset(2026, 3, 2, 20, 0, 0, TimeSpan.Zero))] }] }),
        ["gate-soak"] = () => new("A gate opens two hours after the wave was through.", Usual with { Waves = [First with { After = [new GateTerms.Soak(TimeSpan.FromHours(2))] }, Rest] }),
        ["gate-refused"] = () => new Scenario("A webhook says no, until it says yes.", Usual with { Waves = [First with { After = [new GateTerms.Webhook("https://checks.example/ok", null, TimeSpan.FromSeconds(10))] }, Rest] })
            .With(w => w.Answers = _ => w.Now < w.Start + TimeSpan.FromHours(1) ? "sales are down" : GateRecord.Yes),
        ["superseded"] = () => new Scenario("A newer revision while one applies: that one finishes first.", Usual).At(TimeSpan.FromMinutes(2), "The stack changes to r3.", w => w.Revision = "r3"),
        ["superseded-twice"] = () => new Scenario("Two newer revisions, one after the other.", Usual with { MaxConcurrent = Share.Count(1) })
            .At(TimeSpan.FromMinutes(2), "The stack changes to r3.", w => w.Revision = "r3").At(TimeSpan.FromMinutes(7), "The stack changes to r4.", w => w.Revision = "r4"),
        ["another-strategy"] = () => new Scenario("The strategy changes: a new rollout with the same revision.", Usual).At(TimeSpan.FromMinutes(7), "The strategy changes.", w => w.Declare(AtOnce)),
        ["site-leaves-and-joins"] = () => new Scenario("A site leaves the fleet, another joins.", Usual)
            .At(TimeSpan.FromMinutes(2), "The fleet does not select s3 any more.", w => w["s3"].Selected = false).At(TimeSpan.FromMinutes(3), "s9 joins.", w => w.Add("s9", runs: null)),
        ["site-unenrolled"] = () => new Scenario("A site loses its enrolment in the middle.", Usual).At(TimeSpan.FromMinutes(6), "s2 is not enrolled any more.", w => w["s2"].Facts = w["s2"].Facts with { Enrolled = false }),
        ["overlap"] = () => new Scenario("Another fleet selects a site for a while.", Usual).At(TimeSpan.FromMinutes(1), "The fleet depots selects s2 as well.", w => w["s2"].OtherFleets = ["depots"])
            .At(TimeSpan.FromHours(1), "It does not any more.", w => w["s2"].OtherFleets = []),
        ["blocked-release"] = () => new Scenario("No release can be made for one site, until its parameter is set.", Usual).With(w => w.Blocked.Add("s2")).At(TimeSpan.FromHours(1), "The parameter is set.", w => w.Blocked.Clear()),
        ["cannot-stage"] = () => new Scenario("One site cannot stage the release.", AtOnce, 3).With("s2", new Conduct { CannotStage = true }),
        ["lease-elsewhere"] = () => new Scenario("A change of another fleet is at work at a site: it is waited for.", AtOnce, 2)
            .With(w => w["s1"].WorkFor("depots", new("d1", "d1/s1"), TimeSpan.FromMinutes(15))),
        ["paused-site"] = () => new Scenario("A paused site is waited for.", AtOnce, 2).With(w => w["s1"].Paused = true).At(TimeSpan.FromHours(1), "s1 is resumed.", w => w["s1"].Paused = false),
        ["fleet-held"] = () => new Scenario("The fleet is paused in the middle of a wave: who has begun finishes, nobody else begins.", Usual with { MaxConcurrent = Share.Count(1) })
            .At(TimeSpan.FromMinutes(6), "The fleet is paused.", w => w.Held = new FleetProblem(Reasons.Paused, "The fleet is paused.", Stalled: false))
            .At(TimeSpan.FromHours(2), "The fleet is resumed.", w => w.Held = null),
        ["taken-back-and-silent"] = () => new Scenario("A site begins just as its permit is taken back, and falls silent: it is no site that was away.", AtOnce, 3).With("s2", Cuts)
            .At(TimeSpan.FromSeconds(90), "Somebody pauses it.", w => w.Orders = w.Orders with { Paused = true })
            .At(TimeSpan.FromHours(2), "Somebody resumes it.", w => w.Orders = w.Orders with { Paused = false }),
        ["finish-by"] = () => new Scenario("A change took twenty minutes the last time; the next does not begin a quarter of an hour before all must be through.", AtOnce, 1)
            .With("s1", new Conduct { Apply = TimeSpan.FromMinutes(20) }).With(w => Window(w, "08:00", "09:00", finishBy: "09:00"))
            .At(TimeSpan.FromMinutes(45), "The stack changes to r3.", w => w.Revision = "r3"),
        ["retry-without-room"] = () => new Scenario("A site falls silent while it soaks, and holds a slot again; another one that fails gets its second try only when that is over.", AtOnce with { Retries = 1, MaxConcurrent = Share.Count(1), MaxFailed = Share.Count(2), Waves = [First with { Select = new WaveSelection.Part(Share.Count(2)), Soak = TimeSpan.FromHours(2) }, Rest] }, 2)
            .With("s2", new Conduct { NeverReady = true, RecoversAfter = TimeSpan.FromMinutes(65) })
            .At(TimeSpan.FromMinutes(20), "s1 goes away.", w => w["s1"].GoAway()),
        ["min-succeeded"] = () => new Scenario("Two of a wave of two must succeed and one fails: the wave has failed, though the budget allows it.", Usual with { MaxFailed = Share.Count(2), Waves = [First with { Select = new WaveSelection.Part(Share.Count(2)), MinSucceeded = 2 }, Rest] }, 4)
            .With("s1", Fails),
        ["empty-wave"] = () => new Scenario("The labels of a wave pick nobody: it waits, and says so.", Usual with { Waves = [Canaries, Rest] }) { Length = TimeSpan.FromHours(6) },
        ["already-running"] = () => new Scenario("The first rollout of sites that run the revision already.", Usual) { Runs = "r2" }.With(w => w.Memory = new FleetMemory()),
    };

    private static Scenario Everywhere(Scenario scenario, Conduct conduct) => scenario.With(["s1", "s2", "s3", "s4"], conduct);

    private static Scenario Labelled(Scenario scenario) => scenario.With(w => Each(w, ["s1", "s2"], p => p.Labels = new Dictionary<string, string> { ["ring"] = "canary" }));

    private static void Each(RolloutWorld world, string[] names, Action<SimulatedPlace> act)
    {
        foreach (var name in names)
            act(world[name]);
    }

    private static void Of(RolloutWorld world, int wave, Action<string> act)
    {
        foreach (var member in world.Members.Where(m => m.Wave == wave))
            act(member.Site.Name);
    }

    private static void Window(RolloutWorld world, string from, string to, string zone = "UTC", string? finishBy = null)
    {
        var spec = new MaintenanceWindowSpec { TimeZone = zone, Open = [new WeeklyOpening { Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], From = from, To = to, FinishBy = finishBy }] };
        foreach (var place in world.Places)
            place.Calendar = MaintenanceCalendar.Make([spec], null, [], name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? found : null);
    }
}
