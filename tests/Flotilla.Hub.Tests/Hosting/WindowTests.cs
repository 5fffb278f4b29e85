using Flotilla.Api;

namespace Flotilla.Hub.Tests.Hosting;

public sealed class WindowTests
{
    private const string Zone = "{location: {timeZone: Europe/Berlin}}";

    [Fact]
    public async Task Windows_zone_and_freezes_reach_the_site_and_change_with_what_is_declared()
    {
        await using var ground = await HubGround.StartAsync();
        await ground.DeclareFleetAsync(extra: "windows: [night]");
        var site = await ground.EnrolAsync("s1", Zone);
        var missing = await site.HearAsync(s => s.Stage is not null);
        Assert.Null(missing.Permit);
        await ground.SeeConditionAsync("Fleet", "stores", "Stalled", Reasons.NoSuchWindow);
        await ground.SeeConditionAsync("Site", "s1", "UpToDate", Reasons.NoSuchWindow);

        await DeclareAsync(ground, "dates: [{from: 2020-01-01, to: 2020-01-02}]");
        var closed = await site.HearAsync(s => s.Windows.Count == 1);
        Assert.Equal(("Europe/Berlin", null), (closed.TimeZone, closed.Permit));
        await ground.SeeConditionAsync("Site", "s1", "UpToDate", Reasons.WindowClosed);

        await DeclareAsync(ground, "dates: [{from: 2020-01-01, to: 2090-01-01}]");
        var open = await site.HearAsync(s => s.Permit is not null);
        Assert.Equal("2090-01-01", open.Windows[0].Dates[0].To);

        await ground.DeclareFleetAsync(extra: "windows: [night]\n  freezes: [{from: \"2020-01-01T00:00:00Z\", to: \"2090-01-01T00:00:00Z\", reason: nothing moves}]");
        var frozen = await site.HearAsync(s => s.Freezes.Count == 1 && s.Permit is null);
        Assert.Equal("nothing moves", frozen.Freezes[0].Reason);
        await ground.SeeConditionAsync("Site", "s1", "UpToDate", Reasons.Frozen);
    }

    private static Task DeclareAsync(HubGround ground, string spec) => ground.ApplyAsync($$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: MaintenanceWindow
        metadata: {name: night, namespace: retail}
        spec:
          {{spec}}
        """);
}
