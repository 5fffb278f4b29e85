using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>
/// The roles of one namespace (or all ClusterRoles) by name. Rules are read from an object when they are first needed: most roles of a
/// cluster are never asked for.
/// </summary>
internal sealed class RoleIndex
{
    private readonly Dictionary<string, Entry> roles;

    public RoleIndex(long version, IReadOnlyCollection<JsonObject> objects, RoleIndex? previous)
    {
        Version = version;
        roles = new Dictionary<string, Entry>(objects.Count, StringComparer.Ordinal);
        foreach (var role in objects)
        {
            var name = role.Object("metadata").String("name") ?? "";
            var kept = previous?.roles.GetValueOrDefault(name);
            roles[name] = kept is not null && ReferenceEquals(kept.Role, role) && !kept.IsAggregated ? kept : new Entry(role);
        }
    }

    public long Version { get; }

    public bool IsEmpty => roles.Count == 0;

    /// <summary>The rules of a role, those that an aggregation rule collects included; null when there is no such role.</summary>
    public IReadOnlyList<PolicyRule>? Rules(string name)
    {
        if (!roles.TryGetValue(name, out var entry))
            return null;
        return entry.Rules ??= entry.IsAggregated
            ? [.. ClusterRoleAggregation.Rules(entry.Role, [.. roles.Values.Select(e => e.Role)]).Select(PolicyRule.Read)]
            : PolicyRule.ReadAll(entry.Role);
    }

    private sealed class Entry(JsonObject role)
    {
        public JsonObject Role => role;

        public bool IsAggregated { get; } = role.Object("aggregationRule") is not null;

        public IReadOnlyList<PolicyRule>? Rules { get; set; }
    }
}
