using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>Values as Go writes them: in JSON (with the escapes of <c>encoding/json</c>) and in messages (<c>%v</c>, <c>%#v</c>).</summary>
internal static class GoText
{
    /// <summary>Appends a JSON string as Go's encoder does: also <c>&lt; &gt; &amp;</c>, U+2028 and U+2029 are escaped.</summary>
    public static void AppendJsonString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029':
                    text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
        text.Append('"');
    }

    /// <summary>Appends compact JSON with sorted keys, as Go writes a map.</summary>
    public static void AppendJson(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                text.Append('{');
                foreach (var (key, value) in Sorted(map))
                {
                    if (text[^1] != '{')
                        text.Append(',');
                    AppendJsonString(text, key);
                    text.Append(':');
                    AppendJson(text, value);
                }
                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    if (i > 0)
                        text.Append(',');
                    AppendJson(text, list[i]);
                }
                text.Append(']');
                break;
            default:
                text.Append(FieldScalar.From(node).ToJson());
                break;
        }
    }

    /// <summary>The shortest text that reads back as the number, with an exponent only below 1e-6 and from 1e21.</summary>
    public static string Number(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        if (value == 0 || Math.Abs(value) is >= 1e-6 and < 1e21)
            return decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        return shortest.Replace('E', 'e');
    }

    /// <summary><c>%v</c> of an unstructured value, as <c>map[a:1 b:[x y]]</c>.</summary>
    public static string Plain(JsonNode? node) => node switch
    {
        null => "<nil>",
        JsonObject map => $"map[{string.Join(' ', Sorted(map).Select(p => $"{p.Key}:{Plain(p.Value)}"))}]",
        JsonArray list => $"[{string.Join(' ', list.Select(Plain))}]",
        _ when node.AsStringOrNull() is { } text => text,
        _ => FieldScalar.From(node).ToJson(),
    };

    /// <summary><c>%#v</c> of an unstructured value, as <c>map[string]interface {}{"a":1}</c>.</summary>
    public static string Source(JsonNode? node) => node switch
    {
        null => "interface {}(nil)",
        JsonObject map => $"map[string]interface {{}}{{{string.Join(", ", Sorted(map).Select(p => $"{FieldScalar.From(p.Key)}:{Source(p.Value)}"))}}}",
        JsonArray list => $"[]interface {{}}{{{string.Join(", ", list.Select(Source))}}}",
        _ => FieldScalar.From(node).ToString(),
    };

    /// <summary><c>%T</c> of an unstructured value.</summary>
    public static string TypeName(JsonNode? node) => node switch
    {
        null => "<nil>",
        JsonObject => "map[string]interface {}",
        JsonArray => "[]interface {}",
        _ => FieldScalar.From(node).Kind switch
        {
            FieldScalarKind.String => "string",
            FieldScalarKind.Boolean => "bool",
            FieldScalarKind.Integer => "int64",
            _ => "float64",
        },
    };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Sorted(JsonObject map) =>
        map.OrderBy(p => p.Key, Comparer<string>.Create(Utf8Order.Compare));
}
