using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>
/// The roles of one namespace (or all ClusterRoles) by name. A role is parsed when it is first needed (most roles of a cluster are never
/// asked for), and not again while it stays the same.
/// </summary>
internal sealed class RoleIndex
{
    private readonly Dictionary<string, Entry> roles;

    public RoleIndex(long version, IReadOnlyList<StoredObject> objects, RoleIndex? previous)
    {
        Version = version;
        roles = new Dictionary<string, Entry>(objects.Count, StringComparer.Ordinal);
        foreach (var stored in objects)
        {
            var kept = previous?.roles.GetValueOrDefault(stored.Key.Name);
            roles[stored.Key.Name] = new Entry(stored, kept);
        }
    }

    public long Version { get; }

    public bool IsEmpty => roles.Count == 0;

    /// <summary>The rules of a role, those that an aggregation rule collects included; null when there is no such role.</summary>
    public IReadOnlyList<PolicyRule>? Rules(string name)
    {
        if (!roles.TryGetValue(name, out var entry))
            return null;
        return entry.Rules ??= entry.Role.Object("aggregationRule") is null
            ? PolicyRule.ReadAll(entry.Role)
            : [.. ClusterRoleAggregation.Rules(entry.Role, [.. roles.Values.Select(e => e.Role)]).Select(PolicyRule.Read)];
    }

    private sealed class Entry
    {
        private readonly StoredObject stored;
        private JsonObject? role;

        public Entry(StoredObject stored, Entry? previous)
        {
            this.stored = stored;
            if (previous is null || !ReferenceEquals(previous.stored, stored))
                return;
            role = previous.role;
            // What an aggregated role collects depends on the others.
            if (role.Object("aggregationRule") is null)
                Rules = previous.Rules;
        }

        public JsonObject Role => role ??= stored.Parse();

        public IReadOnlyList<PolicyRule>? Rules { get; set; }
    }
}
