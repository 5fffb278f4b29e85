using Flotilla.Kubernetes.Work;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Work;

public sealed class WorkQueueTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly WorkQueue<string> queue;

    public WorkQueueTests() => queue = new WorkQueue<string>(time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => queue.Dispose();

    [Fact]
    public void A_key_that_is_added_twice_is_there_once()
    {
        queue.Add("a");
        queue.Add("b");
        queue.Add("a");
        Assert.Equal(2, queue.Pending);
        Assert.Equal(["a", "b"], TakeAll());
    }

    [Fact]
    public async Task A_key_that_is_added_while_it_is_worked_on_comes_again_and_never_twice_at_a_time()
    {
        queue.Add("a");
        Assert.Equal("a", await queue.NextAsync(Cancel));
        queue.Add("a");
        queue.Add("a");
        var next = queue.NextAsync(Cancel);
        Assert.False(next.IsCompleted);
        queue.Done("a");
        Assert.Equal("a", await next);
        queue.Done("a");
        Assert.Empty(TakeAll());
    }

    [Fact]
    public async Task Who_waits_gets_the_next_key()
    {
        var first = queue.NextAsync(Cancel);
        var second = queue.NextAsync(Cancel);
        queue.Add("a");
        queue.Add("b");
        string[] got = [await first, await second];
        Assert.Equal(["a", "b"], got.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_key_away()
    {
        using var patience = new CancellationTokenSource();
        var waiting = queue.NextAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        queue.Add("a");
        Assert.Equal(["a"], TakeAll());
    }

    [Fact]
    public void A_delayed_key_comes_when_it_is_due()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(TakeAll());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], TakeAll());
        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(TakeAll());
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    public void Of_two_delays_the_last_counts(int first, int second)
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(first));
        queue.AddAfter("a", TimeSpan.FromSeconds(second));
        Assert.Equal(1, time.Waiting);
        time.Advance(TimeSpan.FromSeconds(second) - TimeSpan.FromTicks(1));
        Assert.Empty(TakeAll());
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["a"], TakeAll());
    }

    [Fact]
    public void Without_a_delay_it_comes_at_once()
    {
        queue.AddAfter("a", TimeSpan.Zero);
        Assert.Equal(["a"], TakeAll());
    }

    [Fact]
    public void A_delay_and_an_event_are_two_looks()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(5));
        queue.Add("a");
        Assert.Equal(["a"], TakeAll());
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["a"], TakeAll());
    }

    [Fact]
    public void Each_failure_waits_twice_as_long_up_to_five_minutes()
    {
        var waits = new List<double>();
        for (var i = 0; i < 17; i++)
        {
            queue.AddAfterFailure("a");
            var waited = TimeSpan.Zero;
            while (TakeAll().Count == 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                waited += TimeSpan.FromMilliseconds(10);
            }
            waits.Add(waited.TotalSeconds);
        }
        Assert.Equal([0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 300, 300, 300], waits);
    }

    [Fact]
    public void A_success_forgets_the_failures()
    {
        queue.AddAfterFailure("a");
        queue.AddAfterFailure("a");
        queue.Succeeded("a");
        queue.AddAfterFailure("a");
        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(["a"], TakeAll());
    }

    [Fact]
    public void A_disposed_queue_takes_nothing_and_leaves_no_timer()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(1));
        queue.Dispose();
        queue.Add("b");
        queue.AddAfter("c", TimeSpan.FromSeconds(1));
        queue.AddAfterFailure("d");
        Assert.Equal((0, 0), (queue.Pending, time.Waiting));
    }

    [Fact]
    public async Task Work_that_ends_after_the_queue_was_disposed_is_no_failure()
    {
        queue.Add("a");
        await queue.NextAsync(Cancel);
        queue.Add("a");
        queue.Dispose();
        queue.Done("a");
    }

    [Fact]
    public async Task Many_producers_and_workers_lose_no_key_and_never_share_one()
    {
        const int Keys = 50;
        const int Rounds = 200;
        var wanted = new int[Keys];
        var seen = new int[Keys];
        var working = new int[Keys];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var numbers = new WorkQueue<int>(time);
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var key = await numbers.NextAsync(stop.Token);
                Assert.Equal(1, Interlocked.Increment(ref working[key]));
                Volatile.Write(ref seen[key], Volatile.Read(ref wanted[key]));
                Interlocked.Decrement(ref working[key]);
                numbers.Done(key);
                if (numbers.Pending == 0 && Enumerable.Range(0, Keys).All(k => Volatile.Read(ref seen[k]) == Rounds))
                    await stop.CancelAsync();
            }
        }, Cancel)).ToList();
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => Task.Run(() =>
        {
            for (var i = 1; i <= Rounds; i++)
            {
                Volatile.Write(ref wanted[key], i);
                numbers.Add(key);
            }
        }, Cancel)));
        numbers.Add(0);
        foreach (var worker in workers)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.All(seen, count => Assert.Equal(Rounds, count));
    }

    private List<string> TakeAll()
    {
        var keys = new List<string>();
        while (queue.Pending > 0)
        {
            var next = queue.NextAsync(Cancel);
            Assert.True(next.IsCompletedSuccessfully);
            keys.Add(next.Result);
            queue.Done(next.Result);
        }
        return keys;
    }
}
