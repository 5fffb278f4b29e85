using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Clusters;

/// <summary>What every cluster has from its first moment: the system's namespaces and the default roles.</summary>
internal static class ClusterBootstrap
{
    private const string Manager = "kube-apiserver";
    private static readonly string[] Namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

    public static async Task RunAsync(VirtualCluster cluster, CancellationToken cancellation)
    {
        var context = RequestContext.OfServer(cluster, "system:apiserver", cancellation);
        var namespaces = cluster.Catalog.Find("", "v1", "namespaces")!;
        await Task.WhenAll(Namespaces
            .Where(name => cluster.Store.Resource(namespaces.StorageName).Get(new ObjectKey("", name)) is null)
            .Select(name => CreateOperation.RunAsync(context, namespaces, "", NamespaceObject(name), WriteOptions.For(Manager))));
        // Side by side, so that they share one write to the disk.
        await Task.WhenAll(DefaultPolicy.Objects.Select(wanted => ReconcileAsync(context, wanted)));
    }

    private static async Task ReconcileAsync(RequestContext context, PolicyObject wanted)
    {
        var resource = context.Cluster.Catalog.FindKind("rbac.authorization.k8s.io/v1", wanted.Object.String("kind")!)!;
        var name = ObjectMetadata.Name(wanted.Object);
        var stored = context.Cluster.Store.Resource(resource.StorageName).Get(new ObjectKey(wanted.Namespace, name));
        var options = WriteOptions.For(Manager);
        if (stored is null)
        {
            var obj = (JsonObject)wanted.Object.DeepClone();
            ObjectReader.ReadPatched(resource, obj, options, context.Warnings);
            await CreateOperation.RunAsync(context, resource, wanted.Namespace, obj, options);
            return;
        }
        var existing = stored.Parse();
        if (PolicyReconciliation.Reconcile(existing, wanted.Object) is not { } changed)
            return;
        if (wanted.Object.Object("roleRef") is { } role && !JsonNodeExtensions.DeepEquals(existing.Object("roleRef"), role))
        {
            await DeleteOperation.RunAsync(context, resource, wanted.Namespace, name, DeleteOptions.Default);
            await CreateOperation.RunAsync(context, resource, wanted.Namespace, (JsonObject)wanted.Object.DeepClone(), options);
            return;
        }
        await new UpdateOperation(context, resource, "", options).RunAsync(wanted.Namespace, name, _ => (JsonObject)changed.DeepClone());
    }

    private static JsonObject NamespaceObject(string name) => new()
    {
        ["kind"] = "Namespace",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["kubernetes.io/metadata.name"] = name } },
        ["spec"] = new JsonObject(),
        ["status"] = new JsonObject(),
    };
}
