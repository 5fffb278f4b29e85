using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Patches;

/// <summary>Names and prints JSON values as Go does in the messages of kube-apiserver.</summary>
internal static class GoText
{
    /// <summary>What Go's JSON decoder calls a value: <c>object array string number bool</c>.</summary>
    public static string JsonType(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "null",
    };

    /// <summary>The dynamic type of a decoded value, as <c>reflect.TypeOf</c> prints it.</summary>
    public static string Type(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.String => "string",
        JsonValueKind.Number => node.AsValue().TryGetValue(out long _) ? "int64" : "float64",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "%!s(<nil>)",
    };

    /// <summary>A value as <c>%v</c> prints it: <c>map[a:1 b:[x y]]</c>, keys in order.</summary>
    public static string Value(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("<nil>");
                break;
            case JsonObject map:
                text.Append("map[");
                var first = true;
                foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    text.Append(first ? "" : " ").Append(key).Append(':');
                    Append(text, value);
                    first = false;
                }
                text.Append(']');
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : " ");
                    Append(text, list[i]);
                }
                text.Append(']');
                break;
            default:
                text.Append(node.AsStringOrNull() ?? (node.AsInt64OrNull()?.ToString(CultureInfo.InvariantCulture) ?? node.ToJsonString()));
                break;
        }
    }
}
