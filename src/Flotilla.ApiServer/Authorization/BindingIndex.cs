using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>A binding and the first of its subjects that made it apply.</summary>
internal readonly record struct BoundRole(string BindingName, string RoleKind, string RoleName, string Subject);

/// <summary>The bindings of one namespace (or all ClusterRoleBindings) by who they are for.</summary>
internal sealed class BindingIndex
{
    private readonly Dictionary<string, List<BoundRole>> users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<BoundRole>> groups = new(StringComparer.Ordinal);

    /// <summary>Indexes bindings; the namespace is empty for ClusterRoleBindings.</summary>
    public BindingIndex(long version, IReadOnlyCollection<JsonObject> bindings, string ns)
    {
        Version = version;
        foreach (var binding in bindings)
        {
            var name = binding.Object("metadata").String("name") ?? "";
            var role = binding.Object("roleRef");
            foreach (var subject in binding.Array("subjects") ?? [])
                Add(subject, new BoundRole(name, role.String("kind") ?? "", role.String("name") ?? "", ""), ns);
        }
    }

    public long Version { get; }

    public bool IsEmpty => users.Count == 0 && groups.Count == 0;

    /// <summary>Adds what applies to a user: by name first, then group by group.</summary>
    public void Collect(UserInfo user, List<BoundRole> found)
    {
        if (users.TryGetValue(user.Name, out var own))
            found.AddRange(own);
        foreach (var group in user.Groups)
        {
            if (groups.TryGetValue(group, out var shared))
                found.AddRange(shared);
        }
    }

    private void Add(JsonNode? subject, BoundRole role, string ns)
    {
        var name = subject.String("name") ?? "";
        switch (subject.String("kind"))
        {
            case "User":
                Entry(users, name).Add(role with { Subject = $"User {FieldError.Quote(name)}" });
                break;
            case "Group":
                Entry(groups, name).Add(role with { Subject = $"Group {FieldError.Quote(name)}" });
                break;
            case "ServiceAccount":
                var home = subject.String("namespace") is { Length: > 0 } given ? given : ns;
                if (home.Length > 0)
                    Entry(users, ServiceAccountTokens.UserName(home, name)).Add(role with { Subject = $"ServiceAccount {FieldError.Quote($"{name}/{home}")}" });
                break;
        }
    }

    private static List<BoundRole> Entry(Dictionary<string, List<BoundRole>> map, string key)
    {
        if (!map.TryGetValue(key, out var list))
            map[key] = list = [];
        return list;
    }
}
