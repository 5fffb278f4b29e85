using CsCheck;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Tests.Fleets;

public sealed class FleetPropertyTests
{
    private static readonly Gen<(int Kind, int Site)> Event = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 11]);

    [Fact]
    public void There_are_never_more_permits_out_than_slots()
    {
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 5], Event.Array[0, 60]).Sample(run =>
        {
            var (count, limit, events) = run;
            var world = new FleetWorld(count, $"{limit}");
            var quiet = new HashSet<int>();
            foreach (var (kind, site) in events)
            {
                Happen(world, quiet, kind, site % count);
                world.Decide();
                if (world.PermitsOut > limit)
                    return false;
            }
            return true;
        });
    }

    [Fact]
    public void Deciding_again_changes_nothing()
    {
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 5], Event.Array[0, 40]).Sample(run =>
        {
            var (count, limit, events) = run;
            var world = new FleetWorld(count, $"{limit}");
            var quiet = new HashSet<int>();
            foreach (var (kind, site) in events)
            {
                Happen(world, quiet, kind, site % count);
                world.Decide();
                if (world.Decide() is { Count: > 0 } again)
                    throw new InvalidOperationException(again[0].ToString());
            }
            return true;
        });
    }

    [Fact]
    public void Sites_that_are_away_never_block_the_others()
    {
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 4], Gen.Int[0, 29].HashSet[0, 29]).Sample(run =>
        {
            var (count, limit, away) = run;
            var world = new FleetWorld(count, $"{limit}");
            world.Now += TimeSpan.FromHours(1);
            for (var round = 0; round <= count; round++)
            {
                world.Hear(except: away);
                world.Decide();
                for (var i = 0; i < count; i++)
                {
                    if (!away.Contains(i))
                        world.Succeed(i);
                }
            }
            world.Decide();
            return Enumerable.Range(0, count).All(i => world.Outlooks[i].Standing == (away.Contains(i) ? SiteStanding.Deferred : SiteStanding.Done));
        });
    }

    [Fact]
    public void Whatever_time_alone_changes_has_a_next_look()
    {
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 5], Event.Array[0, 40]).Sample(run =>
        {
            var (count, limit, events) = run;
            var world = new FleetWorld(count, $"{limit}");
            var quiet = new HashSet<int>();
            foreach (var (kind, site) in events)
                Happen(world, quiet, kind, site % count);
            world.Decide();
            // From look to look until nothing more is due: each must come later, and what lies between changes nothing.
            for (var looks = 0; world.Next is NextLook.After next; looks++)
            {
                if (next.Delay <= TimeSpan.Zero || looks > 4 * count + 4)
                    return false;
                var before = world.Outlooks;
                world.Now += next.Delay / 2;
                if (next.Delay > TimeSpan.FromMilliseconds(2) && (world.Decide().Count > 0 || !before.SequenceEqual(world.Outlooks)))
                    return false;
                world.Now += next.Delay - (next.Delay / 2);
                world.Decide();
            }
            return world.Outlooks.All(o => o.Standing is not (SiteStanding.Changing or SiteStanding.Silent));
        });
    }

    private static void Happen(FleetWorld world, HashSet<int> quiet, int kind, int site)
    {
        switch (kind)
        {
            case 0 or 1:
                world.Succeed(site);
                quiet.Remove(site);
                break;
            case 2:
                world.Fail(site);
                break;
            case 3:
                quiet.Add(site);
                break;
            case 4:
                world.Now += TimeSpan.FromMinutes(4);
                world.Hear(except: quiet);
                break;
            case 5:
                world.Revision = world.Revision == "r1" ? "r2" : "r1";
                break;
            case 6:
                world.Spec = world.Spec with { Paused = !world.Spec.Paused };
                break;
            default:
                world[site] = world[site] with { Paused = !world[site].Paused };
                break;
        }
    }
}
