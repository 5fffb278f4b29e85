using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Flotilla.ApiServer.Storage;

/// <summary>Why a watcher ended by itself.</summary>
internal enum WatchEnd
{
    /// <summary>It was so slow that changes it had not read yet were dropped from the history.</summary>
    TooSlow,

    /// <summary>Its virtual cluster was deleted, or the database was closed.</summary>
    Closed,
}

/// <summary>
/// A reader of the changes of a resource (or of one namespace or object of it), from a revision on: none is left out, none
/// comes twice. It buffers nothing: all watchers walk along the same history, and one that falls behind its end is cut.
/// For one consumer at a time; <see cref="Nudge"/> and <see cref="ReadRevision"/> may be used by any thread.
/// </summary>
internal sealed class Watcher : IAsyncDisposable, IValueTaskSource<bool>
{
    private readonly ResourceStore resource;
    private readonly WatchScope scope;
    private readonly long fromRevision;

    private ManualResetValueTaskSourceCore<bool> signal = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration cancellation;
    private int armed;

    // Where the consumer is. While the watcher waits, its position is "the end", whatever that is, and not kept here: it
    // would be dropped from the history though nothing that concerns the watcher happened.
    private volatile HistoryEntry position;
    private volatile int waitingPlace = -1;
    private volatile bool nudged;
    private volatile bool disposed;

    internal Watcher(ResourceStore resource, WatchScope scope, HistoryEntry position, long fromRevision)
    {
        this.resource = resource;
        this.scope = scope;
        this.position = position;
        this.fromRevision = fromRevision;
    }

    /// <summary>Set once no more changes will come.</summary>
    public WatchEnd? End { get; private set; }

    /// <summary>
    /// Every change up to this revision was handed out by <see cref="TryRead"/>; what a bookmark may say. Grows with the
    /// database even when nothing happens to the resource.
    /// </summary>
    public long ReadRevision
    {
        get
        {
            var now = resource.Database.Revision;
            lock (resource.Gate)
            {
                var here = position;
                return Math.Max(fromRevision, waitingPlace >= 0 || here.Later is null ? now : here.Revision);
            }
        }
    }

    internal int WaitingPlace
    {
        set => waitingPlace = value;
    }

    /// <summary>The next change, when there is one.</summary>
    public bool TryRead([NotNullWhen(true)] out Change? change)
    {
        change = null;
        StopWaiting();
        while (End is null && !disposed)
        {
            var next = position.Later;
            if (next is null)
                return false;
            change = next.Change;
            if (change is null)
            {
                End = next == HistoryEntry.End ? WatchEnd.Closed : WatchEnd.TooSlow;
                return false;
            }
            position = next;
            if (next.Revision > fromRevision && scope.Contains(change.Object.Key))
                return true;
        }
        change = null;
        return false;
    }

    /// <summary>
    /// Completes with true when <see cref="TryRead"/> should be tried (there may still be nothing), with false when the
    /// watcher has ended. Await each result before the next call.
    /// </summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (End is not null || disposed)
            return new(false);
        lock (resource.Gate)
        {
            if (nudged || position.Later is not null && waitingPlace < 0)
            {
                nudged = false;
                return new(true);
            }
            if (waitingPlace < 0)
                waitingPlace = scope.Add(this);
            signal.Reset();
            Volatile.Write(ref armed, 1);
        }
        cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((Watcher)state!).Cancel(token), this);
        return new(this, signal.Version);
    }

    /// <summary>All changes until the watcher ends.</summary>
    public async IAsyncEnumerable<Change> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            while (TryRead(out var change))
                yield return change;
        }
        while (await WaitAsync(cancellationToken));
    }

    /// <summary>Ends a wait early, as when a bookmark is due.</summary>
    public void Nudge()
    {
        lock (resource.Gate)
            nudged = Volatile.Read(ref armed) == 0;
        Signal();
    }

    public ValueTask DisposeAsync()
    {
        if (!disposed)
        {
            disposed = true;
            StopWaiting();
            resource.Leave(scope);
            Signal();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Called under the lock of the resource, by who takes it out of the waiting ones.</summary>
    internal void Resume(HistoryEntry at)
    {
        position = at;
        waitingPlace = -1;
    }

    internal void Signal()
    {
        if (Interlocked.Exchange(ref armed, 0) == 1)
            signal.SetResult(!disposed);
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref armed, 0) == 1)
            signal.SetException(new OperationCanceledException(cancellationToken));
    }

    private void StopWaiting()
    {
        if (waitingPlace < 0)
            return;
        lock (resource.Gate)
        {
            if (waitingPlace < 0)
                return;
            scope.Remove(waitingPlace);
            Resume(resource.Newest);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        cancellation.Dispose();
        cancellation = default;
        return signal.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => signal.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        signal.OnCompleted(continuation, state, token, flags);
}
