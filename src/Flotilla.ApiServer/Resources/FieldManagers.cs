using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;
using FieldPath = Flotilla.Kubernetes.ManagedFields.FieldPath;

namespace Flotilla.ApiServer.Resources;

/// <summary>What writes to a resource and to its subresources can own (kube-apiserver's strategies call it reset fields).</summary>
internal static class FieldManagers
{
    public static FieldManager BuiltIn(ResourceType type, KindRules rules)
    {
        var filters = new Dictionary<string, FieldFilter>(StringComparer.Ordinal);
        if (rules.HasStatus)
        {
            filters[""] = FieldFilter.Except(FieldPath.Of("status"));
            filters["status"] = FieldFilter.Except(rules.StatusResets);
        }
        if (type.Subresources.Any(s => s.Name == "scale"))
            filters["scale"] = FieldFilter.Only(["spec", "replicas"]);
        return new FieldManager(BuiltInTypes.Instance.Kind(type.ApiVersion, type.Kind)!, type.ApiVersion, type.Kind, filters);
    }

    public static IReadOnlyDictionary<string, FieldFilter> OfCustom(bool hasStatus, IReadOnlyList<string>? replicasPath)
    {
        var filters = new Dictionary<string, FieldFilter>(StringComparer.Ordinal);
        if (hasStatus)
        {
            filters[""] = FieldFilter.Except(FieldPath.Of("status"));
            filters["status"] = FieldFilter.Only(["status"]);
        }
        if (replicasPath is not null)
            filters["scale"] = FieldFilter.Only([.. replicasPath]);
        return filters;
    }
}
