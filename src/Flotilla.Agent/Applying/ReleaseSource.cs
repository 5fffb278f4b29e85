namespace Flotilla.Agent.Applying;

/// <summary>The release that a site shall be; only the newest counts.</summary>
public sealed class ReleaseSource
{
    private readonly Lock gate = new();
    private LoadedRelease? current;
    private TaskCompletionSource changed = Fresh();

    /// <summary>The release to work towards; null while there is none, which deletes nothing.</summary>
    public LoadedRelease? Current
    {
        get
        {
            lock (gate)
                return current;
        }
    }

    /// <summary>From now on this release.</summary>
    public void Set(LoadedRelease? release)
    {
        TaskCompletionSource before;
        lock (gate)
        {
            current = release;
            (before, changed) = (changed, Fresh());
        }
        before.TrySetResult();
    }

    /// <summary>Waits until the release is another one than that which was seen.</summary>
    internal async Task<LoadedRelease?> OtherThanAsync(LoadedRelease? seen, CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (!ReferenceEquals(current, seen))
                    return current;
                next = changed.Task;
            }
            await next.WaitAsync(cancellation);
        }
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
