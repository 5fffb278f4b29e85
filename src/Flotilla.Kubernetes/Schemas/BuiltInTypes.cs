using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// The built-in types of Kubernetes 1.36: structure, list and map keys, enums, formats, and the resources that a server
/// offers. Read once from facts recorded from a real API server (see <c>eng/kubernetes-facts.cs</c>).
/// </summary>
public sealed class BuiltInTypes
{
    private static readonly Lazy<BuiltInTypes> Loaded = new(Load);
    private readonly Dictionary<string, Schema> types = new(StringComparer.Ordinal);

    private BuiltInTypes(JsonObject facts)
    {
        Source = facts.Object("types")!;
        // A type is filled when it is first referred to (the reader may copy it), registered before (types may be recursive).
        SchemaReader? reader = null;
        Schema Filled(string name)
        {
            if (types.TryGetValue(name, out var known))
                return known;
            var schema = types[name] = new Schema { TypeName = name };
            reader!.Fill(schema, Source.Object(name)!);
            return schema;
        }
        reader = new SchemaReader(Filled);
        var kinds = new Dictionary<(string, string), Schema>();
        foreach (var (name, source) in Source)
        {
            var schema = Filled(name);
            foreach (var gvk in source.Array("x-kubernetes-group-version-kind") ?? [])
                kinds[(ApiVersion(gvk.String("group")!, gvk.String("version")!), gvk.String("kind")!)] = schema;
        }
        Kinds = kinds.ToFrozenDictionary();
        Resources = [.. facts.Array("resources")!.Select(r => ReadResource((JsonObject)r!))];
    }

    /// <summary>The one instance; loaded at first use.</summary>
    public static BuiltInTypes Instance => Loaded.Value;

    /// <summary>Version of the server that the facts were recorded from.</summary>
    public static string KubernetesVersion => "v1.36.2";

    /// <summary>Schemas of kinds by (apiVersion, kind), as <c>("apps/v1", "Deployment")</c>.</summary>
    public FrozenDictionary<(string ApiVersion, string Kind), Schema> Kinds { get; }

    /// <summary>All built-in resources.</summary>
    public IReadOnlyList<ResourceType> Resources { get; }

    /// <summary>The OpenAPI schemas by type name, as recorded (compact: <c>$ref</c> holds the bare name of a type). Do not change.</summary>
    public JsonObject Source { get; }

    /// <summary>Schema of <c>metadata</c> of every object.</summary>
    public Schema ObjectMeta => Type("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");

    /// <summary>The schema of a type by its full name.</summary>
    /// <exception cref="KeyNotFoundException">No such type.</exception>
    public Schema Type(string name) => types[name];

    /// <summary>The schema of a kind; null when it is not built in.</summary>
    public Schema? Kind(string apiVersion, string kind) => Kinds.GetValueOrDefault((apiVersion, kind));

    private static BuiltInTypes Load()
    {
        using var stream = typeof(BuiltInTypes).Assembly.GetManifestResourceStream("kubernetes-1.36.json")!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return new BuiltInTypes((JsonObject)JsonText.Parse(text)!);
    }

    private static ResourceType ReadResource(JsonObject source)
    {
        var (group, version) = Split(source.String("groupVersion")!);
        return new ResourceType
        {
            Group = group,
            Version = version,
            Plural = source.String("resource")!,
            Singular = source.String("singular")!,
            Kind = source.String("kind")!,
            ListKind = source.String("kind")! + "List",
            Namespaced = source.Member("namespaced").AsBoolOrNull() ?? false,
            Verbs = Strings(source.Array("verbs")),
            ShortNames = Strings(source.Array("shortNames")),
            Categories = Strings(source.Array("categories")),
            Subresources =
            [
                .. (source.Array("subresources") ?? []).Select(s => new SubresourceType(
                    s.String("name")!, s.String("kind")!, s.String("group"), s.String("version"), Strings(s.Array("verbs")))),
            ],
        };
    }

    private static (string Group, string Version) Split(string groupVersion)
    {
        var slash = groupVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ("", groupVersion) : (groupVersion[..slash], groupVersion[(slash + 1)..]);
    }

    private static string ApiVersion(string group, string version) => group.Length == 0 ? version : $"{group}/{version}";

    private static string[] Strings(JsonArray? array) => [.. (array ?? []).Select(n => n.AsStringOrNull()!)];
}
