using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Patches;

/// <summary>JSON merge patch (RFC 7386), with the reading of kube-apiserver's library (evanphx/json-patch v4).</summary>
public static class MergePatch
{
    /// <summary>Applies a patch; neither argument is changed, the result is a tree of its own.</summary>
    /// <exception cref="ApiStatusException">400: the patch is not an object.</exception>
    public static JsonObject Apply(JsonObject original, JsonNode? patch) => patch switch
    {
        JsonObject changes => Merge((JsonObject)original.DeepClone(), changes),
        null => throw PatchErrors.Malformed("Invalid JSON Patch"),
        _ => throw PatchErrors.WrongType(GoText.JsonType(patch), "map[string]interface {}"),
    };

    private static JsonObject Merge(JsonObject target, JsonObject changes)
    {
        foreach (var (key, change) in changes)
        {
            if (change is null)
                target.Remove(key);
            else if (!target.TryGetPropertyValue(key, out var current) || current is not JsonObject map)
                target[key] = WithoutNulls(change);
            else if (change is JsonObject inner)
                Merge(map, inner);
            else
                target[key] = change.DeepClone();
        }
        return target;
    }

    /// <summary>
    /// A copy in which no object has a null field. Lists keep their null elements, but objects in lists lose their null fields:
    /// the RFC would keep those, the library does not.
    /// </summary>
    private static JsonNode WithoutNulls(JsonNode node)
    {
        switch (node)
        {
            case JsonObject map:
                var kept = new JsonObject();
                foreach (var (key, value) in map)
                {
                    if (value is not null)
                        kept.Add(key, WithoutNulls(value));
                }
                return kept;
            case JsonArray list:
                var elements = new JsonArray();
                foreach (var element in list)
                    elements.Add(element is null ? null : WithoutNulls(element));
                return elements;
            default:
                return node.DeepClone();
        }
    }
}
