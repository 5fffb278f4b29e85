using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>Writes whole OpenAPI documents.</summary>
internal static class DocumentWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 2 * JsonText.MaxDepth };

    /// <summary>OpenAPI 3.0 of one API version, with all types that it needs.</summary>
    public static byte[] Version(IReadOnlyList<ResourceType> builtIn, IReadOnlyList<CustomType> custom) => Write(json =>
    {
        json.WriteString("openapi", "3.0.0");
        WriteInfo(json, builtIn.Count > 0);
        var referenced = WritePaths(json, OpenApiDialect.V3, builtIn, custom);
        json.WriteStartObject("components");
        json.WriteStartObject("schemas");
        if (custom.Count > 0)
            referenced.UnionWith([TypeNames.ObjectMeta, TypeNames.ListMeta]);
        WriteTypes(json, OpenApiDialect.V3, Closure(referenced), custom);
        json.WriteEndObject();
        WriteSecurity(json, "securitySchemes");
        json.WriteEndObject();
    });

    /// <summary>Swagger 2.0 of everything.</summary>
    public static byte[] Swagger(IReadOnlyList<ResourceType> builtIn, IReadOnlyList<CustomType> custom) => Write(json =>
    {
        json.WriteString("swagger", "2.0");
        WriteInfo(json, hasBuiltIn: true);
        WritePaths(json, OpenApiDialect.V2, builtIn, custom);
        json.WriteStartObject("definitions");
        WriteTypes(json, OpenApiDialect.V2, BuiltInTypes.Instance.Source.Select(t => t.Key), custom);
        json.WriteEndObject();
        WriteSecurity(json, "securityDefinitions");
    });

    private static HashSet<string> WritePaths(Utf8JsonWriter json, OpenApiDialect dialect, IReadOnlyList<ResourceType> builtIn, IReadOnlyList<CustomType> custom)
    {
        var operations = new OperationWriter(json, dialect);
        json.WriteStartObject("paths");
        foreach (var resource in builtIn)
            PathsWriter.Write(json, operations, resource);
        foreach (var type in custom)
            PathsWriter.Write(json, operations, type);
        json.WriteEndObject();
        return operations.Referenced;
    }

    private static void WriteTypes(Utf8JsonWriter json, OpenApiDialect dialect, IEnumerable<string> builtIn, IReadOnlyList<CustomType> custom)
    {
        foreach (var type in custom)
        {
            json.WritePropertyName(type.TypeName);
            SchemaWriter.WriteCustom(json, dialect, type);
            json.WritePropertyName(type.ListTypeName);
            SchemaWriter.WriteCustomList(json, dialect, type);
        }
        foreach (var name in builtIn)
        {
            json.WritePropertyName(name);
            SchemaWriter.Write(json, dialect, BuiltInTypes.Instance.Source.Object(name)!);
        }
    }

    /// <summary>These built-in types and all that they are made of, in order; names that are not built in are left out.</summary>
    private static SortedSet<string> Closure(IEnumerable<string> names)
    {
        var source = BuiltInTypes.Instance.Source;
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>(names);
        while (waiting.TryPop(out var name))
        {
            if (source.Object(name) is { } type && found.Add(name))
                CollectReferences(type, waiting);
        }
        return found;
    }

    // A property may itself be called "$ref", so only strings count.
    private static void CollectReferences(JsonNode? node, Stack<string> into)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    if (key == "$ref" && value.AsStringOrNull() is { } reference)
                        into.Push(reference);
                    else
                        CollectReferences(value, into);
                }
                break;
            case JsonArray list:
                foreach (var item in list)
                    CollectReferences(item, into);
                break;
        }
    }

    private static void WriteInfo(Utf8JsonWriter json, bool hasBuiltIn)
    {
        json.WriteStartObject("info");
        json.WriteString("title", hasBuiltIn ? "Kubernetes" : "Kubernetes CRD Swagger");
        json.WriteString("version", hasBuiltIn ? BuiltInTypes.KubernetesVersion : "v0.1.0");
        json.WriteEndObject();
    }

    private static void WriteSecurity(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("BearerToken");
        json.WriteString("type", "apiKey");
        json.WriteString("description", "Bearer token");
        json.WriteString("name", "authorization");
        json.WriteString("in", "header");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
