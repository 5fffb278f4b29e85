using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>A role that a user has, by which binding, and as which of its subjects.</summary>
internal readonly record struct BoundRole(string BindingName, string RoleKind, string RoleName, string Subject);

/// <summary>The bindings of one namespace (or all ClusterRoleBindings) by who they are for.</summary>
internal sealed class BindingIndex
{
    private readonly Dictionary<string, List<BoundRole>> users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<BoundRole>> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<StoredObject, Grant[]> grants;

    /// <summary>Indexes bindings, parsing those that the previous index did not know; the namespace is empty for ClusterRoleBindings.</summary>
    public BindingIndex(long version, IReadOnlyList<StoredObject> bindings, string ns, BindingIndex? previous)
    {
        Version = version;
        grants = new Dictionary<StoredObject, Grant[]>(bindings.Count, ReferenceEqualityComparer.Instance);
        foreach (var binding in bindings)
        {
            if (previous is null || !previous.grants.TryGetValue(binding, out var known))
                known = Read(binding.Parse(), ns);
            grants[binding] = known;
            foreach (var grant in known)
                Add(grant.IsGroup ? groups : users, grant);
        }
    }

    public long Version { get; }

    public bool IsEmpty => grants.Count == 0;

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

    private static Grant[] Read(JsonObject binding, string ns)
    {
        var role = binding.Object("roleRef");
        var bound = new BoundRole(binding.Object("metadata").String("name") ?? "", role.String("kind") ?? "", role.String("name") ?? "", "");
        var result = new List<Grant>();
        foreach (var subject in binding.Array("subjects") ?? [])
        {
            var name = subject.String("name") ?? "";
            switch (subject.String("kind"))
            {
                case "User":
                    result.Add(new Grant(false, name, bound with { Subject = $"User {FieldError.Quote(name)}" }));
                    break;
                case "Group":
                    result.Add(new Grant(true, name, bound with { Subject = $"Group {FieldError.Quote(name)}" }));
                    break;
                case "ServiceAccount":
                    var home = subject.String("namespace") is { Length: > 0 } given ? given : ns;
                    if (home.Length > 0)
                        result.Add(new Grant(false, ServiceAccountTokens.UserName(home, name), bound with { Subject = $"ServiceAccount {FieldError.Quote($"{name}/{home}")}" }));
                    break;
            }
        }
        return [.. result];
    }

    private static void Add(Dictionary<string, List<BoundRole>> map, Grant grant)
    {
        if (!map.TryGetValue(grant.Name, out var list))
            map[grant.Name] = list = [];
        list.Add(grant.Role);
    }

    private sealed record Grant(bool IsGroup, string Name, BoundRole Role);
}
