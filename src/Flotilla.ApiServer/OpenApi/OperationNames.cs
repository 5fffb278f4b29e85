using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>Names of a resource's operations, as generated clients know them: <c>listCoreV1NamespacedPod</c>.</summary>
internal sealed class OperationNames(ResourceType resource)
{
    private readonly string prefix = TypeNames.Operation(resource.Group) + TypeNames.Capitalised(resource.Version);
    private readonly string subject = (resource.Namespaced ? "Namespaced" : "") + resource.Kind;

    /// <summary>Reads the objects of all namespaces.</summary>
    public string ForAllNamespaces => $"list{prefix}{resource.Kind}ForAllNamespaces";

    public string Of(string action, string subresource = "", bool collection = false) =>
        $"{action}{prefix}{(collection ? "Collection" : "")}{subject}{TypeNames.Capitalised(subresource)}";

    public string Connect(string method, string subresource) => $"connect{prefix}{TypeNames.Capitalised(method)}{subject}{TypeNames.Capitalised(subresource)}";
}
