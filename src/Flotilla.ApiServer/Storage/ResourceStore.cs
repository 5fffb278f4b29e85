using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Storage;

/// <summary>
/// The objects of one resource of one virtual cluster. Reads come from memory, show only what is on disk, and never wait
/// for a write.
/// </summary>
internal sealed class ResourceStore
{
    private volatile ObjectSet objects = ObjectSet.Empty;
    private HistoryEntry oldest;
    private HistoryEntry newest;
    private WatchScopes? watchers;
    private OlderSet? lastOlder;

    internal ResourceStore(ClusterStore cluster, string name, long revision)
    {
        Cluster = cluster;
        Name = name;
        oldest = newest = new HistoryEntry(revision, null);
    }

    public ClusterStore Cluster { get; }

    /// <summary>As <c>deployments.apps</c>, or <c>pods</c> in the core group.</summary>
    public string Name { get; }

    public int Count => objects.Count;

    /// <summary>The revision of the newest change of the resource; 0 before the first.</summary>
    public long LastChange => objects.Revision;

    /// <summary>The oldest revision from which a watch or a list can still be served.</summary>
    public long OldestRevision
    {
        get
        {
            lock (Gate)
                return oldest.Revision;
        }
    }

    internal ObjectDatabase Database => Cluster.Database;

    internal Lock Gate { get; } = new();

    internal HistoryEntry Newest => newest;

    /// <summary>Its number in the file; 0 while it has none. Used by the writer alone.</summary>
    internal long RowId { get; set; }

    public StoredObject? Get(ObjectKey key) => objects.Find(key);

    /// <summary>Lists a consistent state in order of the keys.</summary>
    /// <param name="ns">Null or empty for all namespaces.</param>
    /// <param name="after">The last key of the page before.</param>
    /// <param name="limit">Most items; 0 for all.</param>
    /// <param name="atRevision">The state at an older revision; null for now.</param>
    /// <param name="filter">Leaves out what it answers false to; null takes all.</param>
    /// <exception cref="RevisionExpiredException">The state at the revision is no longer known.</exception>
    public ListResult List(string? ns, ObjectKey? after, int limit, long? atRevision, Func<StoredObject, bool>? filter)
    {
        var (set, revision) = atRevision is { } older ? (SetAt(older), older) : Current();
        var cursor = set.From(ns, after);
        var items = new List<StoredObject>(filter is null ? Math.Min(limit > 0 ? limit : int.MaxValue, cursor.Remaining) : 0);
        while ((limit <= 0 || items.Count < limit) && cursor.TryRead(out var obj))
        {
            if (filter is null || filter(obj))
                items.Add(obj);
        }
        var remaining = cursor.Remaining;
        return new ListResult(items, revision, remaining > 0, filter is null ? remaining : null);
    }

    /// <summary>
    /// Creates an object; the result is its stored form, on disk. The object is serialised before the call returns; a
    /// <c>resourceVersion</c> in it is ignored.
    /// </summary>
    /// <param name="key">Its place.</param>
    /// <param name="obj">The object.</param>
    /// <param name="conditions">What must be there and not under deletion.</param>
    /// <param name="cancellationToken">Gives up, unless the writer has begun.</param>
    /// <exception cref="StorageConflictException">There is one under this key, or a condition does not hold.</exception>
    /// <exception cref="StorageFailedException">It could not be made durable; nothing changed.</exception>
    public Task<StoredObject> CreateAsync(ObjectKey key, JsonObject obj, IReadOnlyList<WriteCondition> conditions, CancellationToken cancellationToken) =>
        Database.WriteAsync(new ObjectWrite(this, key, WriteKind.Create, 0) { Conditions = conditions }, obj, cancellationToken);

    /// <summary>Creates an object that depends on nothing else.</summary>
    /// <exception cref="StorageConflictException">There is one under this key.</exception>
    /// <exception cref="StorageFailedException">It could not be made durable; nothing changed.</exception>
    public Task<StoredObject> CreateAsync(ObjectKey key, JsonObject obj, CancellationToken cancellationToken) => CreateAsync(key, obj, [], cancellationToken);

    /// <summary>Replaces an object that is at the expected revision.</summary>
    /// <exception cref="StorageConflictException">It is at another revision, or gone.</exception>
    /// <exception cref="StorageFailedException">It could not be made durable; nothing changed.</exception>
    public Task<StoredObject> UpdateAsync(ObjectKey key, long expectedRevision, JsonObject obj, CancellationToken cancellationToken) =>
        Database.WriteAsync(new ObjectWrite(this, key, WriteKind.Update, expectedRevision), obj, cancellationToken);

    /// <summary>
    /// Removes an object that is at the expected revision. Watchers get <paramref name="finalState"/> (null: the stored one)
    /// with the revision of the delete; it is also the result.
    /// </summary>
    /// <exception cref="StorageConflictException">It is at another revision, or gone.</exception>
    /// <exception cref="StorageFailedException">It could not be made durable; nothing changed.</exception>
    public Task<StoredObject> DeleteAsync(ObjectKey key, long expectedRevision, JsonObject? finalState, CancellationToken cancellationToken) =>
        Database.WriteAsync(new ObjectWrite(this, key, WriteKind.Delete, expectedRevision), finalState, cancellationToken);

    /// <summary>Watches all changes after a revision. Dispose the watcher.</summary>
    /// <param name="ns">Null or empty for all namespaces.</param>
    /// <param name="name">Null or empty for all names.</param>
    /// <param name="fromRevision">As a list or an object gave it. One of the future waits for it.</param>
    /// <exception cref="RevisionExpiredException">Not all changes since then are known any more.</exception>
    public Watcher Watch(string? ns, string? name, long fromRevision)
    {
        lock (Gate)
        {
            if (fromRevision < oldest.Revision)
                throw new RevisionExpiredException(fromRevision, oldest.Revision);
            var position = newest;
            while (position.Revision > fromRevision && position.Earlier is { } earlier)
                position = earlier;
            watchers ??= new WatchScopes();
            return new Watcher(this, watchers.Enter(new ObjectKey(ns ?? "", name ?? "")), position, fromRevision);
        }
    }

    internal void Leave(WatchScope scope)
    {
        lock (Gate)
        {
            watchers!.Leave(scope);
            if (watchers.IsEmpty)
                watchers = null;
        }
    }

    /// <summary>Fills an empty resource when the database is opened.</summary>
    internal void Load(List<StoredObject> sorted) => objects = ObjectSet.FromSorted(sorted);

    /// <summary>Makes a durable change visible. Called by the writer, in order of the revisions.</summary>
    internal void Publish(Change change, List<Watcher> woken)
    {
        lock (Gate)
        {
            objects = change.Type == ChangeType.Deleted
                ? objects.Without(change.Object.Key, change.Revision)
                : objects.With(change.Object, change.Revision);
            var before = newest;
            newest = new HistoryEntry(change.Revision, change) { Earlier = before };
            before.Later = newest;
            watchers?.TakeWaiting(change.Object.Key, before, woken);
        }
    }

    internal void DropOldestChange()
    {
        lock (Gate)
        {
            if (oldest.Later is not { Change: not null } next)
                return;
            next.Change = null;
            next.Earlier = null;
            oldest.Later = HistoryEntry.Dropped;
            oldest = next;
            if (lastOlder?.Revision < oldest.Revision)
                lastOlder = null;
        }
    }

    /// <summary>Ends all watchers and forgets all objects and changes: the cluster is deleted or the database closed.</summary>
    internal void Close(List<Watcher> woken)
    {
        lock (Gate)
        {
            objects = ObjectSet.Empty;
            lastOlder = null;
            while (newest != oldest)
                DropOldestChange();
            newest.Later = HistoryEntry.End;
            watchers?.TakeAllWaiting(newest, woken);
        }
    }

    /// <summary>The state of now with its revision.</summary>
    private (ObjectSet Objects, long Revision) Current()
    {
        // In this order: what is published up to the revision is then in the set. While a publication is under way the set
        // may be ahead of the database's revision, and is itself complete up to its own.
        var revision = Database.Revision;
        var set = objects;
        return (set, Math.Max(revision, set.Revision));
    }

    private ObjectSet SetAt(long revision)
    {
        var undo = new List<Change>();
        ObjectSet set;
        lock (Gate)
        {
            if (revision < oldest.Revision)
                throw new RevisionExpiredException(revision, oldest.Revision);
            if (lastOlder?.Revision == revision)
                return lastOlder.Objects;
            set = objects;
            for (var entry = newest; entry.Revision > revision && entry.Change is { } change; entry = entry.Earlier!)
                undo.Add(change);
        }
        if (undo.Count == 0)
            return set;
        foreach (var change in undo)
            set = change.Previous is { } previous ? set.With(previous, revision) : set.Without(change.Object.Key, revision);
        // The pages of a list ask for the same state one after the other.
        lock (Gate)
        {
            if (revision >= oldest.Revision)
                lastOlder = new OlderSet(revision, set);
        }
        return set;
    }

    private sealed record OlderSet(long Revision, ObjectSet Objects);
}
