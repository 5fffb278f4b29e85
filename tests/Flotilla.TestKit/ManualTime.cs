namespace Flotilla.TestKit;

/// <summary>A clock that moves only when a test moves it; timers that become due run on the caller, in order.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many timers wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return timers.Count;
        }
    }

    /// <summary>When the next timer becomes due; null when none waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (gate)
                return timers.Count == 0 ? null : timers.Min(t => t.Due);
        }
    }

    /// <summary>Moves on once somebody waits for a time within the span: until then, whoever is to wait is still at work.</summary>
    public async Task AdvanceOnceDueAsync(TimeSpan span, CancellationToken cancellation)
    {
        while (NextDue is not { } due || due > GetUtcNow() + span)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Advance(span);
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, stopping at each timer on the way.</summary>
    public void Advance(TimeSpan span)
    {
        var end = GetUtcNow() + span;
        while (Next(end) is { } due)
            due.Run();
    }

    /// <summary>The next timer up to an end, with the clock at its time; null, with the clock at the end, when there is none.</summary>
    private ManualTimer? Next(DateTimeOffset end)
    {
        lock (gate)
        {
            var due = timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            now = due is null || due.Due < now ? due is null ? end : now : due.Due;
            due?.Reschedule(timers);
            return due;
        }
    }

    private sealed class ManualTimer(ManualTime time, Action run) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset Due { get; private set; }

        public void Run() => run();

        public void Reschedule(List<ManualTimer> waiting)
        {
            if (period > TimeSpan.Zero)
                Due += period;
            else
                waiting.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                period = newPeriod;
                if (dueTime < TimeSpan.Zero)
                    return true;
                Due = time.now + dueTime;
                time.timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.gate)
                time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
