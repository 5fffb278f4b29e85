using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Flotilla.Api;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases.Sources;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Releases;

/// <summary>Everything that a revision is made of, and nothing else: its digest is the digest of this.</summary>
internal static class RevisionInputs
{
    /// <summary>Goes up when the same inputs compile to something else.</summary>
    public const long Form = 1;

    /// <summary>Canonical JSON.</summary>
    public static byte[] Write(IReadOnlyList<CompiledComponent> components, PrunePolicy prune) => CanonicalJson.Write(new JsonObject
    {
        ["form"] = Form,
        ["components"] = new JsonArray([.. components.OrderBy(c => c.Use.Name, StringComparer.Ordinal).Select(Component)]),
        ["prune"] = Node(prune, ApiJson.Default.PrunePolicy),
    });

    private static JsonNode Component(CompiledComponent component)
    {
        var use = component.Use;
        var version = use.Version;
        var node = new JsonObject
        {
            ["name"] = use.Name,
            ["version"] = version.Version,
            ["role"] = use.Role,
            ["adopt"] = use.Use.Adopt,
            ["substitute"] = use.Substitute,
            ["sources"] = Texts(SourceReader.DigestsOf(use).Order(StringComparer.Ordinal)),
            ["parameters"] = new JsonArray([.. version.Parameters.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => Node(p with { Description = null }, ApiJson.Default.ComponentParameter))]),
            ["values"] = new JsonArray([.. use.Use.Values.OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => Node(v, ApiJson.Default.ParameterValue))]),
            ["patches"] = new JsonArray([.. version.Patches.Select(p => Node(p, ApiJson.Default.ObjectPatch))]),
            ["requires"] = Nodes(version.Requires, ApiJson.Default.ComponentRequirement),
            ["conflicts"] = Nodes(version.Conflicts, ApiJson.Default.ComponentRequirement),
            ["after"] = Texts(component.After),
            ["health"] = new JsonArray([.. version.Health.Select(h => Node(h, ApiJson.Default.HealthRule))]),
            ["protect"] = Nodes(version.Protect, ApiJson.Default.ObjectTarget),
            ["replace"] = Nodes(version.Replace, ApiJson.Default.ObjectTarget),
            ["ignoreFields"] = Nodes(version.IgnoreFields, ApiJson.Default.IgnoredFields),
        };
        // Only where it is said: what says nothing of it keeps the digest that it had before this could be said.
        if (!string.IsNullOrWhiteSpace(version.UpgradeFrom))
            node["upgradeFrom"] = version.UpgradeFrom;
        return node;
    }

    /// <summary>A list whose order means nothing, in one order.</summary>
    public static IReadOnlyList<T> Sorted<T>(IReadOnlyList<T> list, JsonTypeInfo<T> type) =>
        list.Count < 2 ? list : [.. list.OrderBy(e => System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(Node(e, type))), StringComparer.Ordinal)];

    private static JsonArray Nodes<T>(IReadOnlyList<T> list, JsonTypeInfo<T> type) => new([.. Sorted(list, type).Select(e => Node(e, type))]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static JsonNode? Node<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type);
}
