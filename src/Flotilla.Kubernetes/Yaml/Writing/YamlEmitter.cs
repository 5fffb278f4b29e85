using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Yaml.Writing;

/// <summary>Lays out block collections: two columns of indentation, none for a list under a key.</summary>
internal sealed class YamlEmitter(bool sortKeys)
{
    private const int Indentation = 2;

    /// <summary>Longest key (in bytes) that is written before its colon on one line.</summary>
    private const int MaxSimpleKey = 128;

    private readonly ScalarWriter output = new();

    public void WriteRoot(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                WriteMapping(map, 0, inline: true);
                break;
            case JsonArray { Count: > 0 } list:
                WriteSequence(list, 0, inline: true);
                break;
            default:
                WriteScalar(node, 0);
                break;
        }
        output.EndLine();
    }

    public override string ToString() => output.ToString();

    /// <param name="map">Not empty.</param>
    /// <param name="indent">Column of its keys.</param>
    /// <param name="inline">Whether the first key goes on the line that has begun.</param>
    private void WriteMapping(JsonObject map, int indent, bool inline)
    {
        IEnumerable<KeyValuePair<string, JsonNode?>> fields = sortKeys ? NaturalOrder.Sort(map) : map;
        foreach (var (key, value) in fields)
        {
            if (!inline)
                output.Indent(indent);
            inline = false;
            var isSimple = !key.AsSpan().ContainsAny("\n\r\x85\u2028\u2029") && Encoding.UTF8.GetByteCount(key) <= MaxSimpleKey;
            if (isSimple)
            {
                output.WriteText(key, indent, isKey: true);
                output.Write(":");
            }
            else
            {
                output.Write("? ");
                output.WriteText(key, indent + Indentation, isKey: false);
                output.Indent(indent);
                output.Write(":");
            }
            WriteValue(value, indent, afterSimpleKey: isSimple);
        }
    }

    private void WriteValue(JsonNode? value, int indent, bool afterSimpleKey)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map when afterSimpleKey:
                WriteMapping(map, indent + Indentation, inline: false);
                break;
            case JsonArray { Count: > 0 } list when afterSimpleKey:
                WriteSequence(list, indent, inline: false);
                break;
            default:
                output.Write(" ");
                WriteInline(value, indent);
                break;
        }
    }

    private void WriteSequence(JsonArray list, int indent, bool inline)
    {
        foreach (var element in list)
        {
            if (!inline)
                output.Indent(indent);
            inline = false;
            output.Write("- ");
            WriteInline(element, indent);
        }
    }

    /// <summary>Writes a node on the line that has begun with an indicator at column <paramref name="indent"/>.</summary>
    private void WriteInline(JsonNode? node, int indent)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                WriteMapping(map, indent + Indentation, inline: true);
                break;
            case JsonArray { Count: > 0 } list:
                WriteSequence(list, indent + Indentation, inline: true);
                break;
            default:
                WriteScalar(node, indent);
                break;
        }
    }

    private void WriteScalar(JsonNode? node, int indent)
    {
        switch (node)
        {
            case null:
                output.Write("null");
                break;
            case JsonObject:
                output.Write("{}");
                break;
            case JsonArray:
                output.Write("[]");
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                output.WriteText(value.GetValue<string>(), indent + Indentation, isKey: false);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                output.Write(Number(value));
                break;
            default:
                output.Write(node.ToJsonString());
                break;
        }
    }

    /// <summary>The number goes through Go's JSON form, in which <c>1e3</c> is an integer.</summary>
    private static string Number(JsonValue value)
    {
        var text = value.ToJsonString();
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            text = GoNumbers.Json(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        if (text == "-0")
            return "0";
        return text.AsSpan().IndexOfAny('.', 'e') < 0 && Int128.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is var whole
            && whole >= long.MinValue && whole <= ulong.MaxValue
            ? text
            : GoNumbers.General(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
    }
}
