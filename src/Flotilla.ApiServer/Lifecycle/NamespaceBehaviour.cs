using System.Text.Json.Nodes;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>A namespace that is deleted turns to Terminating and stays until its content has gone.</summary>
internal sealed class NamespaceBehaviour() : ClusterBehaviour("namespaces")
{
    public override bool HoldsOnDelete(JsonObject obj) => obj.Object("spec").Array("finalizers") is { Count: > 0 };

    public override void MarkDeleted(JsonObject obj, DateTimeOffset now, long graceSeconds)
    {
        var metadata = ObjectMetadata.Of(obj);
        if (!metadata.ContainsKey("deletionTimestamp"))
            metadata["deletionTimestamp"] = ObjectMetadata.Timestamp(now);
        obj.ObjectOrNew("status")["phase"] = "Terminating";
    }
}
