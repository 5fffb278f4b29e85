using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Core.Releases.Sources;

/// <summary>Which kinds live in namespaces: built-in ones, and those that the stack itself defines.</summary>
internal sealed class KindScopes
{
    private static readonly FrozenDictionary<(string Group, string Kind), bool> BuiltIn = BuiltInTypes.Instance.Resources
        .GroupBy(r => (r.Group, r.Kind)).ToFrozenDictionary(g => g.Key, g => g.First().Namespaced);

    private readonly Dictionary<(string Group, string Kind), bool> defined = [];

    public static KindScopes Of(IEnumerable<JsonObject> objects)
    {
        var scopes = new KindScopes();
        foreach (var content in objects)
        {
            if (content.String("kind") == "CustomResourceDefinition" && content.Object("spec") is { } spec)
                scopes.defined[(spec.String("group") ?? "", spec.Object("names").String("kind") ?? "")] = spec.String("scope") == "Namespaced";
        }
        return scopes;
    }

    /// <summary>
    /// Puts an object where kubectl would: into <c>default</c> when it names no namespace and its kind needs one; a namespace of a kind that
    /// has none goes. Kinds that nobody here knows stay as they are, since only their cluster can tell.
    /// </summary>
    public void Settle(JsonObject content)
    {
        var kind = (ObjectIdReading.GroupOf(content.String("apiVersion") ?? ""), content.String("kind") ?? "");
        if (!BuiltIn.TryGetValue(kind, out var namespaced) && !defined.TryGetValue(kind, out namespaced))
            return;
        var metadata = content.Object("metadata");
        if (!namespaced)
            metadata?.Remove("namespace");
        else if (string.IsNullOrEmpty(metadata.String("namespace")))
            metadata?["namespace"] = "default";
    }
}
