using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>
/// What a ClusterRole with <c>aggregationRule</c> is made of: the rules of all ClusterRoles that its selectors match, which may be
/// aggregated themselves (<c>admin</c> collects <c>edit</c>, <c>edit</c> collects <c>view</c>).
/// </summary>
internal static class ClusterRoleAggregation
{
    /// <summary>
    /// The rules that the role should have, in the order of selectors and role names, each once. They belong to the given roles: clone
    /// before placing them elsewhere.
    /// </summary>
    /// <param name="role">A ClusterRole with an aggregation rule.</param>
    /// <param name="all">All ClusterRoles.</param>
    public static IReadOnlyList<JsonNode> Rules(JsonObject role, IReadOnlyList<JsonObject> all)
    {
        var rules = new List<JsonNode>();
        Collect(role, [.. all.OrderBy(Name, StringComparer.Ordinal)], [Name(role)], rules);
        return rules;
    }

    private static void Collect(JsonObject role, JsonObject[] all, HashSet<string> visited, List<JsonNode> rules)
    {
        foreach (var source in role.Object("aggregationRule").Array("clusterRoleSelectors") ?? [])
        {
            var selector = StoredSelector.Read(source as JsonObject);
            foreach (var candidate in all)
            {
                if (!selector.Matches(candidate.Object("metadata").Object("labels")) || !visited.Add(Name(candidate)))
                    continue;
                if (candidate.Object("aggregationRule") is not null)
                {
                    Collect(candidate, all, visited, rules);
                    continue;
                }
                foreach (var rule in candidate.Array("rules") ?? [])
                {
                    if (rule is not null && !rules.Exists(known => JsonNodeExtensions.DeepEquals(known, rule)))
                        rules.Add(rule);
                }
            }
        }
    }

    private static string Name(JsonObject role) => role.Object("metadata").String("name") ?? "";
}
