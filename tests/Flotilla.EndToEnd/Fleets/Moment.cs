namespace Flotilla.EndToEnd.Fleets;

/// <summary>A moment in the work of a program: right after so many changes in its folder.</summary>
internal sealed class Moment : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private readonly FileSystemWatcher watcher;
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int wanted;
    private int seen;

    public Moment(string folder, int changes)
    {
        wanted = changes;
        watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
        watcher.Changed += Count;
        watcher.Created += Count;
        watcher.Renamed += Count;
        watcher.EnableRaisingEvents = true;
    }

    /// <summary>How many changes there were.</summary>
    public int Seen => Volatile.Read(ref seen);

    /// <summary>Waits for it; no longer than a while after the work was given, for it may be less.</summary>
    public async Task ReachAsync(Task given, CancellationToken cancellation)
    {
        await Task.WhenAny(reached.Task, given);
        try
        {
            await reached.Task.WaitAsync(Quiet, TimeProvider.System, cancellation);
        }
        catch (TimeoutException)
        {
            // Less was to do: any moment is as good.
        }
    }

    public void Dispose() => watcher.Dispose();

    private void Count(object sender, FileSystemEventArgs change)
    {
        if (Interlocked.Increment(ref seen) == wanted)
            reached.TrySetResult();
    }
}
