using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Schemas.Formats;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>JSON under a schema as values.</summary>
internal static class SchemaValues
{
    public static CelValue Read(JsonNode? node, Schema schema)
    {
        if (node is null)
            return schema.Nullable ? CelValue.Null : CelValue.Error("invalid data, got null for schema with nullable=false");
        if (schema.IntOrString)
            return ReadIntOrString(node);
        switch (schema.Type)
        {
            case "object":
                if (node is not JsonObject map)
                    return CelValue.Error("invalid data, expected a map for the provided schema with type=object");
                return CelValue.Of(new SchemaMap(map, schema.EmbeddedResource ? SchemaCelTypes.WithObjectMeta(schema) : schema));
            case "array":
                return ReadArray(node, schema);
            case "string":
                return node.AsStringOrNull() is { } text ? ReadString(text, schema.Format) : CelValue.Error($"invalid data, expected string, got {GoType(node)}");
            case "number":
                return node.AsDoubleOrNull() is { } number ? CelValue.Of(number) : CelValue.Error($"invalid data, expected float, got {GoType(node)}");
            case "integer":
                return node.IsNumber() && JsonValues.WholeNumber((JsonValue)node) is { } whole
                    ? CelValue.Of(whole)
                    : CelValue.Error($"invalid data, expected int, got {GoType(node)}");
            case "boolean":
                return node.AsBoolOrNull() is { } truth ? CelValue.Of(truth) : CelValue.Error($"invalid data, expected bool, got {GoType(node)}");
            default:
                return schema.PreserveUnknownFields
                    ? CelValue.OfUnknown(node)
                    : CelValue.Error("invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got " + schema.Type);
        }
    }

    private static CelValue ReadIntOrString(JsonNode node)
    {
        if (node.AsStringOrNull() is { } text)
            return CelValue.Of(text);
        return node.IsNumber() && JsonValues.WholeNumber((JsonValue)node) is { } whole
            ? CelValue.Of(whole)
            : CelValue.Error("invalid data, expected XIntOrString value to be either a string or integer");
    }

    private static CelValue ReadArray(JsonNode node, Schema schema)
    {
        if (node is not JsonArray array)
            return CelValue.Error("invalid data, expected an array for the provided schema with type=array");
        if (schema.Items is null)
            return CelValue.Error("invalid array type, expected Items with a non-empty Schema");
        return CelValue.Of(schema.ListType switch
        {
            "map" => new KeyedList(new SchemaList(array, schema.Items), schema.ListMapKeys),
            "set" => new SetList(new SchemaList(array, schema.Items)),
            _ => new SchemaList(array, schema.Items),
        });
    }

    private static CelValue ReadString(string text, string? format)
    {
        switch (format)
        {
            case "duration":
                return Durations.Parse(text) is { } nanos ? CelValue.Duration(nanos) : CelValue.Error($"Invalid duration {text}: unable to parse {text} as duration");
            case "date":
                return TimeText.ParseDate(text) is { } date ? CelValue.Of(date) : CelValue.Error($"Invalid date formatted string {text}");
            case "date-time":
                return TimeText.Parse(text.ToUpperInvariant()) is { } time ? CelValue.Of(time) : CelValue.Error($"Invalid date-time formatted string {text}");
            case "byte":
                try
                {
                    return CelValue.Of(Convert.FromBase64String(text));
                }
                catch (FormatException)
                {
                    return CelValue.Error($"Invalid byte formatted string {text}");
                }
            default:
                return CelValue.Of(text);
        }
    }

    private static string GoType(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => JsonValues.WholeNumber((JsonValue)node) is null ? "float64" : "int64",
    };
}

/// <summary>An array under a schema.</summary>
internal sealed class SchemaList(JsonArray array, Schema items) : CelList
{
    public override int Count => array.Count;

    public override CelValue this[int index] => SchemaValues.Read(array[index], items);
}
