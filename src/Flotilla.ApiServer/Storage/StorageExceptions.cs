namespace Flotilla.ApiServer.Storage;

/// <summary>Why a write does not fit what is stored.</summary>
internal enum StorageConflict
{
    /// <summary>A create, but there is one.</summary>
    Exists,

    /// <summary>The object is at another revision than the caller thought.</summary>
    Changed,

    /// <summary>There is no such object.</summary>
    Missing,

    /// <summary>Something that the write needs, as the namespace of a new object, has gone or is going.</summary>
    ConditionFailed,

    /// <summary>The whole virtual cluster was deleted.</summary>
    ClusterDeleted,
}

/// <summary>A write was refused because something else is stored than its caller thought.</summary>
internal sealed class StorageConflictException(StorageConflict conflict, ObjectKey key, StoredObject? current)
    : Exception($"{key}: {conflict}")
{
    public StorageConflict Conflict { get; } = conflict;

    /// <summary>What is stored instead, so that a caller can try again without a read.</summary>
    public StoredObject? Current { get; } = current;
}

/// <summary>The changes since a revision, or the state at it, are no longer known.</summary>
internal sealed class RevisionExpiredException(long requested, long oldest)
    : Exception($"revision {requested} is too old: changes are known from {oldest} on")
{
    public long Requested { get; } = requested;

    /// <summary>The oldest revision from which all changes are known.</summary>
    public long Oldest { get; } = oldest;
}

/// <summary>Why a write could not be made durable.</summary>
internal enum StorageFailure
{
    /// <summary>No space is left on the disk, or the file has reached its largest size.</summary>
    NoSpace,

    /// <summary>Reading or writing failed.</summary>
    Io,

    /// <summary>The database is being closed.</summary>
    Closed,
}

/// <summary>A write failed and left no trace. Reads go on; later writes are tried anew.</summary>
internal sealed class StorageFailedException(StorageFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageFailure Failure { get; } = failure;
}

/// <summary>The database cannot be opened; the message names the file and says what to do. The file is as it was.</summary>
internal sealed class StorageOpenException(string message, Exception? inner = null) : IOException(message, inner);
