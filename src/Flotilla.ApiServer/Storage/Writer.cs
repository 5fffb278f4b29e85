namespace Flotilla.ApiServer.Storage;

/// <summary>
/// What alone changes the database. With a file it is a thread that takes all writes that wait into one transaction, so
/// that any number of callers share one sync of the disk, then shows the changes to readers and watchers, then answers the
/// callers. Without a file there is nothing to wait for: each caller does its write itself, one at a time.
/// </summary>
/// <param name="database">Whose writer it is.</param>
/// <param name="file">Null for a database in memory.</param>
/// <param name="options">Bounds of history and queue.</param>
internal sealed class Writer(ObjectDatabase database, DatabaseFile? file, StorageOptions options)
{
    private readonly WriteQueue queue = new(options.PendingWrites);
    private readonly History history = new(options);
    private readonly List<(ObjectWrite Write, Change Change)> changes = [];
    private readonly List<(ObjectWrite Write, StorageConflictException Why)> refused = [];
    private readonly Dictionary<(ResourceStore, ObjectKey), StoredObject?> overlay = [];
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock oneAtATime = new();

    public void Start()
    {
        if (file is null)
            stopped.SetResult();
        else
            new Thread(Run) { IsBackground = true, Name = "Flotilla object writer" }.Start();
    }

    /// <summary>Completes once the write is on disk and visible, or failed.</summary>
    public async Task<StoredObject?> SubmitAsync(PendingWrite write, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DoAtOnce(write);
            return await write.Task;
        }
        await queue.WaitForRoomAsync(cancellationToken);
        queue.Add(write);
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingWrite)state!).Cancel(token), write);
        return await write.Task;
    }

    /// <summary>Does what waits, then ends.</summary>
    public Task StopAsync()
    {
        lock (oneAtATime)
            queue.Close();
        return stopped.Task;
    }

    private void Run()
    {
        var batch = new List<PendingWrite>();
        while (queue.Take(ref batch))
        {
            foreach (var write in batch)
                Do(write);
            Commit();
        }
        stopped.SetResult();
    }

    private void DoAtOnce(PendingWrite write)
    {
        lock (oneAtATime)
        {
            queue.ThrowIfClosed();
            Do(write);
            Commit();
        }
    }

    private void Do(PendingWrite write)
    {
        if (!write.TryTake())
            return;
        if (write is ObjectWrite one)
        {
            Prepare(one);
            return;
        }
        Commit();
        Remove((ClusterRemoval)write);
    }

    private void Prepare(ObjectWrite write)
    {
        if (write.Resource.Cluster.IsDeleted)
        {
            write.SetException(new StorageConflictException(StorageConflict.ClusterDeleted, write.Key, null));
            return;
        }
        var current = Current(write.Resource, write.Key, out var pending);
        var conflict = write.Check(current);
        foreach (var condition in write.Conditions)
        {
            if (WriteCondition.Holds(Current(condition.Resource, condition.Key, out var conditionPending)))
                continue;
            conflict = StorageConflict.ConditionFailed;
            pending |= conditionPending;
        }
        if (conflict is { } found)
        {
            var why = new StorageConflictException(found, write.Key, current);
            // A conflict with something that is not on disk yet must not become known before that is.
            if (pending)
                refused.Add((write, why));
            else
                write.SetException(why);
            return;
        }
        var change = write.Apply(current, database.Revision + changes.Count + 1);
        overlay[(write.Resource, write.Key)] = change.Type == ChangeType.Deleted ? null : change.Object;
        changes.Add((write, change));
    }

    /// <summary>An object as the writes before leave it.</summary>
    /// <param name="pending">Whether that is not on disk yet.</param>
    private StoredObject? Current(ResourceStore resource, ObjectKey key, out bool pending)
    {
        pending = overlay.TryGetValue((resource, key), out var current);
        return pending ? current : resource.Get(key);
    }

    private void Commit()
    {
        if (changes.Count == 0)
            return;
        try
        {
            file?.Write(changes);
        }
        catch (Exception e)
        {
            var failure = StorageFailureOf(e);
            foreach (var (write, _) in changes)
                write.SetException(failure);
            foreach (var (write, _) in refused)
                write.SetException(failure);
            Forget();
            return;
        }
        Publish();
        foreach (var (write, change) in changes)
            write.SetResult(change.Object);
        foreach (var (write, why) in refused)
            write.SetException(why);
        Forget();
        history.Trim();
    }

    private void Publish()
    {
        var woken = new List<Watcher>();
        database.Publish(changes[^1].Change.Revision, () =>
        {
            foreach (var (write, change) in changes)
            {
                write.Resource.Publish(change, woken);
                history.Add(write.Resource, change);
            }
        });
        ObjectDatabase.Wake(woken);
        if (database.Committed is { } listener)
        {
            foreach (var (write, change) in changes)
                listener(write.Resource, change);
        }
    }

    private void Remove(ClusterRemoval removal)
    {
        var cluster = removal.Cluster;
        if (cluster.IsDeleted)
        {
            removal.SetResult(null);
            return;
        }
        try
        {
            file?.Remove(cluster, database.Revision + 1);
        }
        catch (Exception e)
        {
            removal.SetException(StorageFailureOf(e));
            return;
        }
        var woken = new List<Watcher>();
        database.Publish(database.Revision + 1, () => database.Forget(cluster, woken));
        ObjectDatabase.Wake(woken);
        removal.SetResult(null);
    }

    private void Forget()
    {
        changes.Clear();
        refused.Clear();
        overlay.Clear();
    }

    private static StorageFailedException StorageFailureOf(Exception e) =>
        e as StorageFailedException ?? new StorageFailedException(StorageFailure.Io, $"the write failed: {e.Message}", e);
}
