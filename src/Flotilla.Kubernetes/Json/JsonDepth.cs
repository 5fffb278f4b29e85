using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Json;

/// <summary>How deep a tree is nested: 0 for a scalar, 1 for an empty object.</summary>
internal static class JsonDepth
{
    public static int Of(JsonNode? node)
    {
        var deepest = 0;
        switch (node)
        {
            case JsonObject map:
                foreach (var (_, value) in map)
                    deepest = Math.Max(deepest, Of(value));
                return deepest + 1;
            case JsonArray list:
                foreach (var value in list)
                    deepest = Math.Max(deepest, Of(value));
                return deepest + 1;
            default:
                return 0;
        }
    }
}
