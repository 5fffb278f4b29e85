using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>Which OpenAPI is written.</summary>
internal enum OpenApiDialect
{
    /// <summary>OpenAPI 3.0, one document for each API version.</summary>
    V3,

    /// <summary>Swagger 2.0, one document for all.</summary>
    V2,
}

/// <summary>
/// Writes schemas: built-in ones, whose <c>$ref</c> holds a bare type name, and those of CRDs. What Swagger 2.0 cannot say
/// is left out, as kube-apiserver does.
/// </summary>
internal static class SchemaWriter
{
    public static string Reference(OpenApiDialect dialect, string type) =>
        (dialect is OpenApiDialect.V3 ? "#/components/schemas/" : "#/definitions/") + type;

    /// <summary>A schema that is nothing but a reference.</summary>
    public static void WriteReference(Utf8JsonWriter json, OpenApiDialect dialect, string type)
    {
        json.WriteStartObject();
        json.WriteString("$ref", Reference(dialect, type));
        json.WriteEndObject();
    }

    /// <summary>One schema with all below it.</summary>
    public static void Write(Utf8JsonWriter json, OpenApiDialect dialect, JsonObject schema)
    {
        json.WriteStartObject();
        WriteMembers(json, dialect, schema, IsEmbedded(schema));
        json.WriteEndObject();
    }

    /// <summary>The schema of a custom resource: what the CRD declares, and what all objects have.</summary>
    public static void WriteCustom(Utf8JsonWriter json, OpenApiDialect dialect, CustomType type)
    {
        json.WriteStartObject();
        // Clients take a schema with properties for complete; one that lets anything in must have none.
        if (type.Schema is null || (dialect is OpenApiDialect.V2 && PreservesUnknown(type.Schema)))
            json.WriteString("type", "object");
        else
            WriteMembers(json, dialect, type.Schema, isObject: true);
        WriteKind(json, type, type.Resource.Kind);
        json.WriteEndObject();
    }

    /// <summary>The schema of a list of custom resources.</summary>
    public static void WriteCustomList(Utf8JsonWriter json, OpenApiDialect dialect, CustomType type)
    {
        json.WriteStartObject();
        json.WriteString("description", $"{type.Resource.ListKind} is a list of {type.Resource.Kind}");
        json.WriteString("type", "object");
        json.WriteStartArray("required");
        json.WriteStringValue("items");
        json.WriteEndArray();
        json.WriteStartObject("properties");
        WriteTypeMeta(json, dialect, TypeNames.ListMeta);
        json.WriteStartObject("items");
        json.WriteString("description", $"The objects of kind {type.Resource.Kind}.");
        json.WriteString("type", "array");
        json.WritePropertyName("items");
        WriteReference(json, dialect, type.TypeName);
        json.WriteEndObject();
        json.WriteEndObject();
        WriteKind(json, type, type.Resource.ListKind);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, OpenApiDialect dialect, JsonObject schema, bool isObject)
    {
        var swagger = dialect is OpenApiDialect.V2;
        var nullable = swagger && schema.Member("nullable").AsBoolOrNull() == true;
        var open = swagger && PreservesUnknown(schema);
        if (swagger && schema.Array("oneOf") is not null && schema.Member("type") is null && schema.Member("x-kubernetes-int-or-string") is null)
            json.WriteString("type", "string");
        foreach (var (key, value) in schema)
        {
            switch (key)
            {
                case "$ref" when value.AsStringOrNull() is { } reference:
                    json.WriteString("$ref", Reference(dialect, reference));
                    break;
                case "properties" or "required" when isObject:
                    break;
                case "properties" when value is JsonObject properties:
                    if (!nullable && !open)
                        WriteProperties(json, dialect, properties);
                    break;
                case "items" or "additionalProperties" when value is JsonObject nested:
                    if (!nullable && !open)
                    {
                        json.WritePropertyName(key);
                        Write(json, dialect, nested);
                    }
                    break;
                case "allOf" when swagger && value is JsonArray { Count: 1 } all && all[0].String("$ref") is { } only:
                    json.WriteString("$ref", Reference(dialect, only));
                    break;
                case "allOf" or "anyOf" or "oneOf" when value is JsonArray parts:
                    if (!swagger)
                        WriteAll(json, dialect, key, parts);
                    break;
                case "not" when value is JsonObject not:
                    if (!swagger)
                    {
                        json.WritePropertyName(key);
                        Write(json, dialect, not);
                    }
                    break;
                case "nullable" when swagger:
                case "type" when nullable:
                    break;
                default:
                    json.WritePropertyName(key);
                    WriteNode(json, value);
                    break;
            }
        }
        if (isObject)
            WriteObjectMembers(json, dialect, schema, open);
    }

    /// <summary>Properties and required of what is an object by itself: a custom resource or an embedded one.</summary>
    private static void WriteObjectMembers(Utf8JsonWriter json, OpenApiDialect dialect, JsonObject schema, bool open)
    {
        var embedded = IsEmbedded(schema);
        var required = (schema.Array("required") ?? []).Select(r => r.AsStringOrNull()).OfType<string>().ToList();
        foreach (var name in (ReadOnlySpan<string>)(embedded ? ["apiVersion", "kind"] : []))
        {
            if (!required.Contains(name))
                required.Add(name);
        }
        if (required.Count > 0)
        {
            json.WriteStartArray("required");
            foreach (var name in required)
                json.WriteStringValue(name);
            json.WriteEndArray();
        }
        json.WriteStartObject("properties");
        WriteTypeMeta(json, dialect, TypeNames.ObjectMeta);
        foreach (var (name, value) in schema.Object("properties") ?? [])
        {
            if (name is "apiVersion" or "kind" or "metadata" || value is not JsonObject property || open)
                continue;
            json.WritePropertyName(name);
            Write(json, dialect, property);
        }
        json.WriteEndObject();
    }

    private static void WriteTypeMeta(Utf8JsonWriter json, OpenApiDialect dialect, string metadata)
    {
        WriteText(json, "apiVersion", "Group and version of the kind, as apps/v1.");
        WriteText(json, "kind", "What the object is, in CamelCase.");
        json.WriteStartObject("metadata");
        if (dialect is OpenApiDialect.V2)
        {
            json.WriteString("$ref", Reference(dialect, metadata));
        }
        else
        {
            json.WriteStartArray("allOf");
            WriteReference(json, dialect, metadata);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string description)
    {
        json.WriteStartObject(name);
        json.WriteString("description", description);
        json.WriteString("type", "string");
        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, OpenApiDialect dialect, JsonObject properties)
    {
        json.WriteStartObject("properties");
        foreach (var (name, value) in properties)
        {
            if (value is not JsonObject property)
                continue;
            json.WritePropertyName(name);
            // OpenAPI 3.0 lets nothing stand beside a $ref, so kube-apiserver wraps those of properties, and clients look for that.
            if (dialect is OpenApiDialect.V3 && property.String("$ref") is { } reference)
            {
                json.WriteStartObject();
                json.WriteStartArray("allOf");
                WriteReference(json, dialect, reference);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            else
            {
                Write(json, dialect, property);
            }
        }
        json.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter json, OpenApiDialect dialect, string key, JsonArray parts)
    {
        json.WriteStartArray(key);
        foreach (var part in parts)
        {
            if (part is JsonObject schema)
                Write(json, dialect, schema);
        }
        json.WriteEndArray();
    }

    private static void WriteKind(Utf8JsonWriter json, CustomType type, string kind)
    {
        json.WriteStartArray("x-kubernetes-group-version-kind");
        json.WriteStartObject();
        json.WriteString("group", type.Resource.Group);
        json.WriteString("kind", kind);
        json.WriteString("version", type.Resource.Version);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteNode(Utf8JsonWriter json, JsonNode? node)
    {
        if (node is null)
            json.WriteNullValue();
        else
            node.WriteTo(json);
    }

    private static bool IsEmbedded(JsonObject schema) => schema.Member("x-kubernetes-embedded-resource").AsBoolOrNull() == true;

    private static bool PreservesUnknown(JsonObject schema) => schema.Member("x-kubernetes-preserve-unknown-fields").AsBoolOrNull() == true;
}
