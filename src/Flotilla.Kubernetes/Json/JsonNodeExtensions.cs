using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Json;

/// <summary>
/// Reading nodes without exceptions: each accessor answers null when the node is absent or of another kind, whatever
/// CLR type stands behind a number.
/// </summary>
public static class JsonNodeExtensions
{
    /// <summary>The text of a JSON string, else null.</summary>
    public static string? AsStringOrNull(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The value of a JSON boolean, else null.</summary>
    public static bool? AsBoolOrNull(this JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>A number that is whole and fits 64 bits (<c>3</c>, also <c>3.0</c>), else null.</summary>
    public static long? AsInt64OrNull(this JsonNode? node)
    {
        if (!IsNumber(node))
            return null;
        var value = (JsonValue)node!;
        if (value.TryGetValue(out long whole))
            return whole;
        if (value.TryGetValue(out int small))
            return small;
        var number = value.AsDoubleOrNull();
        return number is { } d && Math.Floor(d) == d && Math.Abs(d) < 9.2e18 ? (long)d : null;
    }

    /// <summary>Any JSON number as a double, else null.</summary>
    public static double? AsDoubleOrNull(this JsonNode? node)
    {
        if (!IsNumber(node))
            return null;
        var value = (JsonValue)node!;
        if (value.TryGetValue(out double number))
            return number;
        return double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? number : null;
    }

    /// <summary>The object under a key, else null.</summary>
    public static JsonObject? Object(this JsonNode? node, string key) => Member(node, key) as JsonObject;

    /// <summary>The array under a key, else null.</summary>
    public static JsonArray? Array(this JsonNode? node, string key) => Member(node, key) as JsonArray;

    /// <summary>The string under a key, else null.</summary>
    public static string? String(this JsonNode? node, string key) => Member(node, key).AsStringOrNull();

    /// <summary>The node under a key of an object, else null (never throws).</summary>
    public static JsonNode? Member(this JsonNode? node, string key) =>
        node is JsonObject map && map.TryGetPropertyValue(key, out var value) ? value : null;

    /// <summary>The object under a key, created when absent or of another kind.</summary>
    public static JsonObject ObjectOrNew(this JsonObject map, string key)
    {
        if (map.Object(key) is { } found)
            return found;
        var created = new JsonObject();
        map[key] = created;
        return created;
    }

    /// <summary>True for a JSON number.</summary>
    public static bool IsNumber(this JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number;

    /// <summary>Equality of values: key order does not count, <c>1</c> equals <c>1.0</c>.</summary>
    public static bool DeepEquals(JsonNode? left, JsonNode? right) => DeepEquals(left, right, ScalarEquals);

    /// <summary>Equality with one's own idea of when two scalars are the same.</summary>
    internal static bool DeepEquals(JsonNode? left, JsonNode? right, Func<JsonValue, JsonValue, bool> sameScalar)
    {
        if (ReferenceEquals(left, right))
            return true;
        switch (left, right)
        {
            case (null, _) or (_, null):
                return false;
            case (JsonObject a, JsonObject b):
                if (a.Count != b.Count)
                    return false;
                foreach (var (key, value) in a)
                {
                    if (!b.TryGetPropertyValue(key, out var other) || !DeepEquals(value, other, sameScalar))
                        return false;
                }
                return true;
            case (JsonArray a, JsonArray b):
                if (a.Count != b.Count)
                    return false;
                for (var i = 0; i < a.Count; i++)
                {
                    if (!DeepEquals(a[i], b[i], sameScalar))
                        return false;
                }
                return true;
            case (JsonValue a, JsonValue b):
                return sameScalar(a, b);
            default:
                return false;
        }
    }

    internal static bool ScalarEquals(JsonValue a, JsonValue b)
    {
        var kind = a.GetValueKind();
        if (kind != b.GetValueKind())
            return false;
        if (kind == JsonValueKind.String)
            return a.GetValue<string>() == b.GetValue<string>();
        if (kind != JsonValueKind.Number)
            return true;
        return a.AsInt64OrNull() is { } x && b.AsInt64OrNull() is { } y ? x == y : a.AsDoubleOrNull() == b.AsDoubleOrNull();
    }
}
