using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// The built-in types of Kubernetes 1.36: structure, list and map keys, enums, formats, and the resources that a server
/// offers. Facts recorded from a real API server (see <c>eng/kubernetes-facts.cs</c>); a type is read when it is first asked for.
/// </summary>
public sealed class BuiltInTypes
{
    private static readonly Lazy<BuiltInTypes> Loaded = new(() => new BuiltInTypes());
    private readonly TypeFacts facts = TypeFacts.Load();
    private readonly Lazy<JsonObject> source;

    /// <summary>Types that are read to the end, with all that they refer to.</summary>
    private readonly ConcurrentDictionary<string, Schema> complete = new(StringComparer.Ordinal);

    /// <summary>All types that were begun; a type may refer to itself.</summary>
    private readonly Dictionary<string, Schema> begun = new(StringComparer.Ordinal);
    private readonly SchemaReader reader;
    private readonly Lock reading = new();

    private BuiltInTypes()
    {
        source = new(facts.ReadAll);
        reader = new SchemaReader(Read);
        Resources = [.. facts.ReadResources().Select(r => ReadResource((JsonObject)r!))];
    }

    /// <summary>The one instance; loaded at first use.</summary>
    public static BuiltInTypes Instance => Loaded.Value;

    /// <summary>Version of the server that the facts were recorded from.</summary>
    public static string KubernetesVersion => "v1.36.2";

    /// <summary>All built-in resources.</summary>
    public IReadOnlyList<ResourceType> Resources { get; }

    /// <summary>The OpenAPI schemas by type name, as recorded (compact: <c>$ref</c> holds the bare name of a type). Do not change.</summary>
    public JsonObject Source => source.Value;

    /// <summary>Schema of <c>metadata</c> of every object.</summary>
    public Schema ObjectMeta => Type("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");

    /// <summary>The schema of a type by its full name.</summary>
    /// <exception cref="KeyNotFoundException">No such type.</exception>
    public Schema Type(string name)
    {
        if (complete.TryGetValue(name, out var known))
            return known;
        lock (reading)
            return complete[name] = Read(name);
    }

    /// <summary>The schema of a kind, as <c>("apps/v1", "Deployment")</c>; null when it is not built in.</summary>
    public Schema? Kind(string apiVersion, string kind) => facts.TypeOf(apiVersion, kind) is { } name ? Type(name) : null;

    private Schema Read(string name)
    {
        if (begun.TryGetValue(name, out var known))
            return known;
        var schema = begun[name] = new Schema { TypeName = name };
        reader.Fill(schema, facts.Read(name));
        return schema;
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

    private static string[] Strings(JsonArray? array) => [.. (array ?? []).Select(n => n.AsStringOrNull()!)];
}
