using System.Collections.Concurrent;
using Flotilla.Api.Sites;

namespace Flotilla.Hub.Gateway;

/// <summary>
/// Held syncs, at most one for each site, and one timer for all of them: whoever comes later in the same second ends in the same tick.
/// </summary>
internal sealed class WaitingSites : IDisposable
{
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<SiteName, WaitingSite> waiting = new();
    private readonly SortedDictionary<long, HashSet<WaitingSite>> dueAt = [];
    private readonly Lock guard = new();
    private readonly ITimer timer;
    private bool stopped;

    public WaitingSites(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to listen for changes of a site: before it is looked at, so that nothing is missed. An earlier one of the site ends.</summary>
    public WaitingSite Add(SiteName site, TimeSpan longest)
    {
        var end = time.GetUtcNow() + longest;
        var waiter = new WaitingSite { Due = (long)Math.Ceiling(end.UtcTicks / (double)TimeSpan.TicksPerSecond) };
        WaitingSite? before = null;
        waiting.AddOrUpdate(site, waiter, (_, old) =>
        {
            before = old;
            return waiter;
        });
        before?.TrySetResult(WakeReason.Over);
        lock (guard)
        {
            if (stopped)
            {
                waiter.TrySetResult(WakeReason.Over);
                return waiter;
            }
            if (!dueAt.TryGetValue(waiter.Due, out var together))
                dueAt[waiter.Due] = together = [];
            together.Add(waiter);
            if (dueAt.First().Key == waiter.Due && together.Count == 1)
                Schedule();
        }
        return waiter;
    }

    public void Remove(SiteName site, WaitingSite waiter)
    {
        waiting.TryRemove(KeyValuePair.Create(site, waiter));
        lock (guard)
        {
            // An emptied second stays until its tick: a tick for nothing costs less than to set the timer again.
            if (dueAt.TryGetValue(waiter.Due, out var together))
                together.Remove(waiter);
        }
    }

    public void Wake(SiteName site)
    {
        if (waiting.TryGetValue(site, out var waiter))
            waiter.TrySetResult(WakeReason.Changed);
    }

    public void WakeAll()
    {
        foreach (var waiter in waiting.Values)
            waiter.TrySetResult(WakeReason.Changed);
    }

    /// <summary>Ends all, and whatever is added from now on.</summary>
    public void Stop()
    {
        lock (guard)
        {
            stopped = true;
            foreach (var together in dueAt.Values)
                End(together);
            dueAt.Clear();
        }
    }

    public void Dispose()
    {
        Stop();
        timer.Dispose();
    }

    private void Tick()
    {
        lock (guard)
        {
            var now = time.GetUtcNow().UtcTicks;
            while (dueAt.Count > 0 && dueAt.First() is var (second, together) && second * TimeSpan.TicksPerSecond <= now)
            {
                dueAt.Remove(second);
                End(together);
            }
            Schedule();
        }
    }

    private void Schedule()
    {
        if (dueAt.Count == 0)
            return;
        var pause = new DateTimeOffset(dueAt.First().Key * TimeSpan.TicksPerSecond, TimeSpan.Zero) - time.GetUtcNow();
        timer.Change(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private static void End(IEnumerable<WaitingSite> together)
    {
        foreach (var waiter in together)
            waiter.TrySetResult(WakeReason.Over);
    }
}
