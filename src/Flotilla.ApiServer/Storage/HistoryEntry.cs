namespace Flotilla.ApiServer.Storage;

/// <summary>
/// A change in the chain of changes of one resource. Readers walk towards later entries without a lock; the chain is
/// changed under the lock of its resource.
/// </summary>
/// <remarks>
/// The chain begins with the entry that was dropped last: it has no change any more and marks the revision from which
/// changes are known. Entries before it lead to <see cref="Dropped"/>, so a reader that was overtaken learns of it and
/// keeps nothing alive.
/// </remarks>
internal sealed class HistoryEntry(long revision, Change? change)
{
    /// <summary>What follows an entry whose successor was dropped.</summary>
    public static readonly HistoryEntry Dropped = new(0, null);

    /// <summary>What follows the last entry of a resource that is gone.</summary>
    public static readonly HistoryEntry End = new(long.MaxValue, null);

    private volatile Change? change = change;
    private volatile HistoryEntry? later;

    public long Revision { get; } = revision;

    /// <summary>Null once it was dropped.</summary>
    public Change? Change
    {
        get => change;
        set => change = value;
    }

    public HistoryEntry? Later
    {
        get => later;
        set => later = value;
    }

    /// <summary>Only to be followed under the lock of the resource.</summary>
    public HistoryEntry? Earlier { get; set; }
}
