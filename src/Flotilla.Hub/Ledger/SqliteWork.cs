namespace Flotilla.Hub.Ledger;

/// <summary>A piece of work that waits for the thread of a SQLite ledger.</summary>
internal abstract class SqliteWork
{
    private int taken;

    /// <summary>Whether its transaction left nothing behind.</summary>
    public bool Refused { get; protected set; }

    /// <summary>From now on it is done, whoever cancels.</summary>
    public bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;

    /// <summary>Does it; what goes wrong is kept for the caller.</summary>
    /// <returns>False when it failed, and what it wrote must be undone.</returns>
    public abstract bool Do(LedgerSession session);

    /// <summary>Its transaction is on disk.</summary>
    public abstract void Complete();

    /// <summary>Its transaction failed.</summary>
    public abstract void Fail(Exception why);
}

internal sealed class SqliteWork<T>(Func<LedgerSession, CancellationToken, Task<T>> work) : SqliteWork
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;
    private Exception? failure;

    public async Task<T> WaitAsync(CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(
            static (state, token) =>
            {
                var work = (SqliteWork<T>)state!;
                if (work.TryTake())
                    work.done.TrySetCanceled(token);
            },
            this);
        return await done.Task;
    }

    public override bool Do(LedgerSession session)
    {
        session.Refused = false;
        try
        {
            // SQLite's commands end before they return: nothing waits here.
            result = work(session, CancellationToken.None).GetAwaiter().GetResult();
            Refused = session.Refused;
            return !Refused;
        }
        catch (Exception e)
        {
            failure = e;
            return false;
        }
    }

    public override void Complete()
    {
        if (failure is null)
            done.TrySetResult(result!);
        else
            Fail(failure);
    }

    public override void Fail(Exception why) =>
        done.TrySetException(why as LedgerException ?? new LedgerException($"the ledger could not do its work: {why.Message}", why));
}
