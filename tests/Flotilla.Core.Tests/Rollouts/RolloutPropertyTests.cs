using CsCheck;
using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Tests.Rollouts;

/// <summary>
/// Random fleets, strategies and faults. <see cref="WorldRules"/> look at every step: slots and budgets are kept by permits; nobody is permitted who is not staged,
/// whose turn it is not, outside its window, or a revision in quarantine; never two revisions at work at one site; a step taken again does nothing more.
/// </summary>
public sealed class RolloutPropertyTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan LastFault = TimeSpan.FromHours(6);
    private static readonly MaintenanceCalendar Mornings = MaintenanceCalendar.Make(
        [new MaintenanceWindowSpec { Open = [new WeeklyOpening { Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], From = "08:30", To = "11:00" }] }], null, [], _ => null);

    private static readonly Gen<Share> SomeShare = Gen.Select(Gen.Int[1, 4], Gen.Int[5, 100], Gen.Bool, (count, percent, isPercent) => isPercent ? Share.Percent(percent) : Share.Count(count));

    private static readonly Gen<Conduct> SomeConduct = Gen.Frequency(
        (8, Gen.Int[1, 10].Select(apply => new Conduct { Apply = TimeSpan.FromMinutes(apply) })),
        (1, Gen.Int[0, 90].Select(after => new Conduct { Fails = true, RecoversAfter = after < 10 ? null : TimeSpan.FromMinutes(after) })),
        (1, Gen.Int[0, 90].Select(after => new Conduct { Cuts = true, RecoversAfter = after < 10 ? null : TimeSpan.FromMinutes(after) })),
        (1, Gen.Const(new Conduct { NeverReady = true })),
        (1, Gen.Const(new Conduct { NeverBegins = true })),
        (1, Gen.Const(new Conduct { CannotStage = true })),
        (1, Gen.Select(Gen.Int[1, 50], Gen.Int[1, 50], (after, time) => new Conduct { IllAfter = TimeSpan.FromMinutes(after), IllFor = TimeSpan.FromMinutes(time) })),
        (1, Gen.Int[1, 30].Select(after => new Conduct { AgentRestartsAfter = TimeSpan.FromMinutes(after) })));

    private static readonly Gen<WaveTerms[]> SomeWaves = Gen.Select(SomeShare, Gen.Select(SomeShare, Gen.Bool, (s, no) => no ? (Share?)null : s), Gen.Select(SomeShare, Gen.Bool, (s, no) => no ? (Share?)null : s), Gen.Int[0, 40], Gen.Int[1, 2])
        .Select((pick, slots, budget, soak, needed) => new WaveTerms
        {
            Name = "w",
            Select = new WaveSelection.Part(pick),
            MaxConcurrent = slots,
            MaxFailed = budget,
            Soak = TimeSpan.FromMinutes(soak < 10 ? 0 : soak),
            MinSucceeded = needed,
        })
        .Array[0, 2].Select(waves => (WaveTerms[])[.. waves.Select((w, i) => w with { Name = $"w{i}" }), new WaveTerms { Name = "rest" }]);

    private static readonly Gen<RolloutTerms> SomeTerms = Gen.Select(SomeWaves, SomeShare, Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 1])
        .Select((waves, slots, failed, action, retries) => new RolloutTerms
        {
            Waves = waves,
            MaxConcurrent = slots,
            MaxFailed = Share.Count(failed),
            OnBudget = (BudgetAction)action,
            Retries = retries,
            RollbackConcurrent = slots,
        });

    private static readonly Gen<Fault> SomeFault = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 11], Gen.Int[0, 180], Gen.Int[1, 120], (kind, site, at, time) => new Fault(kind, site, at, time));

    private static readonly Gen<Case> SomeCase = Gen.Select(Gen.Int[1, 12], SomeTerms, SomeConduct.Array[12], SomeFault.Array[0, 8], Gen.Int[0, 3])
        .Select((sites, terms, conducts, faults, windows) => new Case(sites, terms, conducts, faults, windows == 0));

    [Fact]
    public void The_rules_hold_at_every_step_and_what_can_finish_does() => SomeCase.Sample(one =>
    {
        var world = World(one, restarts: false);
        world.RunUntil(Start + TimeSpan.FromDays(one.Windows ? 20 : 3), () => world.Record is { IsOver: true } && world.Now > Start + LastFault);
        var record = world.Record!;
        if (record.IsOver || record.Held is not null || world.Outcome!.Waits.Any(w => w.Reason == Reasons.SitesAway))
            return;
        throw new InvalidOperationException($"{record.Phase}, waits for {string.Join(" ", world.Outcome!.Waits.Select(w => w.Message))}\n{string.Join('\n', world.Members)}");
    }, iter: 1000);

    [Fact]
    public void A_hub_that_restarts_decides_the_same() => SomeCase.Sample(one =>
    {
        Assert.Equal(Story(one, restarts: false), Story(one, restarts: true));
    }, iter: 200);

    private static List<string> Story(Case one, bool restarts)
    {
        var story = new List<string>();
        var world = World(one, restarts);
        world.Told = line => story.Add(line.ToString());
        world.RunUntil(Start + TimeSpan.FromHours(8));
        return story;
    }

    private static RolloutWorld World(Case one, bool restarts)
    {
        var world = new RolloutWorld(one.Terms, Start) { RestartsAtEveryStep = restarts, Quantum = TimeSpan.FromSeconds(10) };
        for (var i = 0; i < one.Sites; i++)
        {
            var place = world.Add($"s{i:D2}");
            place.Conducts["r2"] = one.Conducts[i];
            place.Calendar = one.Windows ? Mornings : null;
        }
        foreach (var fault in one.Faults)
            fault.Plan(world);
        world.Revision = "r2";
        var rules = new WorldRules();
        world.Stepped = rules.Check;
        return world;
    }

    private sealed record Case(int Sites, RolloutTerms Terms, Conduct[] Conducts, Fault[] Faults, bool Windows)
    {
        public override string ToString() => $"{Sites} sites, windows {Windows}, {Terms}, waves {string.Join(", ", Terms.Waves)}, conducts {string.Join(", ", Conducts.Take(Sites))}, faults {string.Join(", ", Faults.Select(f => f.ToString()))}";
    }

    /// <summary>Something that happens, and ends after a while.</summary>
    private sealed record Fault(int Kind, int Site, int AtMinute, int Minutes)
    {
        public void Plan(RolloutWorld world)
        {
            var place = world.Places[Site % world.Places.Count];
            var (begin, end) = Doing(world, place);
            world.At(Start + TimeSpan.FromMinutes(AtMinute), begin);
            world.At(Start + TimeSpan.FromMinutes(AtMinute + Minutes), end);
        }

        private (Action Begin, Action End) Doing(RolloutWorld world, SimulatedPlace place) => Kind switch
        {
            0 or 1 => (place.GoAway, place.Return),
            2 => (() => world.Orders = world.Orders with { Paused = true }, () => world.Orders = world.Orders with { Paused = false }),
            3 => (() => place.Paused = true, () => place.Paused = false),
            4 => (() => world.Held = new FleetProblem(Reasons.Paused, "The fleet is paused.", Stalled: false), () => world.Held = null),
            5 => (() => world.Revision = "r3", () => { }),
            6 => (() => world.Orders = world.Orders with { Skip = new HashSet<string> { place.Name.Name } }, () => world.Orders = world.Orders with { Resumed = world.Now }),
            7 => (() => place.OtherFleets = ["depots"], () => place.OtherFleets = []),
            _ => (() => { }, () => world.Orders = world.Orders with { Resumed = world.Now, RollBack = Minutes % 4 == 0, Retry = new Dictionary<string, int> { [place.Name.Name] = 1 } }),
        };
    }
}
