using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Authorization;
using Flotilla.ApiServer.Tests.Authorization;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Tests.Authentication;

public sealed class ImpersonationTests
{
    private static readonly UserInfo Alice = new("alice", [UserInfo.Authenticated]);
    private static readonly UserInfo Master = new("admin", [UserInfo.Masters]);

    [Theory]
    [InlineData("carol", "", "carol: system:authenticated")]
    [InlineData("carol", "ops dev", "carol: ops dev system:authenticated")]
    [InlineData("system:anonymous", "", "system:anonymous: system:unauthenticated")]
    [InlineData("carol", "system:unauthenticated", "carol: system:unauthenticated")]
    [InlineData("system:serviceaccount:n:bot", "", "system:serviceaccount:n:bot: system:serviceaccounts system:serviceaccounts:n system:authenticated")]
    [InlineData("system:serviceaccount:n:bot", "ops", "system:serviceaccount:n:bot: ops system:authenticated")]
    [InlineData("system:node:n1", "", "system:node:n1: system:nodes system:authenticated")]
    public void The_one_who_may_everything_becomes(string name, string groups, string expected)
    {
        var user = Act(Master, "GET /api/v1/pods", new RbacObjects(), ("Impersonate-User", name), ("Impersonate-Group", groups));
        Assert.Equal(expected, $"{user.Name}: {string.Join(' ', user.Groups)}");
    }

    [Fact]
    public void Uid_and_extra_come_along()
    {
        var user = Act(Master, "GET /api/v1/pods", new RbacObjects(), ("Impersonate-User", "carol"), ("Impersonate-Uid", "7"), ("Impersonate-Extra-Example.com%2Fscopes", "a b"));
        Assert.Equal("7", user.Uid);
        Assert.Equal(["a", "b"], user.Extra["example.com/scopes"]);
    }

    [Theory]
    [InlineData("""{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"]}""", null)]
    [InlineData("""{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["carol"]}""", null)]
    [InlineData("""{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["dave"]}""", "pods is forbidden: User \"alice\" cannot impersonate-on:user-info:list resource \"pods\" in API group \"\" at the cluster scope")]
    [InlineData("""{"verbs":["impersonate-on:user-info:list"],"apiGroups":[""],"resources":["pods"]},{"verbs":["impersonate:user-info"],"apiGroups":["authentication.k8s.io"],"resources":["users"]}""", null)]
    [InlineData("""{"verbs":["impersonate-on:user-info:list"],"apiGroups":[""],"resources":["pods"]}""", "users.authentication.k8s.io \"carol\" is forbidden: User \"alice\" cannot impersonate:user-info resource \"users\" in API group \"authentication.k8s.io\" at the cluster scope")]
    public void Others_need_a_rule(string rules, string? refusal)
    {
        var objects = new RbacObjects()
            .Put(RbacKind.ClusterRole, "", $$"""{"metadata":{"name":"r"},"rules":[{{rules}}]}""")
            .Put(RbacKind.ClusterRoleBinding, "", """{"metadata":{"name":"b"},"subjects":[{"kind":"User","name":"alice"}],"roleRef":{"kind":"ClusterRole","name":"r"}}""");
        if (refusal is null)
            Assert.Equal("carol", Act(Alice, "GET /api/v1/pods", objects, ("Impersonate-User", "carol")).Name);
        else
            Assert.Equal(refusal, Assert.Throws<ApiStatusException>(() => Act(Alice, "GET /api/v1/pods", objects, ("Impersonate-User", "carol"))).Message);
    }

    [Fact]
    public void Nobody_becomes_a_master_by_a_constrained_rule()
    {
        var objects = new RbacObjects()
            .Put(RbacKind.ClusterRole, "", """
                {"metadata":{"name":"r"},"rules":[
                {"verbs":["impersonate-on:user-info:list"],"apiGroups":["*"],"resources":["*"]},
                {"verbs":["impersonate:user-info"],"apiGroups":["*"],"resources":["*"]}]}
                """)
            .Put(RbacKind.ClusterRoleBinding, "", """{"metadata":{"name":"b"},"subjects":[{"kind":"User","name":"alice"}],"roleRef":{"kind":"ClusterRole","name":"r"}}""");
        var refusal = Assert.Throws<ApiStatusException>(() => Act(Alice, "GET /api/v1/pods", objects, ("Impersonate-User", "carol"), ("Impersonate-Group", UserInfo.Masters)));
        Assert.EndsWith("impersonating the system:masters group is not allowed", refusal.Message);
        Assert.Equal(403, refusal.Status.Code);
    }

    [Fact]
    public void Groups_without_a_name_are_a_bad_request()
    {
        var error = Assert.Throws<ApiStatusException>(() => Act(Master, "GET /api/v1/pods", new RbacObjects(), ("Impersonate-Group", "ops")));
        Assert.Equal(400, error.Status.Code);
        Assert.Equal("requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\"ops\"}, Extra:map[string][]string(nil)} without impersonating a user name", error.Message);
    }

    private static UserInfo Act(UserInfo requester, string request, RbacObjects objects, params (string Name, string Values)[] headers)
    {
        var given = new HeaderDictionary();
        foreach (var (name, values) in headers.Where(h => h.Values.Length > 0))
            given[name] = values.Split(' ');
        var wanted = ImpersonationHeaders.Read(given);
        return Impersonation.Authorize(requester, wanted!, RbacAuthorizerTests.Request(request), new RbacAuthorizer(objects));
    }
}
