using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas.Formats;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>Types of schemas and of values, as kube-openapi names them.</summary>
internal static class ValueTypes
{
    /// <summary>The types a schema takes, as messages list them; null when it takes any.</summary>
    public static string? Describe(Schema schema) => schema.IntOrString ? "integer,string" : schema.Type;

    public static bool Takes(Schema schema, string type) => schema.IntOrString ? type is "integer" or "string" : schema.Type == type;

    /// <summary>The format that counts for the schema's type; null when there is none or it is not enforced.</summary>
    public static string? EffectiveFormat(Schema schema)
    {
        if (schema.Format is not { Length: > 0 } format)
            return null;
        return IsKnownFormat(schema.IntOrString ? "" : schema.Type ?? "", format) ? format : null;
    }

    /// <summary>Whether a format is enforced for values of a type (empty: of any type).</summary>
    public static bool IsKnownFormat(string type, string format) => type switch
    {
        "" or "string" => StringFormats.Find(format) is not null,
        "integer" => format is "int32" or "int64",
        "number" => format is "float" or "double",
        _ => false,
    };

    /// <summary>Type and format of a value: <c>integer</c> is a number that was written without fraction and exponent.</summary>
    public static (string Type, string Format) Of(JsonNode value, JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => ("object", ""),
        JsonValueKind.Array => ("array", ""),
        JsonValueKind.String => ("string", ""),
        JsonValueKind.Number => ((JsonValue)value).TryGetValue(out long _) ? ("integer", "int64") : ("number", "float64"),
        _ => ("boolean", ""),
    };

    /// <summary>Length of a text in characters.</summary>
    public static long CodePoints(string text)
    {
        var count = text.Length;
        foreach (var c in text)
        {
            if (char.IsLowSurrogate(c))
                count--;
        }
        return count;
    }

    /// <summary>Equality with an allowed value. As in kube-apiserver a fraction is cut when the allowed value is a whole number.</summary>
    public static bool EnumEquals(JsonNode value, JsonNode? allowed)
    {
        if (allowed is JsonValue bound && bound.TryGetValue(out long whole) && value.IsNumber() && !((JsonValue)value).TryGetValue(out long _))
            return value.AsDoubleOrNull() is { } number && (long)number == whole;
        return allowed is not null && JsonNodeExtensions.DeepEquals(value, allowed);
    }
}
