using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Yaml.Writing;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>Writes YAML as <c>kubectl -o yaml</c> and kube-apiserver do (sigs.k8s.io/yaml over go-yaml v2), to the byte.</summary>
public static class YamlWriter
{
    /// <summary>Writes one document, ending with a line feed.</summary>
    /// <param name="node">The content.</param>
    /// <param name="sortKeys">Whether keys are sorted as Kubernetes does (numbers in them by value); otherwise they stay in their order.</param>
    public static string Write(JsonNode? node, bool sortKeys = true)
    {
        var emitter = new YamlEmitter(sortKeys);
        emitter.WriteRoot(node);
        return emitter.ToString();
    }

    /// <summary>Writes several documents, with <c>---</c> between them.</summary>
    /// <param name="nodes">Their contents.</param>
    /// <param name="sortKeys">As in <see cref="Write"/>.</param>
    public static string WriteAll(IEnumerable<JsonNode?> nodes, bool sortKeys = true) =>
        string.Join("---\n", nodes.Select(n => Write(n, sortKeys)));
}
