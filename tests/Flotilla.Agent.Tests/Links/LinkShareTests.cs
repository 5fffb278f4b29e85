using Flotilla.Agent.Links;
using Flotilla.Simulation.Time;

namespace Flotilla.Agent.Tests.Links;

public sealed class LinkShareTests
{
    private readonly SimulatedTime time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Content_keeps_to_its_rate_however_many_fetch_at_once(int atOnce)
    {
        var share = new LinkShare(() => 256_000, time);
        var begun = time.GetUtcNow();
        // 1.6 MB at 32,000 bytes a second.
        var fetching = Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            for (var left = 1_600_000 / atOnce; left > 0; left -= 16_000)
                await share.YieldAsync(16_000, Cancelled);
        }, Cancelled)));
        await time.DuringAsync(fetching, TimeSpan.FromMinutes(5), Cancelled);
        Assert.InRange(time.GetUtcNow() - begun, TimeSpan.FromSeconds(48), TimeSpan.FromSeconds(51));
    }

    [Fact]
    public async Task Without_a_rate_nothing_waits_unless_something_goes_first_and_not_for_ever_then()
    {
        var share = new LinkShare(() => null, time);
        Assert.True(share.YieldAsync(1_000_000, Cancelled).IsCompletedSuccessfully);
        var (one, two) = (share.GoFirst(), share.GoFirst());
        var waiting = share.YieldAsync(1, Cancelled).AsTask();
        one.Dispose();
        one.Dispose();
        await time.PassAsync(TimeSpan.FromSeconds(1), Cancelled);
        Assert.False(waiting.IsCompleted);
        two.Dispose();
        await waiting.WaitAsync(Cancelled);
        Assert.True(share.YieldAsync(1, Cancelled).IsCompletedSuccessfully);

        using var hangs = share.GoFirst();
        var begun = time.GetUtcNow();
        await time.DuringAsync(Task.Run(() => share.YieldAsync(1, Cancelled).AsTask(), Cancelled), TimeSpan.FromMinutes(1), Cancelled);
        Assert.Equal(TimeSpan.FromSeconds(30), time.GetUtcNow() - begun);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_stops_nothing()
    {
        var clock = new SetClock(time);
        var share = new LinkShare(() => 8_000, clock);
        await time.DuringAsync(Task.Run(() => share.YieldAsync(1_000, Cancelled).AsTask(), Cancelled), TimeSpan.FromMinutes(1), Cancelled);
        clock.By = TimeSpan.FromDays(-400);
        var begun = time.GetUtcNow();
        await time.DuringAsync(Task.Run(() => share.YieldAsync(1_000, Cancelled).AsTask(), Cancelled), TimeSpan.FromMinutes(1), Cancelled);
        Assert.InRange(time.GetUtcNow() - begun, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private sealed class SetClock(SimulatedTime time) : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + By;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
