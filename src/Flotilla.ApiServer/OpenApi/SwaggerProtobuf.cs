using System.Text.Json;
using Flotilla.ApiServer.Protobuf;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>
/// The types of a Swagger document as protobuf (github.com/google/gnostic-models, <c>OpenAPIv2.proto</c>). kubectl asks for nothing
/// else when it checks a <c>List</c>, and versions before 1.27 when they check anything. They look at types only: paths are left out.
/// </summary>
internal static class SwaggerProtobuf
{
    public const string MediaSubtype = "com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>What kubectl asks for. It is no media type, and Go's libraries refuse an answer that calls itself so.</summary>
    public const string AskedSubtype = "com.github.proto-openapi.spec.v2@v1.0+protobuf";

    public static byte[] Encode(ReadOnlyMemory<byte> swagger)
    {
        using var document = JsonDocument.Parse(swagger, new JsonDocumentOptions { MaxDepth = 2 * JsonText.MaxDepth });
        var root = document.RootElement;
        var writer = new WireWriter();
        writer.Text(1, root.GetProperty("swagger").GetString()!);
        writer.Message(2, info =>
        {
            info.Text(1, root.GetProperty("info").GetProperty("title").GetString()!);
            info.Text(2, root.GetProperty("info").GetProperty("version").GetString()!);
        });
        writer.Message(9, definitions => NamedSchemas(definitions, root.GetProperty("definitions")));
        return writer.Written.ToArray();
    }

    private static void NamedSchemas(WireWriter writer, JsonElement schemas)
    {
        foreach (var schema in schemas.EnumerateObject())
        {
            writer.Message(1, named =>
            {
                named.Text(1, schema.Name);
                named.Message(2, value => Schema(value, schema.Value));
            });
        }
    }

    private static void Schema(WireWriter writer, JsonElement schema)
    {
        foreach (var member in schema.EnumerateObject())
            Member(writer, member.Name, member.Value);
    }

    private static void Member(WireWriter writer, string name, JsonElement value)
    {
        switch (name)
        {
            case "$ref": writer.Text(1, value.GetString()!); break;
            case "format": writer.Text(2, value.GetString()!); break;
            case "title": writer.Text(3, value.GetString()!); break;
            case "description": writer.Text(4, value.GetString()!); break;
            case "default": writer.Message(5, any => Any(any, value)); break;
            case "multipleOf": writer.Double(6, value.GetDouble()); break;
            case "maximum": writer.Double(7, value.GetDouble()); break;
            case "exclusiveMaximum": writer.Flag(8, value.GetBoolean()); break;
            case "minimum": writer.Double(9, value.GetDouble()); break;
            case "exclusiveMinimum": writer.Flag(10, value.GetBoolean()); break;
            case "maxLength": writer.Number(11, value.GetInt64()); break;
            case "minLength": writer.Number(12, value.GetInt64()); break;
            case "pattern": writer.Text(13, value.GetString()!); break;
            case "maxItems": writer.Number(14, value.GetInt64()); break;
            case "minItems": writer.Number(15, value.GetInt64()); break;
            case "uniqueItems": writer.Flag(16, value.GetBoolean()); break;
            case "maxProperties": writer.Number(17, value.GetInt64()); break;
            case "minProperties": writer.Number(18, value.GetInt64()); break;
            case "required":
                foreach (var field in value.EnumerateArray())
                    writer.Text(19, field.GetString()!);
                break;
            case "enum":
                foreach (var choice in value.EnumerateArray())
                    writer.Message(20, any => Any(any, choice));
                break;
            case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                writer.Message(21, item => item.Message(1, s => Schema(s, value)));
                break;
            case "additionalProperties": writer.Message(21, item => item.Flag(2, value.GetBoolean())); break;
            case "type": writer.Message(22, item => item.Text(1, value.GetString()!)); break;
            case "items": writer.Message(23, item => item.Message(1, s => Schema(s, value))); break;
            case "allOf":
                foreach (var part in value.EnumerateArray())
                    writer.Message(24, s => Schema(s, part));
                break;
            case "properties": writer.Message(25, properties => NamedSchemas(properties, value)); break;
            default:
                if (name.StartsWith("x-", StringComparison.Ordinal))
                {
                    writer.Message(31, named =>
                    {
                        named.Text(1, name);
                        named.Message(2, any => Any(any, value));
                    });
                }
                break;
        }
    }

    // Any value travels as YAML, which JSON is.
    private static void Any(WireWriter writer, JsonElement value) => writer.Text(2, value.GetRawText());
}
