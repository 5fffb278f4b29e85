using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Kinds;
using Flotilla.ApiServer.Kinds.Services;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>Gives Services their cluster IP and their node ports.</summary>
internal sealed class ServiceBehaviour(VirtualCluster cluster) : ClusterBehaviour("services")
{
    private readonly Lazy<ServiceNetwork> network = new(() => Occupied(cluster));

    public override IReservation Reserve(JsonObject obj, JsonObject? live)
    {
        var problems = new FieldProblems();
        var allocation = ServiceAllocation.Reserve(obj, live, network.Value, problems);
        return problems.Count == 0 ? allocation : throw ApiStatusException.Invalid("", "Service", ObjectMetadata.Name(obj), [.. problems]);
    }

    public override void AfterDelete(JsonObject live) => ServiceAllocation.Release(live, network.Value);

    /// <summary>What is taken already, when the first Service is written after the start.</summary>
    private static ServiceNetwork Occupied(VirtualCluster cluster)
    {
        var network = new ServiceNetwork();
        foreach (var service in cluster.Store.Resource("services").List(null, null, 0, null, null).Items)
            ServiceAllocation.Occupy(service.Parse(), network);
        return network;
    }
}
