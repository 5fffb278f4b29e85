using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Carries the ownership of <c>replicas</c> between an object and its <c>/scale</c>, which is of kind Scale in
/// <c>autoscaling/v1</c>: <see cref="ToScale"/> before a write to the subresource, <see cref="ToParent"/> after it.
/// </summary>
/// <param name="replicasPaths">
/// Where the object keeps its replicas, by API version, as <c>.spec.replicas</c>; null for a version without scale. Owners of other
/// versions are dropped.
/// </param>
public sealed class ScaleManagedFields(IReadOnlyDictionary<string, FieldPath?> replicasPaths)
{
    private const string ScaleVersion = "autoscaling/v1";
    private static readonly FieldPath ReplicasInScale = FieldPath.Of("spec", "replicas");
    private static readonly FieldSet OnlyReplicas = FieldSet.Of(ReplicasInScale);

    /// <summary>The managed fields of the Scale: the owners of the object's replicas. Null when there are none.</summary>
    /// <exception cref="FormatException">The list is malformed.</exception>
    public JsonArray? ToScale(JsonArray? parent)
    {
        var owners = ManagedFieldsList.Read(parent);
        foreach (var key in owners.Keys)
        {
            var owned = owners[key];
            if (replicasPaths.GetValueOrDefault(owned.ApiVersion) is { } path && owned.Fields.Contains(path))
                owners[key] = new Owned(OnlyReplicas, ScaleVersion);
            else
                owners.Remove(key);
        }
        return ManagedFieldsList.Write(owners);
    }

    /// <summary>The managed fields of the object after a write to its Scale. Null when there are none.</summary>
    /// <param name="parent">Those of the object before.</param>
    /// <param name="scale">Those of the Scale after the write.</param>
    /// <param name="apiVersion">API version of the object on whose endpoint the Scale was written.</param>
    /// <exception cref="FormatException">A list is malformed.</exception>
    public JsonArray? ToParent(JsonArray? parent, JsonArray? scale, string apiVersion)
    {
        var owners = ManagedFieldsList.Read(parent);
        var scaleOwners = ManagedFieldsList.Read(scale);
        foreach (var key in owners.Keys)
        {
            var owned = owners[key];
            if (!replicasPaths.TryGetValue(owned.ApiVersion, out var path))
                owners.Remove(key);
            else if (path is null || !owned.Fields.Contains(path))
                continue;
            else if (scaleOwners.TryGet(key, out _))
                scaleOwners.Remove(key);
            else
                owners.Set(key, owned.Fields.Except(FieldSet.Of(path)), owned.ApiVersion);
        }
        if (replicasPaths.GetValueOrDefault(apiVersion) is not { } own)
            return ManagedFieldsList.Write(owners);
        foreach (var key in scaleOwners.Keys)
        {
            // Times of the Scale do not come along: kube-apiserver looks them up among those of the object.
            if (scaleOwners[key].Fields.Contains(ReplicasInScale))
                owners[key] = new Owned(FieldSet.Of(own), apiVersion);
        }
        return ManagedFieldsList.Write(owners);
    }
}
