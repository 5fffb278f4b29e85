namespace Flotilla.ApiServer.Storage;

/// <summary>Where writes wait for the writer: bounded, in order, taken out as many at a time as there are.</summary>
internal sealed class WriteQueue(int capacity)
{
    private readonly SemaphoreSlim room = new(capacity);
    private readonly object gate = new();
    private List<PendingWrite> waiting = [];
    private bool closed;

    /// <summary>Waits until one more write fits. Each permission must be followed by <see cref="Add"/>.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken) => room.WaitAsync(cancellationToken);

    /// <exception cref="StorageFailedException">The queue is closed.</exception>
    public void Add(PendingWrite write)
    {
        lock (gate)
        {
            if (!closed)
            {
                waiting.Add(write);
                if (waiting.Count == 1)
                    Monitor.Pulse(gate);
                return;
            }
        }
        room.Release();
        ThrowIfClosed();
    }

    /// <exception cref="StorageFailedException">The queue is closed.</exception>
    public void ThrowIfClosed()
    {
        lock (gate)
        {
            if (closed)
                throw new StorageFailedException(StorageFailure.Closed, "the database is closed");
        }
    }

    /// <summary>Blocks until there is something, then exchanges it for an empty list. False once closed and empty.</summary>
    public bool Take(ref List<PendingWrite> batch)
    {
        batch.Clear();
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (closed)
                    return false;
                Monitor.Wait(gate);
            }
            (batch, waiting) = (waiting, batch);
        }
        room.Release(batch.Count);
        return true;
    }

    /// <summary>Takes no more writes; those waiting are still done.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }
}
