using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Storage;

internal enum WriteKind
{
    Create,
    Update,
    Delete,
}

/// <summary>Something that the writer is asked to do; its task completes once it is on disk and visible.</summary>
internal abstract class PendingWrite() : TaskCompletionSource<StoredObject?>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private int taken;

    /// <summary>The caller gives up. Without effect once the writer has begun.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryTake())
            TrySetCanceled(cancellationToken);
    }

    /// <summary>Whether the write is still wanted; from now on it cannot be cancelled.</summary>
    public bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;
}

internal sealed class ObjectWrite(ResourceStore resource, ObjectKey key, WriteKind kind, long expectedRevision) : PendingWrite
{
    public ResourceStore Resource => resource;

    public ObjectKey Key => key;

    /// <summary>The new state; null for a delete that leaves the last state as it was.</summary>
    public ObjectDraft? Draft { get; set; }

    /// <summary>What must be there, and stay, for the write to be done: judged by the writer, so nothing can come in between.</summary>
    public IReadOnlyList<WriteCondition> Conditions { get; init; } = [];

    /// <summary>What the write makes of the current state, or why it cannot.</summary>
    public StorageConflict? Check(StoredObject? current) => kind switch
    {
        WriteKind.Create => current is null ? null : StorageConflict.Exists,
        _ when current is null => StorageConflict.Missing,
        _ => current.Revision == expectedRevision ? null : StorageConflict.Changed,
    };

    public Change Apply(StoredObject? current, long revision) => kind switch
    {
        WriteKind.Create => new Change(ChangeType.Added, Draft!.Seal(key, revision, revision), null),
        WriteKind.Update => new Change(ChangeType.Modified, Draft!.Seal(key, revision, current!.CreatedRevision), current),
        _ => new Change(
            ChangeType.Deleted,
            Draft?.Seal(key, revision, current!.CreatedRevision) ?? current!.WithRevision(revision),
            current),
    };
}

/// <summary>An object that must exist and not be under deletion, as the namespace of what is created in it.</summary>
internal readonly record struct WriteCondition(ResourceStore Resource, ObjectKey Key)
{
    /// <summary>Whether the object, as it is when the write's turn comes, fulfils the condition.</summary>
    public static bool Holds(StoredObject? obj)
    {
        if (obj is null)
            return false;
        // Looking for the word in the bytes spares the parse; it may stand elsewhere, too.
        return obj.Json.Span.IndexOf("\"deletionTimestamp\""u8) < 0 || obj.Parse().Object("metadata").String("deletionTimestamp") is null;
    }
}

/// <summary>Removes a virtual cluster with all that is in it.</summary>
internal sealed class ClusterRemoval(ClusterStore cluster) : PendingWrite
{
    public ClusterStore Cluster => cluster;
}
