using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Lifecycle;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Simulation.Workloads;

/// <summary>
/// Plays kubelet and workload controllers for one kind in all virtual clusters: writes the status that a real cluster would come to,
/// after a while or never. The main cluster is the hub's, which runs no workloads.
/// </summary>
internal sealed class WorkloadController : ClusterController
{
    private const string Manager = "kube-controller-manager";
    private readonly WorkloadKind kind;
    private readonly WorkloadBehaviour behaviour;
    private readonly ConcurrentDictionary<(LookKey Key, long Generation), DateTimeOffset> begun = new();
    private readonly ConcurrentDictionary<string, (VirtualCluster Cluster, Action<LookKey> Look)> clusters = new(StringComparer.Ordinal);

    public WorkloadController(WorkloadKind kind, WorkloadBehaviour behaviour)
    {
        this.kind = kind;
        this.behaviour = behaviour;
        behaviour.Changed += cluster =>
        {
            if (clusters.TryGetValue(cluster, out var known))
                ObserveExisting(known.Cluster, known.Look);
        };
    }

    public override void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look)
    {
        if (resource == kind.Resource && cluster.Name.Length > 0 && change.Type != ChangeType.Deleted)
            look(new LookKey(cluster, this, change.Object.Key.Namespace, change.Object.Key.Name));
    }

    public override void ObserveExisting(VirtualCluster cluster, Action<LookKey> look)
    {
        if (cluster.Name.Length == 0)
            return;
        clusters[cluster.Name] = (cluster, look);
        foreach (var item in cluster.Store.Resource(kind.Resource).List(null, null, 0, null, null).Items)
            look(new LookKey(cluster, this, item.Key.Namespace, item.Key.Name));
    }

    public override async Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation)
    {
        var (cluster, now) = (key.Cluster, key.Cluster.Time.GetUtcNow());
        if (cluster.Store.Resource(kind.Resource).Get(new ObjectKey(key.Namespace, key.Name))?.Parse() is not { } workload)
            return null;
        var nodes = Math.Max(1, cluster.Store.Resource("nodes").List(null, null, 0, null, null).Items.Count);
        var fault = behaviour.FaultOf(cluster.Name, key.Namespace, key.Name, workload);
        var remaining = TimeSpan.Zero;
        if (fault is null && !kind.IsReady(workload, nodes))
            remaining = begun.GetOrAdd((key, Generation(workload)), now) + behaviour.ReadyAfter - now;
        var ready = fault is null && remaining <= TimeSpan.Zero;
        if (ready)
            begun.TryRemove((key, Generation(workload)), out _);
        var status = kind.Status(workload, ready, nodes, now);
        if (!JsonNodeExtensions.DeepEquals(workload.Object("status"), status))
            await WriteAsync(RequestContext.OfServer(cluster, "system:kube-controller-manager", cancellation), key, status);
        await FailingPod.KeepAsync(cluster, kind, workload, fault?.Kind == WorkloadFaultKind.ImagePull, cancellation);
        return ready || fault is not null ? null : remaining;
    }

    private static long Generation(JsonObject workload) => workload.Object("metadata").Member("generation").AsInt64OrNull() ?? 0;

    private async Task WriteAsync(RequestContext context, LookKey key, JsonObject status)
    {
        var resource = context.Cluster.Catalog.FindKind(kind.ApiVersion, kind.Kind)!;
        try
        {
            await new UpdateOperation(context, resource, "status", WriteOptions.For(Manager)).RunAsync(key.Namespace, key.Name, live =>
            {
                live!["status"] = status.DeepClone();
                return live;
            });
        }
        catch (ApiStatusException e) when (e.Status.Code == 404)
        {
            // It went away meanwhile.
        }
    }
}
