namespace Flotilla.ApiServer.Storage;

/// <summary>Bounds of the storage; the defaults suit thousands of small virtual clusters in one process.</summary>
internal sealed record StorageOptions
{
    /// <summary>Most changes, over all clusters, that watches and older lists can go back.</summary>
    public int HistoryChanges { get; init; } = 100_000;

    /// <summary>Most bytes that superseded states may hold in memory.</summary>
    public long HistoryBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Writes that may wait for the disk; more wait for room.</summary>
    public int PendingWrites { get; init; } = 1024;

    /// <summary>Largest size of the database file in bytes (its write-ahead log aside); writes beyond fail. 0 for no bound.</summary>
    public long MaxFileBytes { get; init; }
}
