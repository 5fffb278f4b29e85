namespace Flotilla.ApiServer.Storage;

/// <summary>The resources of one virtual cluster. Costs nothing but this object while nothing is stored in it.</summary>
internal sealed class ClusterStore
{
    private readonly Dictionary<string, ResourceStore> resources = [];
    private readonly long sinceRevision;
    private volatile bool deleted;

    internal ClusterStore(ObjectDatabase database, string name, long sinceRevision)
    {
        Database = database;
        Name = name;
        this.sinceRevision = sinceRevision;
    }

    public string Name { get; }

    /// <summary>Whether the cluster was deleted; writes to it fail then, and a new one of its name is another.</summary>
    public bool IsDeleted => deleted;

    /// <summary>The resources that were asked for or have had objects.</summary>
    public IReadOnlyList<ResourceStore> Resources
    {
        get
        {
            lock (resources)
                return [.. resources.Values];
        }
    }

    internal ObjectDatabase Database { get; }

    /// <summary>Its number in the file; 0 while it has none. Used by the writer alone.</summary>
    internal long RowId { get; set; }

    /// <summary>A resource by plural and group, as <c>deployments.apps</c> or <c>pods</c>; made when asked for.</summary>
    public ResourceStore Resource(string groupResource)
    {
        lock (resources)
        {
            if (!resources.TryGetValue(groupResource, out var found))
            {
                found = new ResourceStore(this, groupResource, sinceRevision);
                resources[groupResource] = found;
                if (deleted)
                    found.Close([]);
            }
            return found;
        }
    }

    internal void Close(List<Watcher> woken)
    {
        lock (resources)
        {
            deleted = true;
            foreach (var resource in resources.Values)
                resource.Close(woken);
        }
    }
}
