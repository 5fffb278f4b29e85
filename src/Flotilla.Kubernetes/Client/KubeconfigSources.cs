using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Kubernetes.Client;

/// <summary>One or several kubeconfig files as one: of what stands in two, the first counts.</summary>
internal sealed class KubeconfigSources
{
    private readonly Dictionary<string, KubeconfigEntry> clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeconfigEntry> users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeconfigEntry> contexts = new(StringComparer.Ordinal);
    private readonly List<string> names = [];
    private string? currentContext;

    /// <summary>Adds what a text says.</summary>
    /// <param name="file">The full path it comes from; null for none.</param>
    public void Add(byte[] text, string? file)
    {
        var name = file ?? "kubeconfig";
        names.Add(name);
        JsonNode? content;
        try
        {
            content = YamlReader.ReadAll(text).FirstOrDefault()?.Content;
        }
        catch (YamlReadException e)
        {
            throw new EndpointException($"{name}: {e.Message}; correct the file", e);
        }
        if (content is null)
            return;
        if (content is not JsonObject config || config.String("kind") is { } kind and not "Config")
            throw new EndpointException($"{name}: is no kubeconfig (kind Config); give another file");
        currentContext ??= config.String("current-context") is { Length: > 0 } current ? current : null;
        Collect(config, "clusters", "cluster", clusters, file);
        Collect(config, "users", "user", users, file);
        Collect(config, "contexts", "context", contexts, file);
    }

    /// <summary>A context with the cluster and the user (null for nobody) that it names.</summary>
    /// <param name="wanted">Its name; null for the current one.</param>
    public (KubeconfigEntry Context, KubeconfigEntry Cluster, KubeconfigEntry? User) Select(string? wanted)
    {
        var files = string.Join(", ", names);
        if ((wanted ?? currentContext) is not { } name)
            throw new EndpointException($"{files}: current-context: is not set; choose one of {Known(contexts)}");
        if (!contexts.TryGetValue(name, out var context))
            throw new EndpointException($"{files}: contexts: there is no context \"{name}\"; choose one of {Known(contexts)}");
        if (context.Text("cluster") is not { } clusterName || !clusters.TryGetValue(clusterName, out var cluster))
            throw context.Wrong("cluster", $"there is no cluster \"{context.Text("cluster")}\"; name one of {Known(clusters)}");
        if (context.Text("user") is not { } userName)
            return (context, cluster, null);
        return users.TryGetValue(userName, out var user)
            ? (context, cluster, user)
            : throw context.Wrong("user", $"there is no user \"{userName}\"; name one of {Known(users)}");
    }

    private static void Collect(JsonObject config, string list, string key, Dictionary<string, KubeconfigEntry> into, string? file)
    {
        var entries = config.Array(list) ?? [];
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].String("name") is not { Length: > 0 } name)
                throw new EndpointException($"{file ?? "kubeconfig"}: {list}[{i}].name: is missing; give it a name");
            into.TryAdd(name, new KubeconfigEntry(file, $"{list}[{i}].{key}", name, entries[i].Object(key) ?? []));
        }
    }

    private static string Known(Dictionary<string, KubeconfigEntry> entries) =>
        entries.Count == 0 ? "(there are none)" : string.Join(", ", entries.Keys.Order(StringComparer.Ordinal));
}
