using Flotilla.Api;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>A site keeps to its windows by its own clock, whatever it was permitted.</summary>
public sealed class WindowTests
{
    /// <summary>The ground begins on Thursday, 1 January 2026, at 00:00 UTC: 01:00 in Berlin.</summary>
    private static readonly MaintenanceWindowSpec Night = new() { Open = [new() { Days = ["Thu"], From = "03:00", To = "04:00" }] };

    [Fact]
    public async Task It_begins_by_itself_when_its_window_opens()
    {
        await using var ground = await AgentGround.StartAsync();
        var (hub, now) = (ground.Hub, ground.Time.GetUtcNow());
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release) with { Permit = new StartPermit(release.Release, now, now.AddDays(1)), Windows = [Night], TimeZone = "Europe/Berlin" });
        ground.Boot();
        await ground.UntilAsync(() => hub.Report is { Reason: Reasons.WindowClosed });
        Assert.Contains("2026-01-01 02:00:00Z", hub.Report!.Message, StringComparison.Ordinal);
        hub.Before = _ => throw new HttpRequestException("no route");
        await ground.Time.PassAsync(now.AddMinutes(119) - ground.Time.GetUtcNow(), TestContext.Current.CancellationToken);
        Assert.Null(ground.State.Record.Begun);

        await ground.Time.PassAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

        Assert.Equal(release, ground.State.Record.Begun);
    }

    [Fact]
    public async Task A_way_out_of_a_failure_does_not_wait_for_the_window()
    {
        await using var ground = await AgentGround.StartAsync();
        var (hub, now) = (ground.Hub, ground.Time.GetUtcNow());
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        var night = hub.State(1, release) with { Windows = [Night], TimeZone = "Europe/Berlin" };
        hub.Want(night);
        ground.Boot();
        await ground.UntilAsync(() => hub.Report is { Reason: Reasons.WindowClosed });

        hub.Want(night with { Sequence = 2, Permit = night.Permit! with { AnyTime = true } });

        await ground.UntilAppliedAsync(release.Release);
        Assert.True(ground.Time.GetUtcNow() < now.AddHours(2), "it waited for its window");
    }

    [Theory]
    [InlineData("Mars/Olympus_Mons", false, false, Reasons.TimeZoneUnknown)]
    [InlineData("UTC", true, false, Reasons.Blackout)]
    [InlineData("UTC", false, true, Reasons.Frozen)]
    public async Task It_does_not_begin_and_says_why(string zone, bool blackout, bool freeze, string reason)
    {
        await using var ground = await AgentGround.StartAsync();
        var (hub, now) = (ground.Hub, ground.Time.GetUtcNow());
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release) with
        {
            Permit = new StartPermit(release.Release, now, now.AddDays(1)),
            Windows = [new() { Blackouts = blackout ? [new() { From = "2026-01-01", To = "2026-01-01" }] : [] }],
            TimeZone = zone,
            Freezes = freeze ? [new() { From = now, To = now.AddDays(2) }] : [],
        });
        ground.Boot();

        await ground.UntilAsync(() => hub.Report?.Reason == reason);
        await ground.Time.PassAsync(TimeSpan.FromHours(2), TestContext.Current.CancellationToken);
        Assert.Null(ground.State.Record.Begun);

        hub.Want(hub.State(2, release));
        await ground.UntilAppliedAsync(release.Release);
        Assert.NotNull(ground.State.Record.Took);
    }
}
