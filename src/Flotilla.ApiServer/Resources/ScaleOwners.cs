using System.Text.Json.Nodes;
using Flotilla.Kubernetes.ManagedFields;

namespace Flotilla.ApiServer.Resources;

/// <summary>Who owns the replicas of an object after a write to its Scale.</summary>
internal static class ScaleOwners
{
    private const string Subresource = "scale";

    /// <summary>Sets the managed fields of an object whose replicas were written through its Scale.</summary>
    public static void Update(ServedResource resource, IScaleMapping mapping, JsonObject live, JsonObject obj, string manager, DateTimeOffset now)
    {
        var fields = new ScaleManagedFields(new Dictionary<string, FieldPath?> { [resource.Type.ApiVersion] = FieldPath.Of([.. mapping.ReplicasPath]) });
        var parent = ManagedFieldsList.Of(live);
        var before = WithOwners(mapping.ReadForUpdate(live), fields.ToScale(parent));
        var after = WithOwners(mapping.ReadForUpdate(obj), fields.ToScale(parent));
        ScaleKind.Resource.Fields.Update(before, after, manager, Subresource, now);
        var owners = fields.ToParent(parent, ManagedFieldsList.Of(after), resource.Type.ApiVersion);
        var metadata = ObjectMetadata.Of(obj);
        metadata.Remove("managedFields");
        if (owners is not null)
            metadata["managedFields"] = owners;
    }

    private static JsonObject WithOwners(JsonObject scale, JsonArray? owners)
    {
        if (owners is not null)
            ObjectMetadata.Of(scale)["managedFields"] = owners;
        return scale;
    }
}
