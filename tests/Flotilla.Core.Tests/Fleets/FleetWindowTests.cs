using Flotilla.Api;
using Flotilla.Core.Fleets;
using Flotilla.Core.Sites;
using Flotilla.Core.Windows;

namespace Flotilla.Core.Tests.Fleets;

public sealed class FleetWindowTests
{
    /// <summary>The world begins on a Sunday at 12:00.</summary>
    private static MaintenanceCalendar Sundays(string from, string to) =>
        MaintenanceCalendar.Make([new() { Open = [new() { Days = ["Sun"], From = from, To = to }] }], null, [], _ => null);

    [Fact]
    public void Who_is_outside_its_window_is_staged_and_holds_no_slot()
    {
        var world = new FleetWorld(2, "1");
        world[0] = world[0] with { Calendar = Sundays("13:00", "13:30") };

        var first = world.Decide();

        Assert.Equal(2, first.OfType<FleetAction.Stage>().Count());
        Assert.Equal("s0001", Assert.Single(first.OfType<FleetAction.Permit>()).Site.Name);
        Assert.Equal((SiteStanding.Waiting, Reasons.WindowClosed), (world.Outlooks[0].Standing, world.Outlooks[0].Reason));
        world.Succeed(1);
        Assert.Empty(world.Decide());
        Assert.Equal(Reasons.WindowClosed, world.Status!.Conditions.Single(c => c.Type == "Ready").Reason);

        world[1] = world[1] with { Facts = world[1].Facts! with { LastSeen = world.Now.AddHours(1) } };
        world.Change(0, f => f with { LastSeen = world.Now.AddHours(1) });
        Assert.Equal(TimeSpan.FromHours(1), Assert.IsType<NextLook.After>(Decide(world)).Delay);
        world.Now += TimeSpan.FromHours(1);
        var permit = Assert.Single(world.Decide().OfType<FleetAction.Permit>());
        Assert.Equal(("s0000", world.Now, world.Now.AddMinutes(30)), (permit.Site.Name, permit.Leave.NotBefore, permit.Leave.NotAfter));
    }

    [Fact]
    public void A_permit_that_was_not_begun_in_its_window_gives_its_slot_back()
    {
        var world = new FleetWorld(2, "1");
        world[0] = world[0] with { Calendar = Sundays("12:00", "12:30") };
        Assert.Equal("s0000", Assert.Single(world.Decide().OfType<FleetAction.Permit>()).Site.Name);

        world.Now += TimeSpan.FromMinutes(30);
        world.Hear();

        Assert.Equal("s0001", Assert.Single(world.Decide().OfType<FleetAction.Permit>()).Site.Name);
        Assert.Equal(Reasons.WindowClosed, world.Outlooks[0].Reason);
    }

    [Fact]
    public void A_window_that_is_taken_away_takes_back_what_has_not_begun()
    {
        var world = new FleetWorld(2, "2");
        world.Decide();
        world.Change(1, f => world.Take(f) with { Phase = Flotilla.Api.Sync.SitePhase.Applying });
        var gone = MaintenanceCalendar.Closed(Reasons.NoSuchWindow, "There is no MaintenanceWindow night.");
        (world[0], world[1]) = (world[0] with { Calendar = gone }, world[1] with { Calendar = gone });

        Assert.Equal("s0000", Assert.IsType<FleetAction.Withdraw>(Assert.Single(world.Decide())).Site.Name);
        Assert.Equal([SiteStanding.Waiting, SiteStanding.Changing], world.Outlooks.Select(o => o.Standing));
        Assert.Empty(world.Decide());
    }

    private static NextLook Decide(FleetWorld world)
    {
        world.Decide();
        return world.Next;
    }
}
