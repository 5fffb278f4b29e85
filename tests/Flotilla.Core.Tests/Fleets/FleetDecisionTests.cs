using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Core.Sites;

namespace Flotilla.Core.Tests.Fleets;

public sealed class FleetDecisionTests
{
    [Fact]
    public void A_change_goes_out_slot_by_slot()
    {
        var world = new FleetWorld(4, "2");
        var story = new List<string>();
        Tell(world, story, "the fleet begins");
        world.Succeed(0);
        Tell(world, story, "s0000 is through");
        world.Succeed(1);
        world.Succeed(2);
        Tell(world, story, "s0001 and s0002 are through");
        world.Succeed(3);
        Tell(world, story, "s0003 is through");
        world.Revision = "r2";
        Tell(world, story, "the stack changes");
        world.Fail(0);
        world.Fail(1);
        Tell(world, story, "both fail");
        world.Revision = "r1";
        Tell(world, story, "the stack goes back");

        Assert.Equal(
            """
            the fleet begins
              stage s0000 r1/s0000: the fleet's revision is its first
              stage s0001 r1/s0001: the fleet's revision is its first
              stage s0002 r1/s0002: the fleet's revision is its first
              stage s0003 r1/s0003: the fleet's revision is its first
              permit s0000: takes one of 2 slots
              permit s0001: takes one of 2 slots
              Ready=RollingOut Stalled=NotStalled
            s0000 is through
              permit s0002: takes one of 2 slots
              Ready=RollingOut Stalled=NotStalled
            s0001 and s0002 are through
              permit s0003: takes one of 2 slots
              Ready=RollingOut Stalled=NotStalled
            s0003 is through
              Ready=AllUpToDate Stalled=NotStalled
            the stack changes
              stage s0000 r2/s0000: the fleet is on another revision
              stage s0001 r2/s0001: the fleet is on another revision
              stage s0002 r2/s0002: the fleet is on another revision
              stage s0003 r2/s0003: the fleet is on another revision
              permit s0000: takes one of 2 slots
              permit s0001: takes one of 2 slots
              Ready=RollingOut Stalled=NotStalled
            both fail
              Ready=ChangeFailing Stalled=ChangeFailing
            the stack goes back
              stage s0000 r1/s0000: the fleet is on another revision
              stage s0001 r1/s0001: the fleet is on another revision
              stage s0002 r1/s0002: the fleet is on another revision
              stage s0003 r1/s0003: the fleet is on another revision
              permit s0000: takes one of 2 slots
              permit s0001: takes one of 2 slots
              Ready=RollingOut Stalled=NotStalled
            """, string.Join('\n', story), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Who_is_in_trouble_gets_the_next_change_first()
    {
        var world = new FleetWorld(5, "1");
        world.Decide();
        for (var i = 0; i < 5; i++)
        {
            world.Succeed(i);
            world.Decide();
        }
        world.Change(3, f => f with { Phase = SitePhase.Failed });
        world.Revision = "r2";

        var permit = Assert.Single(world.Decide().OfType<FleetAction.Permit>());

        Assert.Equal("s0003", permit.Site.Name);
    }

    [Fact]
    public void Who_is_away_is_staged_and_begins_when_it_is_heard_of()
    {
        var world = new FleetWorld(3, "1");
        world.Now += TimeSpan.FromHours(1);
        world.Hear(except: [0]);

        var first = world.Decide();
        world.Succeed(1);
        world.Decide();
        world.Succeed(2);
        world.Decide();
        var ready = Ready(world);
        world.Hear();
        var back = world.Decide();

        Assert.Equal(3, first.OfType<FleetAction.Stage>().Count());
        Assert.Equal("s0001", Assert.Single(first.OfType<FleetAction.Permit>()).Site.Name);
        Assert.Equal(Reasons.SitesAway, ready.Reason);
        Assert.Equal("s0000", Assert.Single(back.OfType<FleetAction.Permit>()).Site.Name);
    }

    [Fact]
    public void Who_falls_silent_after_its_permit_keeps_its_slot_and_fails_in_the_end()
    {
        var world = new FleetWorld(2, "1");
        world.Decide();
        world.Now += TimeSpan.FromMinutes(6);
        world.Hear(except: [0]);

        Assert.Empty(world.Decide());
        Assert.Equal((1, 0, 0), (world.Status!.Silent, world.Status.Failed, world.Status.Away));

        world.Now += TimeSpan.FromMinutes(30);
        world.Hear(except: [0]);
        Assert.Empty(world.Decide());
        Assert.Equal((0, 1), (world.Status!.Silent, world.Status.Failed));
        Assert.Equal(Reasons.ChangeFailing, world.Status.Conditions.Single(c => c.Type == "Stalled").Reason);

        world.Succeed(0);
        Assert.Equal("s0001", Assert.Single(world.Decide().OfType<FleetAction.Permit>()).Site.Name);
    }

    [Fact]
    public void A_change_that_does_not_get_through_counts_as_failed()
    {
        var world = new FleetWorld(1);
        world.Decide();
        world.Change(0, f => world.Take(f) with { Phase = SitePhase.Applying, Message = "0 of 3 are ready" });
        world.Decide();
        Assert.Equal(0, world.Status!.Failed);

        world.Now += TimeSpan.FromMinutes(31);
        world.Hear();
        world.Decide();

        Assert.Equal(1, world.Status.Failed);
        Assert.Contains("0 of 3 are ready", world.Status.Conditions.Single(c => c.Type == "Stalled").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_site_that_falls_ill_later_holds_no_slot()
    {
        var world = new FleetWorld(2, "1");
        world.Decide();
        world.Succeed(0);
        world.Change(0, f => f with { Healthy = false });
        Assert.Empty(world.Decide());
        world.Change(0, f => f with { Healthy = true });
        Assert.Equal("s0001", Assert.Single(world.Decide().OfType<FleetAction.Permit>()).Site.Name);

        world.Change(0, f => f with { Healthy = false, Phase = SitePhase.Applying });

        Assert.Empty(world.Decide());
        Assert.Equal(SiteStanding.Done, world.Outlooks[0].Standing);
    }

    [Fact]
    public void Going_back_takes_slots_where_the_change_had_begun()
    {
        var world = new FleetWorld(2, "2");
        world.Decide();
        world.Succeed(0);
        world.Succeed(1);
        world.Decide();
        world.Revision = "r2";
        world.Decide();
        world.Change(0, f => world.Take(f) with { Phase = SitePhase.Applying });
        world.Revision = "r1";
        world.Decide();
        world.Change(0, world.Take);
        world.Change(1, world.Take);
        world.Decide();

        Assert.Equal([SiteStanding.Changing, SiteStanding.Done], world.Outlooks.Select(o => o.Standing));
    }

    [Fact]
    public void A_paused_fleet_gives_nothing_and_holds_back_who_has_not_begun()
    {
        var world = new FleetWorld(3, "2");
        world.Decide();
        world.Change(0, f => world.Take(f) with { Phase = SitePhase.Applying });
        world.Spec = world.Spec with { Paused = true };
        world.Revision = "r1";

        var paused = world.Decide();
        Assert.Equal("s0001", Assert.Single(paused.OfType<FleetAction.Withdraw>()).Site.Name);
        Assert.Equal(["s0000", "s0002"], paused.OfType<FleetAction.Renew>().Select(a => a.Site.Name));
        Assert.Equal(Reasons.Paused, Ready(world).Reason);
        world.Revision = "r2";
        Assert.Empty(world.Decide());

        world.Spec = world.Spec with { Paused = false };
        Assert.Equal(3, world.Decide().OfType<FleetAction.Stage>().Count());
    }

    [Fact]
    public void A_paused_site_is_staged_only()
    {
        var world = new FleetWorld(2);
        world[0] = world[0] with { Paused = true };

        var actions = world.Decide();

        Assert.Equal(2, actions.OfType<FleetAction.Stage>().Count());
        Assert.Equal("s0001", Assert.Single(actions.OfType<FleetAction.Permit>()).Site.Name);
    }

    [Fact]
    public void Nothing_moves_where_two_fleets_meet()
    {
        var world = new FleetWorld(2);
        world[0] = world[0] with { OtherFleets = ["canaries"] };

        Assert.All(world.Decide(), a => Assert.Equal("s0001", a.Site.Name));
        Assert.Equal(SiteStanding.Overlapping, world.Outlooks[0].Standing);
        Assert.Contains("canaries and stores", world.Outlooks[0].Message, StringComparison.Ordinal);
        Assert.Equal(ConditionStatus.True, world.Status!.Conditions.Single(c => c.Type == "Overlapping").Status);
    }

    [Fact]
    public void A_site_that_comes_from_another_fleet_with_the_same_release_is_only_told_anew()
    {
        var world = new FleetWorld(1);
        world.Decide();
        world.Succeed(0);
        world.Change(0, f => f with { Fleet = "canaries" });

        Assert.Contains("moves from the fleet canaries", Assert.IsType<FleetAction.Renew>(Assert.Single(world.Decide())).Because, StringComparison.Ordinal);
        Assert.Empty(world.Decide());
    }

    [Fact]
    public void Parameters_that_do_not_fit_stop_their_site_alone()
    {
        var world = new FleetWorld(2);
        world[0] = world[0] with { Problem = new(Reasons.ParametersInvalid, "tills is no number: \"many\".", Stalled: true) };

        Assert.All(world.Decide(), a => Assert.Equal("s0001", a.Site.Name));
        Assert.Equal(Reasons.ParametersInvalid, world.Outlooks[0].Reason);
        Assert.Equal(Reasons.ParametersInvalid, Ready(world).Reason);
    }

    [Fact]
    public void A_stack_that_does_not_compile_leaves_everything_as_it_is()
    {
        var world = new FleetWorld(2);
        world.Decide();
        world.Succeed(0);
        world.Succeed(1);
        world.Decide();
        (world.Revision, world.Problem) = (null, new(Reasons.StackNotReady, "The stack s does not compile.", Stalled: true));

        Assert.Empty(world.Decide());
        Assert.Equal(Reasons.StackNotReady, Ready(world).Reason);
    }

    [Fact]
    public void A_permit_that_ran_out_is_given_again()
    {
        var world = new FleetWorld(1);
        world.Decide();
        world.Now += TimeSpan.FromHours(2);
        world.Hear();

        Assert.IsType<FleetAction.Permit>(Assert.Single(world.Decide()));
    }

    [Theory]
    [InlineData("3", 100, 3)]
    [InlineData("300", 100, 100)]
    [InlineData("0", 100, 1)]
    [InlineData("25%", 10, 2)]
    [InlineData("100%", 7, 7)]
    [InlineData("250%", 7, 7)]
    [InlineData("2.5%", 1000, 25)]
    public void A_limit_is_a_number_or_a_share_of_the_fleet(string declared, int sites, int expected) =>
        Assert.Equal(expected, Share.Parse(declared)!.Value.SlotsOf(sites));

    [Theory]
    [InlineData(null)]
    [InlineData("many")]
    [InlineData("-1")]
    public void What_is_no_limit_is_none(string? declared) => Assert.Null(Share.Parse(declared));

    private static Condition Ready(FleetWorld world) => world.Status!.Conditions.Single(c => c.Type == "Ready");

    private static void Tell(FleetWorld world, List<string> story, string what)
    {
        story.Add(what);
        story.AddRange(world.Decide().Select(a => "  " + a switch
        {
            FleetAction.Stage stage => $"stage {a.Site.Name} {stage.Release.Release}: {a.Because}",
            FleetAction.Permit => $"permit {a.Site.Name}: {a.Because}",
            FleetAction.Withdraw => $"withdraw {a.Site.Name}: {a.Because}",
            _ => $"renew {a.Site.Name}: {a.Because}",
        }));
        story.Add($"  Ready={Ready(world).Reason} Stalled={world.Status!.Conditions.Single(c => c.Type == "Stalled").Reason}");
    }
}
