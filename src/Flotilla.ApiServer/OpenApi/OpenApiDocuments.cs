using System.Buffers;
using System.Text.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>
/// The OpenAPI documents of a server: v3 by API version, and one v2 (Swagger) of all. Immutable; make new ones when a CRD
/// changes. Documents are shared by all servers of the process that have the same types.
/// </summary>
internal sealed class OpenApiDocuments
{
    private static readonly SharedDocuments Shared = new();
    private static readonly Lazy<OpenApiDocuments> BuiltInOnly = new(() => new OpenApiDocuments(BuiltInVersions(), []));

    private readonly SortedDictionary<string, OpenApiDocument> versions;
    private byte[]? index;

    private OpenApiDocuments(IEnumerable<KeyValuePair<string, OpenApiDocument>> builtIn, IReadOnlyList<CustomType> custom)
    {
        versions = new SortedDictionary<string, OpenApiDocument>(StringComparer.Ordinal);
        foreach (var (path, document) in builtIn)
            versions[path] = document;
        foreach (var version in custom.GroupBy(c => c.Resource.ApiVersion, StringComparer.Ordinal))
            versions[$"apis/{version.Key}"] = CustomVersion(version.Key, [.. version]);
        IndexHash = OpenApiDocument.HashOf(versions.Select(v => v.Key + v.Value.Hash));
        Swagger = Shared.Get(["v2", .. custom.Select(c => c.Digest)], () => DocumentWriter.Swagger(BuiltInTypes.Instance.Resources, custom));
    }

    /// <summary>The documents of a server without CRDs.</summary>
    public static OpenApiDocuments BuiltIn => BuiltInOnly.Value;

    /// <summary><c>/openapi/v2</c>.</summary>
    public OpenApiDocument Swagger { get; }

    /// <summary>The documents with these custom types: one for each served version of a CRD.</summary>
    public static OpenApiDocuments With(IReadOnlyList<CustomType> custom) =>
        custom.Count == 0 ? BuiltIn : new OpenApiDocuments(BuiltIn.versions, [.. custom.OrderBy(c => c.TypeName, StringComparer.Ordinal)]);

    /// <summary>The document of an API version, as <c>api/v1</c> or <c>apis/apps/v1</c>; null when there is none.</summary>
    public OpenApiDocument? Find(string path) => versions.GetValueOrDefault(path);

    /// <summary><c>/openapi/v3</c>: where each document is.</summary>
    public byte[] Index => index ??= WriteIndex();

    /// <summary>Changes when the index does.</summary>
    public string IndexHash { get; }

    /// <summary>The path of a document below the server, with the hash that lets clients keep it for ever.</summary>
    public static string Url(string path, OpenApiDocument document) => $"/openapi/v3/{path}?hash={document.Hash}";

    private static IEnumerable<KeyValuePair<string, OpenApiDocument>> BuiltInVersions() => BuiltInTypes.Instance.Resources
        .GroupBy(r => (r.Group, r.Version))
        .Select(version => KeyValuePair.Create(
            version.Key.Group.Length == 0 ? $"api/{version.Key.Version}" : $"apis/{version.Key.Group}/{version.Key.Version}",
            Shared.Get(["v3", version.Key.Group, version.Key.Version], () => DocumentWriter.Version([.. version], []))));

    private static OpenApiDocument CustomVersion(string apiVersion, CustomType[] types)
    {
        var builtIn = BuiltInTypes.Instance.Resources.Where(r => r.ApiVersion == apiVersion).ToArray();
        return Shared.Get(["v3", apiVersion, .. types.Select(t => t.Digest)], () => DocumentWriter.Version(builtIn, types));
    }

    private byte[] WriteIndex()
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
