using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Requests;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Tests.Authorization;

public sealed class RbacAuthorizerTests
{
    private static readonly UserInfo Alice = new("alice", ["dev", UserInfo.Authenticated]);

    [Theory]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""", "GET /api/v1/namespaces/n/pods/p", true)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""", "GET /api/v1/namespaces/n/pods", false)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""", "GET /api/v1/namespaces/n/pods/p/log", false)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""", "GET /api/v1/namespaces/other/pods/p", false)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["pods/log"]}""", "GET /api/v1/namespaces/n/pods/p/log", true)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["*/log"]}""", "GET /api/v1/namespaces/n/pods/p/log", true)]
    [InlineData("""{"verbs":["get"],"apiGroups":[""],"resources":["*/log"]}""", "GET /api/v1/namespaces/n/pods/p/xlog", false)]
    [InlineData("""{"verbs":["*"],"apiGroups":["apps"],"resources":["*/scale"]}""", "PATCH /apis/apps/v1/namespaces/n/deployments/d/scale", true)]
    [InlineData("""{"verbs":["*"],"apiGroups":["apps"],"resources":["*/scale"]}""", "PATCH /apis/apps/v1/namespaces/n/deployments/d", false)]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""", "PATCH /apis/apps/v1/namespaces/n/deployments/d/scale", true)]
    [InlineData("""{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}""", "GET /metrics", false)]
    [InlineData("""{"verbs":["get"],"apiGroups":["apps"],"resources":["pods"]}""", "GET /api/v1/namespaces/n/pods/p", false)]
    [InlineData("""{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"],"resourceNames":["p"]}""", "GET /api/v1/namespaces/n/pods/p", true)]
    [InlineData("""{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"],"resourceNames":["p"]}""", "GET /api/v1/namespaces/n/pods/q", false)]
    [InlineData("""{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"],"resourceNames":["p"]}""", "GET /api/v1/namespaces/n/pods", false)]
    [InlineData("""{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"],"resourceNames":["p"]}""", "GET /api/v1/namespaces/n/pods?fieldSelector=metadata.name=p", true)]
    [InlineData("""{"verbs":"get","apiGroups":[""],"resources":["pods"]}""", "GET /api/v1/namespaces/n/pods/p", false)]
    public void A_rule_of_a_role_allows_what_it_names(string rule, string request, bool allowed)
    {
        var objects = new RbacObjects()
            .Put(RbacKind.Role, "n", $$"""{"metadata":{"name":"r"},"rules":[{{rule}}]}""")
            .Put(RbacKind.RoleBinding, "n", """{"metadata":{"name":"b"},"subjects":[{"kind":"User","name":"alice"}],"roleRef":{"kind":"Role","name":"r"}}""");
        Assert.Equal(allowed, new RbacAuthorizer(objects).Authorize(Alice, Request(request)).Allowed);
    }

    [Theory]
    [InlineData("/metrics", "GET /metrics", true)]
    [InlineData("/metrics", "GET /metrics/x", false)]
    [InlineData("/metrics", "POST /metrics", false)]
    [InlineData("/metrics/*", "GET /metrics/x/y", true)]
    [InlineData("/metrics/*", "GET /metrics", false)]
    [InlineData("*", "GET /anything", true)]
    [InlineData("*", "GET /api/v1/pods", false)]
    public void A_rule_for_paths_allows_what_it_names(string url, string request, bool allowed)
    {
        var objects = new RbacObjects()
            .Put(RbacKind.ClusterRole, "", $$"""{"metadata":{"name":"r"},"rules":[{"verbs":["get"],"nonResourceURLs":["{{url}}"]}]}""")
            .Put(RbacKind.ClusterRoleBinding, "", """{"metadata":{"name":"b"},"subjects":[{"kind":"Group","name":"dev"}],"roleRef":{"kind":"ClusterRole","name":"r"}}""");
        Assert.Equal(allowed, new RbacAuthorizer(objects).Authorize(Alice, Request(request)).Allowed);
    }

    [Theory]
    [InlineData("""{"kind":"User","name":"alice"}""", "alice", "User \"alice\"")]
    [InlineData("""{"kind":"Group","name":"dev"}""", "alice", "Group \"dev\"")]
    [InlineData("""{"kind":"ServiceAccount","name":"bot","namespace":"x"}""", "system:serviceaccount:x:bot", "ServiceAccount \"bot/x\"")]
    [InlineData("""{"kind":"ServiceAccount","name":"bot"}""", "system:serviceaccount:n:bot", "ServiceAccount \"bot/n\"")]
    [InlineData("""{"kind":"ServiceAccount","name":"bot"}""", "system:serviceaccount:x:bot", null)]
    [InlineData("""{"kind":"User","name":"dev"}""", "alice", null)]
    [InlineData("""{"kind":"Group","name":"alice"}""", "alice", null)]
    public void A_binding_is_for_its_subjects(string subject, string user, string? described)
    {
        var objects = new RbacObjects()
            .Put(RbacKind.ClusterRole, "", """{"metadata":{"name":"r"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}""")
            .Put(RbacKind.RoleBinding, "n", $$"""{"metadata":{"name":"b"},"subjects":[ {{subject}} ],"roleRef":{"kind":"ClusterRole","name":"r" } }""");
        var decision = new RbacAuthorizer(objects).Authorize(Alice with { Name = user }, Request("GET /api/v1/namespaces/n/pods/p"));
        Assert.Equal(described is null ? new AccessDecision(false, "") : new AccessDecision(true, $"RBAC: allowed by RoleBinding \"b/n\" of ClusterRole \"r\" to {described}"), decision);
    }

    [Fact]
    public void A_missing_role_is_told()
    {
        var objects = new RbacObjects()
            .Put(RbacKind.RoleBinding, "n", """{"metadata":{"name":"b"},"subjects":[{"kind":"User","name":"alice"}],"roleRef":{"kind":"ClusterRole","name":"gone"}}""");
        var request = Request("GET /api/v1/namespaces/n/pods/p");
        var decision = new RbacAuthorizer(objects).Authorize(Alice, request);
        Assert.Equal(
            "pods \"p\" is forbidden: User \"alice\" cannot get resource \"pods\" in API group \"\" in the namespace \"n\": RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found",
            Forbidden.Of(Alice, request, decision.Reason).Message);
        objects.Put(RbacKind.RoleBinding, "n", """{"metadata":{"name":"c"},"subjects":[{"kind":"User","name":"alice"}],"roleRef":{"kind":"Role","name":"lost"}}""");
        Assert.Equal(
            "RBAC: [clusterrole.rbac.authorization.k8s.io \"gone\" not found, role.rbac.authorization.k8s.io \"lost\" not found]",
            new RbacAuthorizer(objects).Authorize(Alice, request).Reason);
    }

    [Fact]
    public void Changes_count_at_once_and_nothing_is_read_without_one()
    {
        var objects = RbacObjects.WithDefaultPolicy();
        var authorizer = new RbacAuthorizer(objects);
        var request = Request("GET /api/v1/namespaces/n/configmaps");
        Assert.False(authorizer.Authorize(Alice, request).Allowed);
        objects.Put(RbacKind.RoleBinding, "n", """{"metadata":{"name":"b"},"subjects":[{"kind":"User","name":"alice"}],"roleRef":{"kind":"ClusterRole","name":"view"}}""");
        Assert.True(authorizer.Authorize(Alice, request).Allowed);
        var listed = objects.Listed;
        Assert.True(authorizer.Authorize(Alice, request).Allowed);
        Assert.Equal(listed, objects.Listed);
        objects.Remove(RbacKind.RoleBinding, "n", "b");
        Assert.False(authorizer.Authorize(Alice, request).Allowed);
    }

    [Fact]
    public void Masters_need_no_rules() =>
        Assert.Equal(new AccessDecision(true, ""), new RbacAuthorizer(new RbacObjects()).Authorize(new UserInfo("x", [UserInfo.Masters]), Request("DELETE /api/v1/nodes")));

    internal static RequestInfo Request(string text)
    {
        var parts = text.Split(' ', 2);
        var url = parts[1].Split('?', 2);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(url.Length > 1 ? url[1] : "");
        return RequestInfoReader.Read(parts[0], url[0], new QueryCollection(query));
    }
}
