using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Flotilla.Hub.Ledger;

/// <summary>
/// A SQLite database of one process. A thread takes all work that waits into one transaction, so that any number of callers share
/// one sync of the disk; each piece has its own savepoint. In memory there is no thread: each caller does its work itself.
/// </summary>
internal sealed class SqliteDatabase : ILedgerDatabase
{
    private const int MostTogether = 512;
    private const int MostWaiting = 16_384;

    private readonly SqliteConnection connection;
    private readonly LedgerSession session;
    private readonly Channel<SqliteWork>? queue;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock oneAtATime = new();
    private bool closed;

    /// <param name="connection">Open and of the right schema.</param>
    /// <param name="inMemory">Whether nothing has to be waited for.</param>
    public SqliteDatabase(SqliteConnection connection, bool inMemory)
    {
        this.connection = connection;
        session = new LedgerSession(connection, locksRows: false);
        if (!inMemory)
            queue = Channel.CreateBounded<SqliteWork>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    }

    public Action<LedgerChange, bool>? Changed { get; set; }

    public Action<bool>? Deaf { get; set; }

    public void Start()
    {
        if (queue is null)
            stopped.SetResult();
        else
            new Thread(Run) { IsBackground = true, Name = "Flotilla ledger writer" }.Start();
    }

    public async Task<T> RunAsync<T>(Func<LedgerSession, CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var one = new SqliteWork<T>(work);
        if (queue is null)
        {
            lock (oneAtATime)
            {
                ObjectDisposedException.ThrowIf(closed, typeof(ILedger));
                DoTogether([one]);
            }
        }
        else
        {
            try
            {
                await queue.Writer.WriteAsync(one, cancellation);
            }
            catch (ChannelClosedException)
            {
                throw new ObjectDisposedException(nameof(ILedger));
            }
        }
        return await one.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        queue?.Writer.TryComplete();
        lock (oneAtATime)
            closed = true;
        await stopped.Task;
        session.Dispose();
        await connection.DisposeAsync();
    }

    private void Run()
    {
        var reader = queue!.Reader;
        var batch = new List<SqliteWork>();
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < MostTogether && reader.TryRead(out var work))
                batch.Add(work);
            DoTogether(batch);
            batch.Clear();
        }
        stopped.SetResult();
    }

    private void DoTogether(List<SqliteWork> batch)
    {
        batch.RemoveAll(work => !work.TryTake());
        if (batch.Count == 0)
            return;
        session.Changes.Clear();
        try
        {
            Execute("BEGIN IMMEDIATE");
            foreach (var work in batch)
                DoOne(work);
            Execute("COMMIT");
        }
        catch (SqliteException e)
        {
            TryRollBack();
            var why = new LedgerException($"{connection.DataSource} could not be written: {e.Message}. Nothing of it was stored; the hub tries again with the next request.", e);
            foreach (var work in batch)
                work.Fail(why);
            return;
        }
        foreach (var change in session.Changes)
            Changed?.Invoke(change, false);
        foreach (var work in batch)
            work.Complete();
    }

    private void DoOne(SqliteWork work)
    {
        var changes = session.Changes.Count;
        Execute("SAVEPOINT one");
        if (!work.Do(session))
        {
            session.Changes.RemoveRange(changes, session.Changes.Count - changes);
            Execute("ROLLBACK TO one");
        }
        Execute("RELEASE one");
    }

    private void TryRollBack()
    {
        // Some failures end the transaction by themselves.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            Execute("ROLLBACK");
    }

    private void Execute(string sql) => session.ExecuteAsync(sql, CancellationToken.None).GetAwaiter().GetResult();
}
