using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>Which requests a webhook is for (<c>RuleWithOperations</c>).</summary>
internal sealed class WebhookRule
{
    private readonly string[] operations;
    private readonly string[] groups;
    private readonly string[] versions;
    private readonly (string Resource, string Subresource)[] resources;
    private readonly string scope;

    public WebhookRule(JsonNode? rule)
    {
        operations = Strings(rule, "operations");
        groups = Strings(rule, "apiGroups");
        versions = Strings(rule, "apiVersions");
        resources = [.. Strings(rule, "resources").Select(Split)];
        scope = rule.String("scope") ?? "*";
    }

    public bool Matches(AdmissionAttributes attributes)
    {
        var resource = attributes.Resource;
        return Contains(operations, attributes.Operation)
            && Contains(groups, resource.Group)
            && Contains(versions, resource.Version)
            && MatchesResource(resource.Plural, attributes.Subresource)
            && MatchesScope(attributes);
    }

    private bool MatchesResource(string resource, string subresource)
    {
        foreach (var (name, sub) in resources)
        {
            if ((name == "*" || name == resource) && (sub == "*" || sub == subresource))
                return true;
        }
        return false;
    }

    /// <summary>A Namespace is cluster-wide although its requests carry a namespace.</summary>
    private bool MatchesScope(AdmissionAttributes attributes)
    {
        var clusterWide = attributes.Namespace.Length == 0 || attributes.IsNamespace;
        return scope switch
        {
            "*" => true,
            "Cluster" => clusterWide,
            "Namespaced" => !clusterWide,
            _ => false,
        };
    }

    private static bool Contains(string[] items, string asked) => items.Contains("*") || items.Contains(asked);

    private static (string Resource, string Subresource) Split(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (text, "") : (text[..slash], text[(slash + 1)..]);
    }

    private static string[] Strings(JsonNode? rule, string key) =>
        [.. (rule.Array(key) ?? []).Select(n => n.AsStringOrNull()).OfType<string>()];
}
