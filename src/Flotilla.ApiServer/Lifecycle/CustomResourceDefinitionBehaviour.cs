using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.ApiServer.Resources;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>A CRD that is deleted stays until its objects have gone.</summary>
internal sealed class CustomResourceDefinitionBehaviour() : ClusterBehaviour("customresourcedefinitions.apiextensions.k8s.io")
{
    public override bool HoldsOnDelete(JsonObject obj) => true;

    public override void MarkDeleted(JsonObject obj, DateTimeOffset now, long graceSeconds)
    {
        var metadata = ObjectMetadata.Of(obj);
        if (metadata.ContainsKey("deletionTimestamp"))
            return;
        metadata["deletionTimestamp"] = ObjectMetadata.Timestamp(now);
        DefinitionStatus.MarkForDeletion(obj, now);
    }
}
