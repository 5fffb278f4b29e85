using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tables;

/// <summary>Objects reduced to their metadata: <c>PartialObjectMetadata</c> and <c>PartialObjectMetadataList</c>.</summary>
internal static class PartialMetadata
{
    public const string V1 = "meta.k8s.io/v1";
    public const string V1Beta1 = "meta.k8s.io/v1beta1";

    /// <summary>One object.</summary>
    public static JsonObject Of(JsonObject obj, string apiVersion = V1) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = apiVersion,
        ["metadata"] = obj.Object("metadata")?.DeepClone() ?? new JsonObject(),
    };

    /// <summary>A list; its own metadata (resourceVersion, continue …) is kept.</summary>
    public static JsonObject OfList(JsonObject? listMeta, IEnumerable<JsonObject> items, string apiVersion = V1)
    {
        var partial = new JsonArray();
        foreach (var item in items)
            partial.Add((JsonNode)Of(item, apiVersion));
        return new JsonObject
        {
            ["kind"] = "PartialObjectMetadataList",
            ["apiVersion"] = apiVersion,
            ["metadata"] = listMeta?.DeepClone() ?? new JsonObject(),
            ["items"] = partial,
        };
    }

    /// <summary>406: one object's metadata was asked of a list.</summary>
    public static ApiStatusException IsList(ResourceType resource, bool custom) =>
        NotAcceptable($"you requested PartialObjectMetadata, but the requested object is a list ({GoType(resource, custom)}List)");

    /// <summary>406: a list's metadata was asked of one object.</summary>
    public static ApiStatusException IsNotList(ResourceType resource, bool custom) =>
        NotAcceptable($"you requested PartialObjectMetadataList, but the requested object is not a list ({GoType(resource, custom)})");

    // The messages name the Go type; its package is the first word of the group.
    private static string GoType(ResourceType resource, bool custom)
    {
        if (custom)
            return "*unstructured.Unstructured";
        var package = resource.Group is "" or "events.k8s.io" ? "core" : resource.Group.Split('.')[0];
        return $"*{package}.{resource.Kind}";
    }

    private static ApiStatusException NotAcceptable(string message) => new(new ApiStatus(406, "NotAcceptable", message));
}
