using Flotilla.Core;
using Flotilla.Hub.Hosting;
using Flotilla.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Hub.Tests.Hosting;

public sealed class ReconcileLoopTests
{
    private readonly ManualTime time = new();
    private readonly SemaphoreSlim looked = new(0);
    private int looks;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(50, 100)]
    [InlineData(400, 800)]
    [InlineData(30_000, 1000)]
    public async Task A_key_that_is_added_during_a_look_rests_for_twice_its_length_and_a_second_at_most(int length, int rest)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        ReconcileLoop<string>? again = null;
        using var loop = again = Loop(Take, rests: true);
        var running = loop.RunAsync(stop.Token);
        loop.Add("fleet");
        await looked.WaitAsync(Cancelled);
        var ended = time.GetUtcNow();
        while (time.NextDue is null)
        {
            Cancelled.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Assert.Equal(ended + TimeSpan.FromMilliseconds(rest), time.NextDue);
        Assert.Equal(1, looks);
        time.Advance(TimeSpan.FromMilliseconds(rest));
        await looked.WaitAsync(Cancelled);
        Assert.Equal(2, looks);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        void Take(string key)
        {
            if (looks == 1)
                again!.Add(key);
            time.Advance(TimeSpan.FromMilliseconds(length));
        }
    }

    [Fact]
    public async Task A_key_that_rests_not_is_looked_at_again_at_once()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        ReconcileLoop<string>? again = null;
        using var loop = again = Loop(Take, rests: false);
        var running = loop.RunAsync(stop.Token);
        loop.Add("site");
        await looked.WaitAsync(Cancelled);
        await looked.WaitAsync(Cancelled);
        Assert.Null(time.NextDue);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        void Take(string key)
        {
            if (looks == 1)
                again!.Add(key);
            time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private ReconcileLoop<string> Loop(Action<string> look, bool rests) => new(
        "test", 1,
        (key, _) =>
        {
            looks++;
            look(key);
            looked.Release();
            return Task.FromResult<NextLook>(new NextLook.OnChange());
        },
        time, NullLogger.Instance, rests);
}
