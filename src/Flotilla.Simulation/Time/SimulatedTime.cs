namespace Flotilla.Simulation.Time;

/// <summary>
/// A clock that stands still while anything is done and jumps to the next timer when nothing is left to do, so that weeks pass in
/// seconds. "Nothing left" is when the thread pool has no work: everything that is simulated must therefore live in this process
/// and wait for nothing but this clock (transports in memory, stores in memory or written without waiting).
/// </summary>
/// <param name="start">The first instant.</param>
/// <param name="step">Timers that are due within this span of the first one fire together; longer is faster and less exact.</param>
public sealed class SimulatedTime(DateTimeOffset start, TimeSpan step = default) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<SimulatedTimer, (long Due, long Number)> timers = new();
    private long now = start.UtcTicks;
    private long number;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref now), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref now);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets a span pass.</summary>
    public Task PassAsync(TimeSpan span, CancellationToken cancellation) => RunUntilAsync(() => false, span, cancellation);

    /// <summary>
    /// Lets time pass until something holds, which is looked at whenever nothing is left to do, or until a span is over.
    /// </summary>
    /// <returns>Whether it holds.</returns>
    public Task<bool> RunUntilAsync(Func<bool> holds, TimeSpan most, CancellationToken cancellation) =>
        // A thread of its own: one of the pool would always look busy.
        Task.Factory.StartNew(() => Run(holds, most, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Lets time pass while some work waits for it, and ends with that.</summary>
    /// <exception cref="TimeoutException">The work was not done within a span.</exception>
    public async Task<T> DuringAsync<T>(Task<T> work, TimeSpan most, CancellationToken cancellation)
    {
        if (!await RunUntilAsync(() => work.IsCompleted, most, cancellation))
            throw new TimeoutException($"not done within {most} of simulated time");
        return await work;
    }

    /// <summary>Lets time pass while some work waits for it, and ends with that.</summary>
    /// <exception cref="TimeoutException">The work was not done within a span.</exception>
    public async Task DuringAsync(Task work, TimeSpan most, CancellationToken cancellation)
    {
        if (!await RunUntilAsync(() => work.IsCompleted, most, cancellation))
            throw new TimeoutException($"not done within {most} of simulated time");
        await work;
    }

    private bool Run(Func<bool> holds, TimeSpan most, CancellationToken cancellation)
    {
        var end = Volatile.Read(ref now) + most.Ticks;
        while (true)
        {
            Quiet.Wait(cancellation);
            if (holds())
                return true;
            if (!FireNext(end))
                return false;
        }
    }

    /// <summary>Moves on to the next timers and fires them; at the end of the span when there are none before.</summary>
    private bool FireNext(long end)
    {
        var due = new List<SimulatedTimer>();
        lock (gate)
        {
            if (!timers.TryPeek(out _, out var first) || first.Due > end)
            {
                now = Math.Max(now, end);
                return false;
            }
            var until = Math.Min(end, Math.Max(first.Due, now) + step.Ticks);
            now = Math.Max(now, until);
            while (timers.TryPeek(out var timer, out var key) && key.Due <= until)
            {
                timers.Dequeue();
                if (timer.Takes(key.Number))
                    due.Add(timer);
            }
        }
        foreach (var timer in due)
            timer.Fire();
        return true;
    }

    private sealed class SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private long wish;
        private TimeSpan repeat;

        /// <summary>Called under the lock: whether this is still what the timer waits for. Plans the next firing.</summary>
        public bool Takes(long key)
        {
            if (wish != key)
                return false;
            wish = 0;
            if (repeat > TimeSpan.Zero)
                Plan(repeat);
            return true;
        }

        public void Fire() => ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Call(), this, preferLocal: false);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                wish = 0;
                repeat = period;
                if (dueTime >= TimeSpan.Zero)
                    Plan(dueTime);
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Call() => callback(state);

        private void Plan(TimeSpan delay)
        {
            wish = ++time.number;
            time.timers.Enqueue(this, (time.now + delay.Ticks, wish));
        }
    }
}
