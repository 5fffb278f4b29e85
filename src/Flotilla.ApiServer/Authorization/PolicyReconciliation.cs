using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>
/// Brings an object of the default policy up to date without taking away what an administrator added: missing rules, subjects, labels and
/// annotations are filled in; an object whose annotation says <c>autoupdate: false</c> is left alone.
/// </summary>
internal static class PolicyReconciliation
{
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    /// <summary>What to write; null when the stored object is fine.</summary>
    /// <param name="existing">The stored object, null when there is none. It is not changed.</param>
    /// <param name="wanted">The object of <see cref="DefaultPolicy"/>.</param>
    public static JsonObject? Reconcile(JsonObject? existing, JsonObject wanted)
    {
        if (existing is null)
            return (JsonObject)wanted.DeepClone();
        if (existing.Object("metadata").Object("annotations").String(AutoUpdate) == "false")
            return null;
        var result = (JsonObject)existing.DeepClone();
        var metadata = result.ObjectOrNew("metadata");
        var changed = AddMissing(metadata, "labels", wanted.Object("metadata").Object("labels"))
            | AddMissing(metadata, "annotations", wanted.Object("metadata").Object("annotations"))
            | AddMissing(result, "subjects", wanted.Array("subjects"));
        if (wanted.Object("roleRef") is { } role && !JsonNodeExtensions.DeepEquals(result.Object("roleRef"), role))
        {
            // A roleRef cannot be changed; the caller sees that it differs and replaces the object.
            result["roleRef"] = role.DeepClone();
            changed = true;
        }
        if (wanted.Object("aggregationRule") is { } aggregation)
            changed |= AddMissing(result.ObjectOrNew("aggregationRule"), "clusterRoleSelectors", aggregation.Array("clusterRoleSelectors"));
        else
            changed |= AddMissingRules(result, wanted);
        return changed ? result : null;
    }

    private static bool AddMissing(JsonObject owner, string key, JsonObject? entries)
    {
        var changed = false;
        foreach (var (name, value) in entries ?? [])
        {
            changed |= owner.ObjectOrNew(key).TryAdd(name, value?.DeepClone());
        }
        return changed;
    }

    private static bool AddMissing(JsonObject owner, string key, JsonArray? entries)
    {
        var changed = false;
        foreach (var entry in entries ?? [])
        {
            if (owner.Array(key) is not { } target)
                owner[key] = target = [];
            if (target.Any(known => JsonNodeExtensions.DeepEquals(known, entry)))
                continue;
            target.Add(entry?.DeepClone());
            changed = true;
        }
        return changed;
    }

    private static bool AddMissingRules(JsonObject result, JsonObject wanted)
    {
        var missing = RuleCoverage.Uncovered(PolicyRule.ReadAll(result), PolicyRule.ReadAll(wanted));
        if (missing.Count == 0)
            return false;
        if (result.Array("rules") is not { } rules)
            result["rules"] = rules = [];
        foreach (var rule in missing)
            rules.Add((JsonNode)rule.ToJson());
        return true;
    }
}
