namespace Flotilla.Hub.Ledger;

/// <summary>Runs work on a database, each piece as one transaction that is durable when its task ends.</summary>
internal interface ILedgerDatabase : IAsyncDisposable
{
    /// <summary>Hears of what committed transactions changed, before their callers go on; true when another process did it.</summary>
    Action<LedgerChange, bool>? Changed { get; set; }

    /// <summary>Hears that changes of others may have been missed (true), or are heard again (false).</summary>
    Action<bool>? Deaf { get; set; }

    /// <summary>Runs work, again when the database asks for that: it must have no effect but by its session.</summary>
    Task<T> RunAsync<T>(Func<LedgerSession, CancellationToken, Task<T>> work, CancellationToken cancellation);
}
