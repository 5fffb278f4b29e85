using CsCheck;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Rollouts.Forecasts;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Tests.Rollouts.Forecasts;

/// <summary>Where sites act as it is assumed, the rollout runs as foreseen, to the tick: the world here steps at every event, with another model of a site.</summary>
public sealed class ForecastPropertyTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly MaintenanceCalendar Nights = MaintenanceCalendar.Make(
        [new MaintenanceWindowSpec { Open = [new WeeklyOpening { Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], From = "22:00", To = "05:00" }] }], null, [], _ => null);

    private static readonly Gen<Place> SomePlace = Gen.Select(Gen.Int[1, 7200], Gen.Int[10, 1900], Gen.Int[0, 3], Gen.Int[1, 4000], (stage, apply, away, back) => new Place(stage, apply, away == 0 ? back : null));

    private static readonly Gen<WaveTerms[]> SomeWaves = Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[0, 300], Gen.Int[1, 2], Gen.Int[0, 90])
        .Select((pick, slots, soak, needed, pause) => new WaveTerms
        {
            Name = "w",
            Select = new WaveSelection.Part(Share.Count(pick)),
            MaxConcurrent = Share.Count(slots),
            Soak = TimeSpan.FromMinutes(soak < 60 ? 0 : soak),
            MinSucceeded = needed,
            After = pause < 30 ? [] : [new GateTerms.Soak(TimeSpan.FromMinutes(pause))],
        })
        .Array[0, 3].Select(waves => (WaveTerms[])[.. waves.Select((w, i) => w with { Name = $"w{i}" }), new WaveTerms { Name = "rest" }]);

    private static readonly Gen<Case> SomeCase = Gen.Select(SomePlace.Array[1, 12], SomeWaves, Gen.Int[1, 4], Gen.Bool).Select((places, waves, slots, nights) => new Case(places, waves, slots, nights));

    [Fact]
    public void A_rollout_without_faults_ends_when_it_was_foreseen_to() => SomeCase.Sample(
        one =>
        {
            var world = World(one);
            var foreseen = RolloutForecast.Of(Input(one, world), Start);
            world.RunUntil(Start + TimeSpan.FromDays(60), () => world.Record is { IsOver: true } or { Held: not null });
            var expected = foreseen.Waves.Select(w => $"{w.Name}: {w.Starts:O} {w.Ends:O}").Append($"ends {foreseen.Ends:O}");
            var actual = world.Record!.Waves.Select(w => $"{w.Name}: {w.Started:O} {w.Completed:O}").Append($"ends {world.Record.Ended:O}");
            if (!expected.SequenceEqual(actual))
                throw new InvalidOperationException($"foreseen\n{string.Join('\n', expected)}\nlived\n{string.Join('\n', actual)}");
            if (!world.Record.IsOver)
                return;
            var through = world.Members.Where(m => m.State == RolloutSiteState.Succeeded).Select(m => m.Since).Max();
            Assert.Equal(foreseen.Followers > 0 ? through : foreseen.Last, through);
            Assert.Equal(foreseen.Followers, world.Members.Count(m => m.State == RolloutSiteState.Deferred));
        },
        iter: 300);

    private static RolloutWorld World(Case one)
    {
        var world = new RolloutWorld(one.Terms, Start);
        for (var i = 0; i < one.Places.Length; i++)
        {
            var (place, simulated) = (one.Places[i], world.Add($"s{i:D2}"));
            simulated.Conducts["r2"] = new Conduct { Stage = TimeSpan.FromSeconds(place.Stage), Apply = TimeSpan.FromSeconds(place.Apply) };
            simulated.Calendar = one.Nights ? Nights : null;
            if (place.Back is not { } back)
                continue;
            simulated.GoAway();
            simulated.Facts = simulated.Facts with { LastSeen = Start - TimeSpan.FromHours(1) };
            world.At(Start + TimeSpan.FromMinutes(back), simulated.Return);
        }
        world.Revision = "r2";
        return world;
    }

    private static ForecastInput Input(Case one, RolloutWorld world)
    {
        var sites = world.Places.Select(p => new FleetSite
        {
            Name = p.Name,
            ExpectedAway = p.ExpectedAway,
            Facts = p.Facts,
            Calendar = p.Calendar,
            Release = RolloutWorld.Release(p.Name, "r2"),
        }).OrderBy(s => s.Name).ToList();
        var (record, members) = RolloutStart.Freeze("stores-1", RolloutWorld.Fleet, "r2", "r1", world.Strategy, one.Terms, sites, _ => new Dictionary<string, string>(), Start);
        return new ForecastInput
        {
            Record = record,
            Terms = one.Terms,
            Members = members,
            Sites = [.. sites.Select((s, i) => new ForecastSite
            {
                Site = s,
                Bytes = one.Places[i].Stage,
                BitsPerSecond = 8,
                Took = TimeSpan.FromSeconds(one.Places[i].Apply + 2),
                Back = one.Places[i].Back is { } back ? Start + TimeSpan.FromMinutes(back) : null,
            })],
        };
    }

    /// <param name="Stage">Seconds.</param>
    /// <param name="Apply">Seconds.</param>
    /// <param name="Back">When it is back, in minutes; null when it is there.</param>
    private sealed record Place(int Stage, int Apply, int? Back);

    private sealed record Case(Place[] Places, WaveTerms[] Waves, int Slots, bool Nights)
    {
        public RolloutTerms Terms => new() { Waves = Waves, MaxConcurrent = Share.Count(Slots) };

        public override string ToString() => $"nights {Nights}, slots {Slots}, {string.Join(", ", Places.Select(p => p.ToString()))}, {string.Join(", ", Waves.Select(w => w.ToString()))}";
    }
}
