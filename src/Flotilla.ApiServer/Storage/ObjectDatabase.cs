using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Storage;

/// <summary>
/// The objects of all virtual clusters of a process, in memory and, when it has a folder, on disk. One growing revision
/// counts all changes, also across restarts.
/// </summary>
internal sealed class ObjectDatabase : IAsyncDisposable
{
    private readonly Dictionary<string, ClusterStore> clusters = new(StringComparer.Ordinal);
    private readonly Lock publishing = new();
    private readonly DatabaseFile? file;
    private readonly Writer writer;
    private long revision;
    private bool disposed;

    private ObjectDatabase(DatabaseFile? file, StorageOptions options)
    {
        this.file = file;
        writer = new Writer(this, file, options);
        // Kubernetes gives 0 a meaning of its own, so no state may have it.
        revision = 1;
    }

    /// <summary>
    /// Hears of every change after it became visible, in order, on the writer's thread: it must be quick and must not throw.
    /// </summary>
    public Action<ResourceStore, Change>? Committed { get; set; }

    /// <summary>Everything up to this revision is visible.</summary>
    public long Revision => Volatile.Read(ref revision);

    public IReadOnlyList<string> ClusterNames
    {
        get
        {
            lock (clusters)
                return [.. clusters.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Opens the database of a folder, and makes it when the folder has none.</summary>
    /// <param name="folder">Null for one in memory that ends with the process.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="StorageOpenException">The folder is in use, or holds no database that can be read.</exception>
    public static async Task<ObjectDatabase> OpenAsync(string? folder, StorageOptions options, CancellationToken cancellationToken)
    {
        var file = folder is null ? null : await Task.Run(() => DatabaseFile.Open(folder, options), cancellationToken);
        var database = new ObjectDatabase(file, options);
        try
        {
            if (file is not null)
                await Task.Run(() => file.Load(database, cancellationToken), cancellationToken);
        }
        catch
        {
            file?.Abandon();
            throw;
        }
        database.writer.Start();
        return database;
    }

    /// <summary>A virtual cluster by its name; made when asked for, kept in the file once it has an object.</summary>
    public ClusterStore Cluster(string name)
    {
        lock (clusters)
        {
            if (!clusters.TryGetValue(name, out var found))
                clusters[name] = found = new ClusterStore(this, name, Revision);
            return found;
        }
    }

    /// <summary>A virtual cluster that has been asked for before, or has objects.</summary>
    public bool TryGetCluster(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ClusterStore? cluster)
    {
        lock (clusters)
            return clusters.TryGetValue(name, out cluster);
    }

    /// <summary>Deletes a virtual cluster with all its objects, and ends its watchers. False when there is none.</summary>
    /// <exception cref="StorageFailedException">It could not be made durable; nothing changed.</exception>
    public async Task<bool> DeleteClusterAsync(string name, CancellationToken cancellationToken)
    {
        if (!TryGetCluster(name, out var cluster))
            return false;
        await writer.SubmitAsync(new ClusterRemoval(cluster), cancellationToken);
        return true;
    }

    /// <summary>
    /// Whether a revision that a client names exists. Waits for a publication that is under way, so it never denies a
    /// revision that a read has already shown.
    /// </summary>
    public bool Reaches(long wanted)
    {
        if (wanted <= Revision)
            return true;
        lock (publishing)
            return wanted <= Revision;
    }

    public async ValueTask DisposeAsync()
    {
        lock (clusters)
        {
            if (disposed)
                return;
            disposed = true;
        }
        await writer.StopAsync();
        var woken = new List<Watcher>();
        lock (clusters)
        {
            foreach (var cluster in clusters.Values)
                cluster.Close(woken);
        }
        foreach (var watcher in woken)
            watcher.Signal();
        file?.Dispose();
    }

    internal async Task<StoredObject> WriteAsync(ObjectWrite write, JsonObject? obj, CancellationToken cancellationToken)
    {
        write.Draft = obj is null ? null : ObjectDraft.Of(obj, Revision);
        return (await writer.SubmitAsync(write, cancellationToken))!;
    }

    /// <summary>Runs the change of what is visible, then moves the revision on. Called by the writer.</summary>
    internal void Publish(long newRevision, Action change)
    {
        lock (publishing)
        {
            change();
            Volatile.Write(ref revision, newRevision);
        }
    }

    internal void Forget(ClusterStore cluster, List<Watcher> woken)
    {
        lock (clusters)
            clusters.Remove(cluster.Name);
        cluster.Close(woken);
    }

    /// <summary>Sets the revision that the file was at. Called while the database is opened.</summary>
    internal void StartAt(long storedRevision) => revision = storedRevision;

    /// <summary>Lets watchers go on, away from the writer's thread.</summary>
    internal static void Wake(List<Watcher> woken)
    {
        if (woken.Count == 0)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static watchers =>
            {
                foreach (var watcher in watchers)
                    watcher.Signal();
            },
            woken,
            preferLocal: false);
    }
}
