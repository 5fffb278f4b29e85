using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>One rule of a role: what may be done with what.</summary>
internal sealed record PolicyRule(
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string> ApiGroups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> ResourceNames,
    IReadOnlyList<string> NonResourceUrls)
{
    public const string All = "*";

    /// <summary>Reads an entry of <c>rules</c>; what is not a list of strings counts as empty.</summary>
    public static PolicyRule Read(JsonNode? rule) => new(
        Strings(rule, "verbs"), Strings(rule, "apiGroups"), Strings(rule, "resources"), Strings(rule, "resourceNames"), Strings(rule, "nonResourceURLs"));

    /// <summary>Reads <c>rules</c> of a Role or ClusterRole.</summary>
    public static PolicyRule[] ReadAll(JsonObject role) => [.. (role.Array("rules") ?? []).Select(Read)];

    /// <summary>Whether the rule allows what is asked.</summary>
    public bool Allows(in AccessQuestion question)
    {
        if (!Contains(Verbs, question.Verb))
            return false;
        if (!question.IsResource)
            return MatchesPath(question.Path);
        return Contains(ApiGroups, question.Group) && MatchesResource(question) && (ResourceNames.Count == 0 || ResourceNames.Contains(question.Name));
    }

    /// <summary>The rule on the wire; empty lists are left out.</summary>
    public JsonObject ToJson()
    {
        var rule = new JsonObject();
        Set(rule, "verbs", Verbs);
        Set(rule, "apiGroups", ApiGroups);
        Set(rule, "resources", Resources);
        Set(rule, "resourceNames", ResourceNames);
        Set(rule, "nonResourceURLs", NonResourceUrls);
        return rule;
    }

    /// <summary>The form in which kube-apiserver shows rules: <c>{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}</c>.</summary>
    public override string ToString()
    {
        (string Name, IReadOnlyList<string> Values)[] parts =
        [
            ("APIGroups", ApiGroups), ("Resources", Resources), ("NonResourceURLs", NonResourceUrls), ("ResourceNames", ResourceNames), ("Verbs", Verbs),
        ];
        return $"{{{string.Join(", ", parts.Where(p => p.Values.Count > 0).Select(p => $"{p.Name}:[{string.Join(' ', p.Values.Select(FieldError.Quote))}]"))}}}";
    }

    private bool MatchesResource(in AccessQuestion question)
    {
        foreach (var resource in Resources)
        {
            if (resource == All || resource == question.Resource)
                return true;
            if (question.Subresource.Length > 0
                && resource.Length == question.Subresource.Length + 2
                && resource.StartsWith("*/", StringComparison.Ordinal)
                && resource.EndsWith(question.Subresource, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private bool MatchesPath(string path)
    {
        foreach (var url in NonResourceUrls)
        {
            if (url == All || url == path)
                return true;
            if (url.EndsWith('*') && path.AsSpan().StartsWith(url.AsSpan().TrimEnd('*'), StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private static bool Contains(IReadOnlyList<string> allowed, string asked)
    {
        foreach (var entry in allowed)
        {
            if (entry == All || entry == asked)
                return true;
        }
        return false;
    }

    private static void Set(JsonObject rule, string key, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
            rule[key] = new JsonArray([.. values.Select(v => (JsonNode?)JsonValue.Create(v))]);
    }

    private static string[] Strings(JsonNode? rule, string key)
    {
        var array = rule.Array(key);
        return array is null or { Count: 0 } ? [] : [.. array.Select(n => n.AsStringOrNull()).OfType<string>()];
    }
}
