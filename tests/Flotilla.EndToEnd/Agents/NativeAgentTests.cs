using Flotilla.Api.Sync;

namespace Flotilla.EndToEnd.Agents;

public sealed class NativeAgentTests
{
    private const long MostMemory = 40 * 1024;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_enrols_with_a_token_alone_applies_and_loses_and_doubles_nothing_when_it_is_killed()
    {
        await using var site = await AgentSite.StartAsync();
        await site.GreetAsync("hello");
        await site.BootAsync();
        await site.SeeGreetingAsync("hello");
        var chance = new Random(1);
        for (var i = 0; i < 6; i++)
        {
            await site.GreetAsync($"hello {i}");
            // Somewhere in the middle of it: what it does at that moment is another each time.
            var entries = (await site.HearAsync(e => e.Count > 0)).Count;
            await site.HearAsync(e => e.Count > entries + chance.Next(3));
            await site.KillAsync();
            await site.BootAsync();
            await site.SeeGreetingAsync($"hello {i}");
        }
        var told = await site.HearAsync(e => e.Count(x => x.Event == JournalEvent.ReleaseApplied) == e.Count(x => x.Event == JournalEvent.ReleaseBegun) && e.Count(x => x.Event == JournalEvent.ReleaseBegun) == 7);

        Assert.Equal(Enumerable.Range(1, told.Count), told.Select(e => (int)e.Number));
        Assert.Single(told, e => e.Event == JournalEvent.Enrolled);
        Assert.Equal(7, told.Count(e => e.Event == JournalEvent.AgentStarted));
        foreach (var what in new[] { JournalEvent.ReleaseStaged, JournalEvent.ReleaseBegun, JournalEvent.ReleaseApplied })
            Assert.Equal(7, told.Where(e => e.Event == what).Select(e => e.Release).Distinct().Count());
        Assert.Equal(7, told.Count(e => e.Event == JournalEvent.ReleaseStaged));
        Assert.Distinct(told.Where(e => e.Event == JournalEvent.DesiredStateTaken).Select(e => e.Message));
        Assert.InRange(site.Memory("VmRSS"), 1, MostMemory);
        site.Agent!.Terminate();
        Assert.Equal(0, await site.Agent.ExitAsync(Cancelled));
    }

    /// <summary>Minutes of real time: run by hand, or where numbers are gathered.</summary>
    [Theory(Explicit = true)]
    [InlineData("{}", 0, 1_000_000)]
    // Asks every minute here, to be measured in minutes; usually every hour, or a little more often: 48 times a day at most.
    [InlineData("{link: {metered: true, expectedAway: 2m}}", 48, 300_000)]
    public async Task At_rest_it_takes_little(string spec, int requestsADay, long mostBytesADay)
    {
        await using var site = await AgentSite.StartAsync(spec);
        await site.GreetAsync("hello");
        await site.BootAsync();
        await site.HearAsync(e => e.Any(x => x.Event == JournalEvent.ReleaseApplied));
        var minutes = int.Parse(Environment.GetEnvironmentVariable("FLOTILLA_REST_MINUTES") ?? "8", System.Globalization.CultureInfo.InvariantCulture);
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1));
        await timer.WaitForNextTickAsync(Cancelled);
        var (up, down, connections, worked, start) = (site.Proxy.Up, site.Proxy.Down, site.Proxy.Connections, site.Worked(), TimeProvider.System.GetTimestamp());
        for (var i = 0; i < minutes; i++)
            await timer.WaitForNextTickAsync(Cancelled);
        var days = TimeProvider.System.GetElapsedTime(start).TotalDays;
        var bytes = site.Proxy.Up - up + site.Proxy.Down - down;
        // Where it asks seldom, each request has a connection of its own.
        var aDay = requestsADay == 0 ? bytes / days : (double)bytes / (site.Proxy.Connections - connections) * requestsADay;
        var milliCores = (site.Worked() - worked).TotalDays / days * 1000;
        TestContext.Current.SendDiagnosticMessage(
            $"{spec}: {site.Memory("VmRSS")} KiB (anonymous {site.Memory("RssAnon")}, most {site.Memory("VmHWM")}), {milliCores:0.00} mCPU, {site.Proxy.Up - up} bytes up and {site.Proxy.Down - down} down in {minutes} min over {site.Proxy.Connections - connections} new connections: {aDay:0} a day");
        Assert.InRange(site.Memory("VmRSS"), 1, MostMemory);
        Assert.InRange(milliCores, 0, 3);
        Assert.InRange(aDay, 0, mostBytesADay);
    }
}
