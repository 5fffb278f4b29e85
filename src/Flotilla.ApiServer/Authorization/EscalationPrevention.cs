using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Requests;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Authorization;

/// <summary>
/// Nobody gives away rights that they do not have: writing a role needs all of its rights or the verb <c>escalate</c>, writing a binding
/// needs all rights of its role or the verb <c>bind</c>.
/// </summary>
internal sealed class EscalationPrevention(RbacAuthorizer authorizer)
{
    private const string Group = "rbac.authorization.k8s.io";

    /// <summary>What an aggregation rule can bring: everything.</summary>
    private static readonly PolicyRule[] FullAuthority =
        [new([PolicyRule.All], [PolicyRule.All], [PolicyRule.All], [], []), new([PolicyRule.All], [], [], [], [PolicyRule.All])];

    /// <summary>Checks a write; does nothing for other resources than the four of RBAC.</summary>
    /// <param name="user">Who writes.</param>
    /// <param name="request">Namespace and resource of the write; the name of a create may be missing.</param>
    /// <param name="obj">The object to be stored.</param>
    /// <param name="old">The stored object; null for a create.</param>
    /// <exception cref="ApiStatusException">403: the user would gain or give rights; 404: the role of a binding is not there.</exception>
    public void Check(UserInfo user, RequestInfo request, JsonObject obj, JsonObject? old)
    {
        if (request.Group != Group || user.Groups.Contains(UserInfo.Masters))
            return;
        switch (request.Resource)
        {
            case "roles" or "clusterroles" when !Same(obj, old, "rules") || !Same(obj, old, "aggregationRule"):
                CheckRole(user, request, obj);
                break;
            case "rolebindings" or "clusterrolebindings" when !Same(obj, old, "subjects") || !Same(obj, old, "roleRef"):
                CheckBinding(user, request, obj);
                break;
        }
    }

    private void CheckRole(UserInfo user, RequestInfo request, JsonObject role)
    {
        if (Has(user, request, "escalate", request.Resource, Name(role)))
            return;
        Require(user, request, Name(role), PolicyRule.ReadAll(role));
        if (role.Object("aggregationRule") is not null)
            Require(user, request, Name(role), FullAuthority);
    }

    private void CheckBinding(UserInfo user, RequestInfo request, JsonObject binding)
    {
        var reference = binding.Object("roleRef");
        var kind = reference.String("kind") ?? "";
        var roleName = reference.String("name") ?? "";
        if (Has(user, request, "bind", kind == "ClusterRole" ? "clusterroles" : "roles", roleName))
            return;
        var rules = authorizer.RulesOf(request.Namespace, kind, roleName)
            ?? throw ApiStatusException.NotFound(Group, kind == "ClusterRole" ? "clusterrole" : "role", roleName);
        Require(user, request, Name(binding), rules);
    }

    private bool Has(UserInfo user, RequestInfo request, string verb, string resource, string name) =>
        authorizer.Authorize(user, request with { Verb = verb, Resource = resource, Subresource = "", Name = name }).Allowed;

    private void Require(UserInfo user, RequestInfo request, string name, IReadOnlyList<PolicyRule> wanted)
    {
        var (held, problems) = authorizer.RulesFor(user, request.Namespace);
        var missing = RuleCoverage.Uncovered(held, wanted);
        if (missing.Count == 0)
            return;
        var lines = missing.Select(r => r.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var why = $"user {FieldError.Quote(user.Name)} (groups=[{string.Join(' ', user.Groups.Select(FieldError.Quote))}]) "
            + $"is attempting to grant RBAC permissions not currently held:\n{string.Join('\n', lines)}";
        if (problems.Count > 0)
            why += $"; resolution errors: [{string.Join(", ", problems)}]";
        throw ApiStatusException.Forbidden(Group, request.Resource, name, why);
    }

    private static bool Same(JsonObject obj, JsonObject? old, string key) => old is not null && JsonNodeExtensions.DeepEquals(obj.Member(key), old.Member(key));

    private static string Name(JsonObject obj) => obj.Object("metadata").String("name") ?? "";
}
