using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Authorization;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.Tests.Authorization;

public sealed class EscalationPreventionTests
{
    private const string Roles = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/n/roles";
    private const string ClusterRoles = "POST /apis/rbac.authorization.k8s.io/v1/clusterroles";
    private const string Bindings = "POST /apis/rbac.authorization.k8s.io/v1/namespaces/n/rolebindings";
    private static readonly UserInfo Alice = new("alice", ["dev", UserInfo.Authenticated]);

    [Theory]
    [InlineData(Roles, """{"metadata":{"name":"r"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}""", null)]
    [InlineData(Roles, """{"metadata":{"name":"r"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["secrets","pods"]}]}""",
        "roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"alice\" (groups=[\"dev\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
        + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"list\"]}\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}")]
    [InlineData(ClusterRoles, """{"metadata":{"name":"r"},"aggregationRule":{"clusterRoleSelectors":[]}}""",
        "clusterroles.rbac.authorization.k8s.io \"r\" is forbidden: user \"alice\" (groups=[\"dev\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
        + "{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}\n{NonResourceURLs:[\"*\"], Verbs:[\"*\"]}")]
    [InlineData(Bindings, """{"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"mine"}}""", null)]
    [InlineData(Bindings, """{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"bindable"}}""", null)]
    [InlineData(Bindings, """{"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"gone"}}""", "role.rbac.authorization.k8s.io \"gone\" not found")]
    [InlineData(Bindings, """{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"other"}}""",
        "rolebindings.rbac.authorization.k8s.io \"b\" is forbidden: user \"alice\" (groups=[\"dev\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
        + "{APIGroups:[\"apps\"], Resources:[\"deployments\"], Verbs:[\"get\"]}")]
    public void Rights_are_given_only_by_those_who_have_them(string request, string obj, string? refusal) => Assert.Equal(refusal, Check(Alice, request, obj, null));

    [Fact]
    public void A_write_that_leaves_the_rights_alone_is_fine()
    {
        var role = """{"metadata":{"name":"r"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}]}""";
        Assert.Null(Check(Alice, Roles, role, role));
        Assert.NotNull(Check(Alice, Roles, role, """{"metadata":{"name":"r"},"rules":[]}"""));
    }

    [Fact]
    public void Masters_and_those_who_may_escalate_give_what_they_like()
    {
        var role = """{"metadata":{"name":"r"},"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}""";
        Assert.Null(Check(new UserInfo("admin", [UserInfo.Masters]), Roles, role, null));
        Assert.Null(Check(new UserInfo("escalator", []), Roles, role, null));
        Assert.NotNull(Check(new UserInfo("escalator", []), Roles, role.Replace("\"r\"", "\"s\"", StringComparison.Ordinal), null));
    }

    private static string? Check(UserInfo user, string request, string obj, string? old)
    {
        var objects = new RbacObjects()
            .Put(RbacKind.Role, "n", """
                {"metadata":{"name":"mine"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]},
                {"verbs":["bind"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"resourceNames":["bindable"]}]}
                """)
            .Put(RbacKind.Role, "n", """{"metadata":{"name":"escalate"},"rules":[{"verbs":["escalate"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"resourceNames":["r"]}]}""")
            .Put(RbacKind.ClusterRole, "", """{"metadata":{"name":"bindable"},"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}""")
            .Put(RbacKind.ClusterRole, "", """{"metadata":{"name":"other"},"rules":[{"verbs":["get"],"apiGroups":["apps"],"resources":["deployments"]}]}""")
            .Put(RbacKind.RoleBinding, "n", """{"metadata":{"name":"mine"},"subjects":[{"kind":"User","name":"alice"}],"roleRef":{"kind":"Role","name":"mine"}}""")
            .Put(RbacKind.RoleBinding, "n", """{"metadata":{"name":"escalate"},"subjects":[{"kind":"User","name":"escalator"}],"roleRef":{"kind":"Role","name":"escalate"}}""");
        try
        {
            var info = RbacAuthorizerTests.Request(request);
            new EscalationPrevention(new RbacAuthorizer(objects)).Check(user, info, (JsonObject)JsonNode.Parse(obj)!, old is null ? null : (JsonObject)JsonNode.Parse(old)!);
            return null;
        }
        catch (ApiStatusException e)
        {
            return e.Message;
        }
    }
}
