using System.Threading.Channels;
using Flotilla.Simulation.Time;

namespace Flotilla.Simulation.Tests.Time;

public sealed class SimulatedTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SimulatedTime time = new(Start);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Weeks_pass_as_fast_as_the_work_in_them_is_done()
    {
        var ticks = 0;
        var stop = new CancellationTokenSource();
        var loop = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time);
            while (await timer.WaitForNextTickAsync(stop.Token))
                ticks++;
        }, Cancelled);

        await time.PassAsync(TimeSpan.FromDays(21), Cancelled);

        Assert.Equal(21 * 24, ticks);
        Assert.Equal(Start.AddDays(21), time.GetUtcNow());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
    }

    [Fact]
    public async Task Time_stands_still_while_something_is_done()
    {
        var hops = 0;
        DateTimeOffset? done = null;
        var work = Task.Run(async () =>
        {
            await Task.Delay(TimeSpan.FromMinutes(1), time, Cancelled);
            // Many hops through the pool, with another timer waiting all the while.
            var channel = Channel.CreateBounded<int>(1);
            var reader = Task.Run(async () =>
            {
                await foreach (var _ in channel.Reader.ReadAllAsync(Cancelled))
                    hops++;
            }, Cancelled);
            for (var i = 0; i < 20_000; i++)
                await channel.Writer.WriteAsync(i, Cancelled);
            channel.Writer.Complete();
            await reader;
            done = time.GetUtcNow();
        }, Cancelled);
        var other = Task.Delay(TimeSpan.FromMinutes(1) + TimeSpan.FromMilliseconds(1), time, Cancelled);

        await time.PassAsync(TimeSpan.FromHours(1), Cancelled);

        await Task.WhenAll(work, other);
        Assert.Equal(20_000, hops);
        Assert.Equal(Start.AddMinutes(1), done);
    }

    [Fact]
    public async Task It_ends_when_what_is_waited_for_holds()
    {
        var value = 0;
        using var timer = time.CreateTimer(_ => value++, null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));

        Assert.True(await time.RunUntilAsync(() => value == 3, TimeSpan.FromDays(1), Cancelled));
        Assert.Equal(Start.AddSeconds(30), time.GetUtcNow());
        Assert.False(await time.RunUntilAsync(() => value == 1000, TimeSpan.FromMinutes(1), Cancelled));
        Assert.Equal(Start.AddSeconds(90), time.GetUtcNow());
    }

    [Fact]
    public async Task A_timer_that_was_changed_or_disposed_does_not_fire_for_its_old_time()
    {
        var fired = new List<DateTimeOffset>();
        var changed = time.CreateTimer(_ => fired.Add(time.GetUtcNow()), null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        changed.Change(TimeSpan.FromSeconds(20), Timeout.InfiniteTimeSpan);
        var disposed = time.CreateTimer(_ => fired.Add(default), null, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1));
        await disposed.DisposeAsync();

        await time.PassAsync(TimeSpan.FromMinutes(1), Cancelled);

        Assert.Equal([Start.AddSeconds(20)], fired);
        await changed.DisposeAsync();
    }
}
