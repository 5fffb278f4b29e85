using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>Gives each namespace the <c>default</c> ServiceAccount that its pods run as.</summary>
internal sealed class ServiceAccountController : ClusterController
{
    private const string Manager = "kube-controller-manager";
    private const string DefaultName = "default";

    public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look)
    {
        var key = change.Object.Key;
        var concerns = resource switch
        {
            "namespaces" => change.Type != ChangeType.Deleted,
            "serviceaccounts" => change.Type == ChangeType.Deleted && key.Name == DefaultName,
            _ => false,
        };
        if (concerns)
            look(new LookKey(cluster, this, "", resource == "namespaces" ? key.Name : key.Namespace));
    }

    public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look)
    {
        foreach (var ns in cluster.Store.Resource("namespaces").List(null, null, 0, null, null).Items)
            look(new LookKey(cluster, this, "", ns.Key.Name));
    }

    public override async Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation)
    {
        var (cluster, ns) = (key.Cluster, key.Name);
        if (cluster.Store.Resource("namespaces").Get(new ObjectKey("", ns)) is null || cluster.IsTerminating(ns))
            return null;
        if (cluster.Store.Resource("serviceaccounts").Get(new ObjectKey(ns, DefaultName)) is not null)
            return null;

        var context = RequestContext.OfServer(cluster, "system:serviceaccount:kube-system:service-account-controller", cancellation);
        var account = new JsonObject { ["kind"] = "ServiceAccount", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = DefaultName } };
        try
        {
            await CreateOperation.RunAsync(context, cluster.Catalog.Find("", "v1", "serviceaccounts")!, ns, account, WriteOptions.For(Manager));
        }
        catch (ApiStatusException e) when (e.Status.Code is 404 or 409 || (e.Status.Code == 403 && cluster.IsTerminating(ns)))
        {
            // Somebody else made it, or the namespace goes away: both are fine.
        }
        return null;
    }
}
