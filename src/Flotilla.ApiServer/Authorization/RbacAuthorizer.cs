using System.Collections.Concurrent;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Authorization;

/// <summary>Whether something may be done, and why: the words of kube-apiserver, empty when there is nothing to say.</summary>
internal readonly record struct AccessDecision(bool Allowed, string Reason);

/// <summary>
/// Role-based access of one virtual cluster. Everything is allowed to <c>system:masters</c>; for all others bindings are looked up by
/// user and group, and roles by name, in indexes that are rebuilt only when their objects changed.
/// </summary>
internal sealed class RbacAuthorizer(IRbacSource source)
{
    private readonly ConcurrentDictionary<string, RoleIndex> roles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, BindingIndex> bindings = new(StringComparer.Ordinal);

    public AccessDecision Authorize(UserInfo user, RequestInfo request)
    {
        if (user.Groups.Contains(UserInfo.Masters))
            return new AccessDecision(true, "");
        var question = AccessQuestion.Of(request);
        List<string>? problems = null;
        foreach (var (ns, bound) in BoundRoles(user, question.Namespace))
        {
            if (Rules(ns, bound, ref problems) is not { } rules)
                continue;
            foreach (var rule in rules)
            {
                if (rule.Allows(question))
                    return new AccessDecision(true, Describe(ns, bound));
            }
        }
        return new AccessDecision(false, problems is null ? "" : $"RBAC: {Join(problems)}");
    }

    /// <summary>
    /// All rules that apply to a user in a namespace (cluster-wide ones included; empty for these only), as access reviews list them.
    /// Roles that are bound but missing are told as problems.
    /// </summary>
    public (IReadOnlyList<PolicyRule> Rules, IReadOnlyList<string> Problems) RulesFor(UserInfo user, string ns)
    {
        var found = new List<PolicyRule>();
        List<string>? problems = null;
        foreach (var (scope, bound) in BoundRoles(user, ns))
        {
            if (Rules(scope, bound, ref problems) is { } rules)
                found.AddRange(rules);
        }
        return (found, problems ?? []);
    }

    /// <summary>The rules of a role that a binding in a namespace (empty: ClusterRoleBinding) would refer to; null when there is none.</summary>
    public IReadOnlyList<PolicyRule>? RulesOf(string ns, string roleKind, string roleName)
    {
        List<string>? problems = null;
        return Rules(ns, new BoundRole("", roleKind, roleName, ""), ref problems);
    }

    private List<(string Namespace, BoundRole Bound)> BoundRoles(UserInfo user, string ns)
    {
        var found = new List<BoundRole>();
        Bindings(RbacKind.ClusterRoleBinding, "").Collect(user, found);
        var clusterWide = found.Count;
        if (ns.Length > 0)
            Bindings(RbacKind.RoleBinding, ns).Collect(user, found);
        var result = new List<(string, BoundRole)>(found.Count);
        for (var i = 0; i < found.Count; i++)
            result.Add((i < clusterWide ? "" : ns, found[i]));
        return result;
    }

    private IReadOnlyList<PolicyRule>? Rules(string ns, BoundRole bound, ref List<string>? problems)
    {
        string problem;
        switch (bound.RoleKind)
        {
            case "Role" when ns.Length > 0:
                if (Roles(RbacKind.Role, ns).Rules(bound.RoleName) is { } own)
                    return own;
                problem = $"role.rbac.authorization.k8s.io {FieldError.Quote(bound.RoleName)} not found";
                break;
            case "ClusterRole":
                if (Roles(RbacKind.ClusterRole, "").Rules(bound.RoleName) is { } shared)
                    return shared;
                problem = $"clusterrole.rbac.authorization.k8s.io {FieldError.Quote(bound.RoleName)} not found";
                break;
            default:
                problem = $"unsupported role reference kind: {FieldError.Quote(bound.RoleKind)}";
                break;
        }
        problems ??= [];
        if (!problems.Contains(problem))
            problems.Add(problem);
        return null;
    }

    // Two requests may build the same index at once; both results are right, and one of them stays. The version is read before the
    // objects, so a change in between makes the index newer than it says, and the next request builds it again. Nothing is kept for
    // namespaces without objects: anybody may ask about any name.
    private RoleIndex Roles(RbacKind kind, string ns)
    {
        var version = source.Version(kind, ns);
        if (roles.TryGetValue(ns, out var known) && known.Version == version)
            return known;
        var index = new RoleIndex(version, source.List(kind, ns), known);
        Keep(roles, ns, index, index.IsEmpty);
        return index;
    }

    private BindingIndex Bindings(RbacKind kind, string ns)
    {
        var version = source.Version(kind, ns);
        if (bindings.TryGetValue(ns, out var known) && known.Version == version)
            return known;
        var index = new BindingIndex(version, source.List(kind, ns), ns, known);
        Keep(bindings, ns, index, index.IsEmpty);
        return index;
    }

    private static void Keep<T>(ConcurrentDictionary<string, T> indexes, string ns, T index, bool isEmpty)
    {
        if (isEmpty)
            indexes.TryRemove(ns, out _);
        else
            indexes[ns] = index;
    }

    private static string Describe(string ns, BoundRole bound)
    {
        var binding = ns.Length == 0
            ? $"ClusterRoleBinding {FieldError.Quote(bound.BindingName)}"
            : $"RoleBinding {FieldError.Quote($"{bound.BindingName}/{ns}")}";
        return $"RBAC: allowed by {binding} of {bound.RoleKind} {FieldError.Quote(bound.RoleName)} to {bound.Subject}";
    }

    private static string Join(List<string> problems) => problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]";
}
