using System.Text.Json.Nodes;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Resources;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>What writing an object of one kind means to the rest of its cluster (what kube-apiserver does in a kind's REST storage).</summary>
internal abstract class ClusterBehaviour(string groupResource)
{
    public string GroupResource => groupResource;

    public static IEnumerable<ClusterBehaviour> All(VirtualCluster cluster) =>
        [new NamespaceBehaviour(), new CustomResourceDefinitionBehaviour(), new ServiceBehaviour(cluster)];

    /// <summary>
    /// Before validation: takes from the cluster what an object needs and has not got (addresses, ports), and fills it in. Given back
    /// when it is disposed of before it was committed.
    /// </summary>
    /// <exception cref="Flotilla.Kubernetes.Errors.ApiStatusException">422: what it asks for cannot be had.</exception>
    public virtual IReservation? Reserve(JsonObject obj, JsonObject? live) => null;

    /// <summary>After the object has gone.</summary>
    public virtual void AfterDelete(JsonObject live)
    {
    }

    /// <summary>Whether a delete only marks the object, since something must happen first.</summary>
    public virtual bool HoldsOnDelete(JsonObject obj) => false;

    /// <summary>Marks an object that stays for now.</summary>
    public virtual void MarkDeleted(JsonObject obj, DateTimeOffset now, long graceSeconds) => ObjectMetadata.MarkDeleted(obj, now, graceSeconds);
}
