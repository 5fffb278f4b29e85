using System.Buffers;
using System.Text.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>
/// The OpenAPI documents of a server: v3 by API version, and one v2 (Swagger) of all. Immutable; make new ones when a CRD
/// changes: that costs nothing until somebody asks. Documents are shared by all servers of the process that have the same types.
/// </summary>
internal sealed class OpenApiDocuments
{
    private static readonly SharedDocuments Shared = new();
    private static readonly Lazy<OpenApiDocuments> BuiltInOnly = new(() => new OpenApiDocuments(BuiltInVersions, []));

    private readonly Lazy<SortedDictionary<string, OpenApiDocument>> versions;
    private readonly Lazy<OpenApiDocument> swagger;
    private readonly Lazy<OpenApiDocument> swaggerProtobuf;
    private readonly Lazy<OpenApiDocument> index;

    private OpenApiDocuments(Func<IEnumerable<KeyValuePair<string, OpenApiDocument>>> builtIn, IReadOnlyList<CustomType> custom)
    {
        versions = new(() => new SortedDictionary<string, OpenApiDocument>(
            builtIn().Concat(CustomVersions(custom)).GroupBy(d => d.Key).ToDictionary(d => d.Key, d => d.Last().Value), StringComparer.Ordinal));
        swagger = new(() => Shared.Get(["v2", .. custom.Select(c => c.Digest)], () => DocumentWriter.Swagger(BuiltInTypes.Instance.Resources, custom)));
        swaggerProtobuf = new(() => Shared.Get([swagger.Value.Hash, "protobuf"], () => OpenApi.SwaggerProtobuf.Encode(swagger.Value.Body)));
        index = new(() => new OpenApiDocument(OpenApiDocument.HashOf(versions.Value.Select(v => v.Key + v.Value.Hash)), () => WriteIndex(versions.Value)));
    }

    /// <summary>The documents of a server without CRDs.</summary>
    public static OpenApiDocuments BuiltIn => BuiltInOnly.Value;

    /// <summary><c>/openapi/v2</c>.</summary>
    public OpenApiDocument Swagger => swagger.Value;

    /// <summary>The types of <c>/openapi/v2</c> as protobuf.</summary>
    public OpenApiDocument SwaggerProtobuf => swaggerProtobuf.Value;

    /// <summary><c>/openapi/v3</c>: where each document is.</summary>
    public OpenApiDocument Index => index.Value;

    /// <summary>The documents with these custom types: one for each served version of a CRD.</summary>
    public static OpenApiDocuments With(IReadOnlyList<CustomType> custom) =>
        custom.Count == 0 ? BuiltIn : new OpenApiDocuments(() => BuiltIn.versions.Value, [.. custom.OrderBy(c => c.TypeName, StringComparer.Ordinal)]);

    /// <summary>The document of an API version, as <c>api/v1</c> or <c>apis/apps/v1</c>; null when there is none.</summary>
    public OpenApiDocument? Find(string path) => versions.Value.GetValueOrDefault(path);

    /// <summary>The path of a document below the server, with the hash that lets clients keep it for ever.</summary>
    public static string Url(string path, OpenApiDocument document) => $"/openapi/v3/{path}?hash={document.Hash}";

    private static IEnumerable<KeyValuePair<string, OpenApiDocument>> BuiltInVersions() => BuiltInTypes.Instance.Resources
        .GroupBy(r => (r.Group, r.Version))
        .Select(version => KeyValuePair.Create(
            version.Key.Group.Length == 0 ? $"api/{version.Key.Version}" : $"apis/{version.Key.Group}/{version.Key.Version}",
            Shared.Get(["v3", version.Key.Group, version.Key.Version], () => DocumentWriter.Version([.. version], []))));

    private static IEnumerable<KeyValuePair<string, OpenApiDocument>> CustomVersions(IReadOnlyList<CustomType> custom)
    {
        foreach (var version in custom.GroupBy(c => c.Resource.ApiVersion, StringComparer.Ordinal))
        {
            CustomType[] types = [.. version];
            ResourceType[] builtIn = [.. BuiltInTypes.Instance.Resources.Where(r => r.ApiVersion == version.Key)];
            yield return KeyValuePair.Create(
                $"apis/{version.Key}",
                Shared.Get(["v3", version.Key, .. types.Select(t => t.Digest)], () => DocumentWriter.Version(builtIn, types)));
        }
    }

    private static byte[] WriteIndex(SortedDictionary<string, OpenApiDocument> versions)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("paths");
            foreach (var (path, document) in versions)
            {
                json.WriteStartObject(path);
                json.WriteString("serverRelativeURL", Url(path, document));
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
