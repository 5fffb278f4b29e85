namespace Flotilla.Kubernetes.Work;

/// <summary>
/// Keys that want a look, each at most once at a time: a key that is added while it is worked on comes again afterwards.
/// Holds as many keys as there are things to look at, never one per event.
/// </summary>
/// <param name="time">For delays.</param>
public sealed class WorkQueue<TKey>(TimeProvider time) : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Queue<TKey> ready = new();
    private readonly HashSet<TKey> queued = [];
    private readonly HashSet<TKey> working = [];
    private readonly Dictionary<TKey, Wish> delayed = [];
    private readonly Dictionary<TKey, int> failures = [];
    private readonly SemaphoreSlim available = new(0);
    private long wishes;
    private bool disposed;

    /// <summary>Keys that are ready or being worked on (not the delayed ones).</summary>
    public int Pending
    {
        get
        {
            lock (gate)
                return queued.Count + working.Count;
        }
    }

    /// <summary>Asks for a look now.</summary>
    public void Add(TKey key)
    {
        lock (gate)
        {
            if (disposed || !queued.Add(key))
                return;
            if (working.Contains(key))
                return;
            MakeReady(key);
        }
    }

    /// <summary>Asks for a look after a while; of several wishes the last one counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }
        lock (gate)
        {
            if (disposed)
                return;
            if (delayed.Remove(key, out var before))
                before.Timer.Dispose();
            // A timer that fires while it is replaced must not take the new one for its own, hence the number.
            var number = ++wishes;
            delayed[key] = new Wish(number, time.CreateTimer(_ => Due(key, number), null, delay, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>Asks for another look after a failure, later each time.</summary>
    public void AddAfterFailure(TKey key)
    {
        TimeSpan delay;
        lock (gate)
        {
            var count = failures.GetValueOrDefault(key);
            failures[key] = count + 1;
            delay = count >= 14 ? LongestRetry : FirstRetry * Math.Pow(2, count);
        }
        AddAfter(key, delay < LongestRetry ? delay : LongestRetry);
    }

    /// <summary>Forgets the failures of a key.</summary>
    public void Succeeded(TKey key)
    {
        lock (gate)
            failures.Remove(key);
    }

    /// <summary>The next key; call <see cref="Done"/> when it was looked at.</summary>
    public async Task<TKey> NextAsync(CancellationToken cancellation)
    {
        await available.WaitAsync(cancellation);
        lock (gate)
        {
            var key = ready.Dequeue();
            queued.Remove(key);
            working.Add(key);
            return key;
        }
    }

    /// <summary>Ends the work on a key; it comes again when it was added meanwhile.</summary>
    public void Done(TKey key)
    {
        lock (gate)
        {
            working.Remove(key);
            if (queued.Contains(key) && !disposed)
                MakeReady(key);
        }
    }

    /// <summary>Stops all delays; nothing more is taken.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (var wish in delayed.Values)
                wish.Timer.Dispose();
            delayed.Clear();
            available.Dispose();
        }
    }

    /// <summary>Called under the lock: a disposed semaphore must not be released.</summary>
    private void MakeReady(TKey key)
    {
        ready.Enqueue(key);
        available.Release();
    }

    private void Due(TKey key, long number)
    {
        lock (gate)
        {
            if (!delayed.TryGetValue(key, out var wish) || wish.Number != number)
                return;
            delayed.Remove(key);
            wish.Timer.Dispose();
        }
        Add(key);
    }

    private readonly record struct Wish(long Number, ITimer Timer);
}
