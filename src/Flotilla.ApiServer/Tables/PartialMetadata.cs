using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

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

    /// <summary>406: one object's metadata was asked of a list. <paramref name="kind"/> is that of the list.</summary>
    public static ApiStatusException IsList(string kind) =>
        NotAcceptable($"you requested PartialObjectMetadata, but the requested object is a list ({kind})");

    /// <summary>406: a list's metadata was asked of one object of this kind.</summary>
    public static ApiStatusException IsNotList(string kind) =>
        NotAcceptable($"you requested PartialObjectMetadataList, but the requested object is not a list ({kind})");

    private static ApiStatusException NotAcceptable(string message) => new(new ApiStatus(406, "NotAcceptable", message));
}
