using Microsoft.Data.Sqlite;

namespace Flotilla.ApiServer.Storage;

/// <summary>Reads a file into the memory of a database, and trusts none of it.</summary>
internal sealed class Loader(SqliteConnection connection, string path, ObjectDatabase database, CancellationToken cancellationToken)
{
    private readonly Dictionary<long, ClusterStore> clusters = [];
    private readonly Dictionary<long, (ResourceStore Store, List<StoredObject> Objects)> resources = [];
    private readonly Dictionary<string, string> texts = [];

    public void Run(out long lastClusterId, out long lastResourceId)
    {
        lastClusterId = ReadClusters();
        lastResourceId = ReadResources();
        ReadObjects();
        foreach (var (store, objects) in resources.Values)
        {
            objects.Sort(static (a, b) => a.Key.CompareTo(b.Key));
            for (var i = 1; i < objects.Count; i++)
            {
                if (objects[i - 1].Key == objects[i].Key)
                    throw Damaged($"{store.Name} {objects[i].Key} is there twice");
            }
            store.Load(objects);
        }
    }

    private long ReadClusters()
    {
        long last = 0;
        ForEach("SELECT id, name FROM cluster ORDER BY id", reader =>
        {
            last = reader.GetInt64(0);
            var cluster = clusters[last] = database.Cluster(reader.GetString(1));
            if (cluster.RowId != 0)
                throw Damaged($"the cluster {cluster.Name} is there twice");
            cluster.RowId = last;
        });
        return last;
    }

    private long ReadResources()
    {
        long last = 0;
        ForEach("SELECT id, cluster, name FROM resource ORDER BY id", reader =>
        {
            last = reader.GetInt64(0);
            if (!clusters.TryGetValue(reader.GetInt64(1), out var cluster))
                throw Damaged($"the resource {last} belongs to no cluster");
            var store = cluster.Resource(Shared(reader.GetString(2)));
            if (store.RowId != 0)
                throw Damaged($"the resource {store.Name} of the cluster {cluster.Name} is there twice");
            store.RowId = last;
            resources[last] = (store, []);
        });
        return last;
    }

    private void ReadObjects()
    {
        ForEach("SELECT created, resource, namespace, name, revision, checksum, json FROM object", reader =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (created, resource, revision) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(4));
            var key = new ObjectKey(Shared(reader.GetString(2)), Shared(reader.GetString(3)));
            var json = reader.GetFieldValue<byte[]>(6);
            if (!resources.TryGetValue(resource, out var found))
                throw Damaged($"the object {key} belongs to no resource");
            if (RowChecksum.Of(resource, key, revision, json) != reader.GetInt64(5))
                throw Damaged($"the checksum of {found.Store.Name} {key} in the cluster {found.Store.Cluster.Name} is wrong");
            if (revision > database.Revision || created > revision || StoredText.Read(key, revision, created, json, Shared) is not { } obj)
                throw Damaged($"{found.Store.Name} {key} in the cluster {found.Store.Cluster.Name} contradicts itself");
            found.Objects.Add(obj);
        });
    }

    // Names, label keys and the like repeat from cluster to cluster.
    private string Shared(string text)
    {
        if (texts.TryGetValue(text, out var known))
            return known;
        if (texts.Count < 100_000)
            texts[text] = text;
        return text;
    }

    private void ForEach(string query, Action<SqliteDataReader> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            row(reader);
    }

    private StorageOpenException Damaged(string what) => DatabaseFile.Damaged(path, what);
}
