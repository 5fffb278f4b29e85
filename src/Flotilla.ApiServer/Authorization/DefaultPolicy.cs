using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Authorization;

/// <summary>An object of the default policy.</summary>
internal sealed record PolicyObject(RbacKind Kind, string Namespace, JsonObject Object);

/// <summary>
/// The roles and bindings that kube-apiserver 1.36 creates at start and that users rely on. Those of its controllers are left out: here
/// controllers act inside the server. The objects are shared between virtual clusters; clone before changing one.
/// </summary>
internal static partial class DefaultPolicy
{
    private const string ApiVersion = "rbac.authorization.k8s.io/v1";
    private const string ApiGroup = "rbac.authorization.k8s.io";
    private const string AggregatePrefix = "rbac.authorization.k8s.io/aggregate-to-";

    /// <summary>All objects, roles before bindings.</summary>
    public static IReadOnlyList<PolicyObject> Objects { get; } =
    [
        .. Collected([.. ClusterRoles()]).Select(role => new PolicyObject(RbacKind.ClusterRole, "", role)),
        .. ClusterRoleBindings().Select(binding => new PolicyObject(RbacKind.ClusterRoleBinding, "", binding)),
        new PolicyObject(RbacKind.Role, "kube-system", AuthenticationReader()),
    ];

    private static JsonObject ClusterRole(string name, params JsonObject[] rules) => ClusterRole(name, null, rules);

    /// <summary>A role; with <paramref name="into"/> its rules are collected by the role of that name.</summary>
    private static JsonObject ClusterRole(string name, string? into, JsonObject[] rules) =>
        new() { ["apiVersion"] = ApiVersion, ["kind"] = "ClusterRole", ["metadata"] = Metadata(name, into), ["rules"] = new JsonArray([.. rules]) };

    /// <summary>A role that collects the rules of all that are labelled for it.</summary>
    private static JsonObject Aggregated(string name, string? into = null) => new()
    {
        ["aggregationRule"] = new JsonObject
        {
            ["clusterRoleSelectors"] = new JsonArray(new JsonObject { ["matchLabels"] = new JsonObject { [AggregatePrefix + name] = "true" } }),
        },
        ["apiVersion"] = ApiVersion,
        ["kind"] = "ClusterRole",
        ["metadata"] = Metadata(name, into),
    };

    /// <summary>Fills in what aggregated roles collect, as the controller of a real cluster does soon after the start.</summary>
    private static JsonObject[] Collected(JsonObject[] roles)
    {
        foreach (var role in roles.Where(r => r.ContainsKey("aggregationRule")))
            role["rules"] = new JsonArray([.. ClusterRoleAggregation.Rules(role, roles).Select(rule => rule.DeepClone())]);
        return roles;
    }

    private static JsonObject Rule(string verbs, string groups, string resources, string names = "")
    {
        var rule = new JsonObject { ["verbs"] = Words(verbs), ["apiGroups"] = Groups(groups), ["resources"] = Words(resources) };
        if (names.Length > 0)
            rule["resourceNames"] = Words(names);
        return rule;
    }

    private static JsonObject Urls(string verbs, string urls) => new() { ["verbs"] = Words(verbs), ["nonResourceURLs"] = Words(urls) };

    private static JsonObject ClusterRoleBinding(string role, params (string Kind, string Name)[] subjects) => new()
    {
        ["apiVersion"] = ApiVersion,
        ["kind"] = "ClusterRoleBinding",
        ["metadata"] = Metadata(role, null),
        ["subjects"] = new JsonArray([.. subjects.Select(s => new JsonObject { ["kind"] = s.Kind, ["apiGroup"] = ApiGroup, ["name"] = s.Name })]),
        ["roleRef"] = new JsonObject { ["apiGroup"] = ApiGroup, ["kind"] = "ClusterRole", ["name"] = role },
    };

    private static JsonObject Metadata(string name, string? into)
    {
        var labels = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };
        if (into is not null)
            labels[AggregatePrefix + into] = "true";
        return new JsonObject
        {
            ["name"] = name,
            ["labels"] = labels,
            ["annotations"] = new JsonObject { [PolicyReconciliation.AutoUpdate] = "true" },
        };
    }

    private static JsonArray Words(string text) => new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => (JsonNode?)JsonValue.Create(w))]);

    /// <summary>Groups are parted by blanks; <c>core</c> stands for the one without a name.</summary>
    private static JsonArray Groups(string text) =>
        new([.. text.Split(' ').Select(g => (JsonNode?)JsonValue.Create(g == "core" ? "" : g))]);
}
