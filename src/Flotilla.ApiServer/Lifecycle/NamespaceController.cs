using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>Empties a namespace that is being deleted, tells what it waits for, and lets it go when nothing is left.</summary>
internal sealed class NamespaceController : ClusterController
{
    private const string Manager = "kube-controller-manager";
    private const string KubernetesFinalizer = "kubernetes";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look)
    {
        var key = change.Object.Key;
        if (resource == "namespaces")
            look(new LookKey(cluster, this, "", key.Name));
        else if (change.Type == ChangeType.Deleted && key.Namespace.Length > 0 && cluster.IsTerminating(key.Namespace))
            look(new LookKey(cluster, this, "", key.Namespace));
    }

    public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look)
    {
        foreach (var ns in cluster.Store.Resource("namespaces").List(null, null, 0, null, null).Items)
            look(new LookKey(cluster, this, "", ns.Key.Name));
    }

    public override async Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation)
    {
        var (cluster, name) = (key.Cluster, key.Name);
        var ns = cluster.Store.Resource("namespaces").Get(new ObjectKey("", name))?.Parse();
        if (ns is null || !ObjectMetadata.IsBeingDeleted(ns))
            return null;

        var context = RequestContext.OfServer(cluster, "system:serviceaccount:kube-system:namespace-controller", cancellation);
        var left = await EmptyAsync(context, name);
        var namespaces = cluster.Catalog.Find("", "v1", "namespaces")!;
        if (left.Count == 0)
        {
            await FinalizeAsync(context, namespaces, name);
            return null;
        }
        var update = new UpdateOperation(context, namespaces, "status", WriteOptions.For(Manager));
        await update.RunAsync("", name, live =>
        {
            NamespaceConditions.Set(live!, left, context.Now);
            return live;
        });
        return LookAgain;
    }

    /// <summary>Deletes everything in the namespace; returns what is still there: count and finalizers by resource.</summary>
    private static async Task<List<RemainingContent>> EmptyAsync(RequestContext context, string ns)
    {
        var left = new List<RemainingContent>();
        foreach (var group in context.Cluster.Catalog.All.Where(r => r.Type.Namespaced && r.Serves("delete")).GroupBy(r => r.StorageName))
        {
            var resource = group.First();
            var store = context.Cluster.Store.Resource(resource.StorageName);
            foreach (var item in store.List(ns, null, 0, null, null).Items)
                await DeleteAsync(context, resource, item);
            var remaining = store.List(ns, null, 0, null, null).Items;
            if (remaining.Count > 0)
            {
                var finalizers = remaining
                    .SelectMany(item => item.Parse().Object("metadata").Array("finalizers") ?? [])
                    .Select(f => f.AsStringOrNull() ?? "");
                left.Add(new RemainingContent(resource.Qualified, remaining.Count, [.. finalizers]));
            }
        }
        return left;
    }

    private static async Task DeleteAsync(RequestContext context, ServedResource resource, StoredObject item)
    {
        try
        {
            await DeleteOperation.RunAsync(context, resource, item.Key.Namespace, item.Key.Name, new DeleteOptions { PropagationPolicy = "Background" });
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            // Gone already.
        }
    }

    private static async Task FinalizeAsync(RequestContext context, ServedResource namespaces, string name)
    {
        try
        {
            await new UpdateOperation(context, namespaces, "finalize", WriteOptions.For(Manager)).RunAsync("", name, live =>
            {
                if (live.Object("spec").Array("finalizers") is { } finalizers)
                {
                    var kept = finalizers.Where(f => f.AsStringOrNull() != KubernetesFinalizer).Select(f => f!.DeepClone()).ToArray();
                    live!.ObjectOrNew("spec")["finalizers"] = new JsonArray(kept);
                    if (kept.Length == 0)
                        live!.ObjectOrNew("spec").Remove("finalizers");
                }
                return live;
            });
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            // Gone already.
        }
    }
}

/// <summary>Objects of one resource that keep a namespace from going.</summary>
internal sealed record RemainingContent(string Resource, int Count, IReadOnlyList<string> Finalizers);
