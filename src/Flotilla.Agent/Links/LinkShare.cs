namespace Flotilla.Agent.Links;

/// <summary>
/// How exchanges share the line to the hub: what is wanted of the site and what the site tells go first; content takes the rest, and no
/// more of it than is declared.
/// </summary>
/// <param name="bitsPerSecond">The most that content may take; null for all that is left.</param>
public sealed class LinkShare(Func<long?> bitsPerSecond, TimeProvider time)
{
    /// <summary>An exchange that hangs must not stop content for good.</summary>
    private static readonly TimeSpan LongestYield = TimeSpan.FromSeconds(30);

    /// <summary>What may come at once after a quiet time.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private TaskCompletionSource? firstDone;
    private int first;
    private DateTimeOffset due = DateTimeOffset.MinValue;

    /// <summary>An exchange that goes first; until it is disposed.</summary>
    public IDisposable GoFirst()
    {
        lock (gate)
        {
            if (first++ == 0)
                firstDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return new Turn(this);
    }

    /// <summary>Waits until more content may be read after some came.</summary>
    public ValueTask YieldAsync(int bytes, CancellationToken cancellation)
    {
        Task? others;
        TimeSpan pause;
        lock (gate)
        {
            others = firstDone?.Task;
            pause = Pace(bytes);
        }
        return others is null && pause <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(WaitAsync(others, pause, cancellation));
    }

    private TimeSpan Pace(int bytes)
    {
        if (bitsPerSecond() is not (> 0 and var rate))
            return TimeSpan.Zero;
        var now = time.GetUtcNow();
        // A clock that was set meanwhile must not stop everything.
        if (due < now - Burst || due > now + TimeSpan.FromHours(1))
            due = now - Burst;
        due += TimeSpan.FromSeconds(bytes * 8.0 / rate);
        return due - now;
    }

    private async Task WaitAsync(Task? others, TimeSpan pause, CancellationToken cancellation)
    {
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, time, cancellation);
        if (others is null)
            return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(others, Task.Delay(LongestYield, time, stop.Token));
        await stop.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private void End()
    {
        TaskCompletionSource? done = null;
        lock (gate)
        {
            if (--first == 0)
                (done, firstDone) = (firstDone, null);
        }
        done?.TrySetResult();
    }

    private sealed class Turn(LinkShare share) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
                share.End();
        }
    }
}
