using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.CustomResources;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>Accepts the names of CRDs, serves what is established, and removes the objects of a CRD before it goes.</summary>
internal sealed class CustomResourceController : ClusterController
{
    private const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";
    private const string Manager = "kube-apiserver";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>Serves the CRDs that a cluster has stored, before it is opened.</summary>
    public static void Load(VirtualCluster cluster)
    {
        foreach (var item in cluster.Store.Resource(Definitions).List(null, null, 0, null, null).Items)
            Serve(cluster, item);
    }

    public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look)
    {
        if (resource == Definitions)
        {
            look(new LookKey(cluster, this, "", change.Object.Key.Name));
            // A CRD that goes or changes may free names that others of its group wait for.
            if (change.Type == ChangeType.Deleted || (change.Previous is { } before && Generation(before) != Generation(change.Object)))
                ObserveExisting(cluster, look);
        }
        else if (change.Type == ChangeType.Deleted && cluster.Store.Resource(Definitions).Get(new ObjectKey("", resource)) is { } definition
            && ObjectMetadata.IsBeingDeleted(definition.Parse()))
        {
            look(new LookKey(cluster, this, "", resource));
        }
    }

    public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look)
    {
        foreach (var item in cluster.Store.Resource(Definitions).List(null, null, 0, null, null).Items)
            look(new LookKey(cluster, this, "", item.Key.Name));
    }

    public override async Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation)
    {
        var (cluster, name) = (key.Cluster, key.Name);
        var stored = cluster.Store.Resource(Definitions).Get(new ObjectKey("", name));
        if (stored is null)
        {
            cluster.Catalog.Set(name, []);
            return null;
        }
        var context = RequestContext.OfServer(cluster, "system:apiserver", cancellation);
        if (ObjectMetadata.IsBeingDeleted(stored.Parse()))
            return await RemoveAsync(context, stored);

        await UpdateStatusAsync(context, name, live =>
        {
            var changed = DefinitionStatus.Update(live, SameGroup(cluster, name), context.Now);
            // Who sees that a definition is established finds it served.
            if (changed)
                Serve(cluster, name, live, long.MaxValue);
            return changed;
        });
        if (cluster.Store.Resource(Definitions).Get(new ObjectKey("", name)) is { } now)
            Serve(cluster, now);
        return null;
    }

    private static void Serve(VirtualCluster cluster, StoredObject stored) => Serve(cluster, stored.Key.Name, stored.Parse(), stored.Revision);

    private static void Serve(VirtualCluster cluster, string name, JsonObject definition, long since)
    {
        if (!DefinitionStatus.IsServed(definition))
        {
            cluster.Catalog.Set(name, []);
            return;
        }
        cluster.Catalog.Set(name,
        [
            .. CustomResourceKinds.Of(definition).Versions
                .Where(version => version.IsServed)
                .Select(version => (ServedResource)new CustomResource(version, since, DefinitionStatus.IsTerminating(definition))),
        ]);
    }

    private static async Task<TimeSpan?> RemoveAsync(RequestContext context, StoredObject stored)
    {
        var name = stored.Key.Name;
        Serve(context.Cluster, stored);
        var store = context.Cluster.Store.Resource(name);
        if (context.Cluster.Catalog.FindStored(name) is { } resource)
        {
            foreach (var item in store.List(null, null, 0, null, null).Items)
                await DeleteAsync(context, resource, item);
        }
        if (store.Count > 0)
        {
            await UpdateStatusAsync(context, name, live => DefinitionStatus.DeletionInProgress(live, context.Now));
            return LookAgain;
        }
        await UpdateStatusAsync(context, name, live =>
        {
            DefinitionStatus.DeletionCompleted(live, context.Now);
            return true;
        });
        return null;
    }

    private static async Task DeleteAsync(RequestContext context, ServedResource resource, StoredObject item)
    {
        try
        {
            await DeleteOperation.RunAsync(context, resource, item.Key.Namespace, item.Key.Name, DeleteOptions.Default);
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            // Gone already.
        }
    }

    private static async Task UpdateStatusAsync(RequestContext context, string name, Func<JsonObject, bool> change)
    {
        var definitions = context.Cluster.Catalog.Find("apiextensions.k8s.io", "v1", "customresourcedefinitions")!;
        try
        {
            await new UpdateOperation(context, definitions, "status", WriteOptions.For(Manager)).RunAsync("", name, live => change(live!) ? live : null);
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            // Gone already.
        }
    }

    private static long? Generation(StoredObject stored) => stored.Parse().Object("metadata").Member("generation").AsInt64OrNull();

    /// <summary>The definitions of the same group, read one by one when they are asked for: most looks need none of them.</summary>
    private static IEnumerable<JsonObject> SameGroup(VirtualCluster cluster, string name)
    {
        var group = name[name.IndexOf('.', StringComparison.Ordinal)..];
        return cluster.Store.Resource(Definitions).List(null, null, 0, null, null).Items
            .Where(item => item.Key.Name.EndsWith(group, StringComparison.Ordinal))
            .Select(item => item.Parse());
    }
}
