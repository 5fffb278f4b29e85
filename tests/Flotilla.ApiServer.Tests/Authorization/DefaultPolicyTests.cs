using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Authorization;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Authorization;

public sealed class DefaultPolicyTests
{
    [Theory]
    [InlineData("GET /healthz", true, true)]
    [InlineData("GET /version", true, true)]
    [InlineData("GET /apis", false, true)]
    [InlineData("GET /openapi/v3", false, true)]
    [InlineData("GET /metrics", false, false)]
    [InlineData("GET /api/v1/namespaces", false, false)]
    [InlineData("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", false, true)]
    public void Everybody_may_look_around(string request, bool anonymous, bool known)
    {
        var authorizer = new RbacAuthorizer(RbacObjects.WithDefaultPolicy());
        var info = RbacAuthorizerTests.Request(request);
        Assert.Equal(anonymous, authorizer.Authorize(UserInfo.Anonymous, info).Allowed);
        Assert.Equal(known, authorizer.Authorize(new UserInfo("u", [UserInfo.Authenticated]), info).Allowed);
    }

    [Theory]
    [InlineData("view", "GET /api/v1/namespaces/n/configmaps/c", true)]
    [InlineData("view", "GET /api/v1/namespaces/n/secrets/c", false)]
    [InlineData("view", "POST /api/v1/namespaces/n/configmaps", false)]
    [InlineData("view", "GET /apis/example.com/v1/namespaces/n/widgets", true)]
    [InlineData("edit", "GET /api/v1/namespaces/n/secrets/c", true)]
    [InlineData("edit", "POST /apis/apps/v1/namespaces/n/deployments", true)]
    [InlineData("edit", "GET /apis/apps/v1/namespaces/n/deployments/d/status", true)]
    [InlineData("edit", "POST /apis/rbac.authorization.k8s.io/v1/namespaces/n/roles", false)]
    [InlineData("edit", "GET /apis/example.com/v1/namespaces/n/widgets", true)]
    [InlineData("admin", "POST /apis/rbac.authorization.k8s.io/v1/namespaces/n/roles", true)]
    [InlineData("admin", "GET /api/v1/namespaces/n/configmaps/c", true)]
    [InlineData("admin", "GET /apis/example.com/v1/namespaces/n/widgets", true)]
    [InlineData("admin", "GET /api/v1/nodes", false)]
    [InlineData("cluster-admin", "DELETE /apis/example.com/v1/namespaces/n/widgets/w", true)]
    public void Roles_for_people_collect_the_rules_labelled_for_them(string role, string request, bool allowed)
    {
        var objects = RbacObjects.WithDefaultPolicy()
            .Put(RbacKind.ClusterRole, "", """
                {"metadata":{"name":"widgets","labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}},
                "rules":[{"verbs":["get","list"],"apiGroups":["example.com"],"resources":["widgets"]}]}
                """)
            .Put(RbacKind.RoleBinding, "n", $$"""{"metadata":{"name":"b"},"subjects":[{"kind":"User","name":"u"}],"roleRef":{"kind":"ClusterRole","name":"{{role}}" } }""");
        Assert.Equal(allowed, new RbacAuthorizer(objects).Authorize(new UserInfo("u", []), RbacAuthorizerTests.Request(request)).Allowed);
    }

    [Fact]
    public void Collecting_roles_start_with_the_rules_that_they_collect()
    {
        var roles = DefaultPolicy.Objects.Where(o => o.Kind == RbacKind.ClusterRole).ToDictionary(o => o.Object["metadata"].String("name")!, o => o.Object.Array("rules")!.Count);
        Assert.Equal(roles["system:aggregate-to-view"], roles["view"]);
        Assert.Equal(roles["system:aggregate-to-edit"] + roles["view"], roles["edit"]);
        Assert.Equal(roles["system:aggregate-to-admin"] + roles["edit"], roles["admin"]);
    }

    [Fact]
    public void Roles_that_collect_each_other_end()
    {
        var one = JsonNode.Parse("""{"metadata":{"name":"one","labels":{"two":"x"}},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"one":"x"}}]}}""")!;
        var two = JsonNode.Parse("""{"metadata":{"name":"two","labels":{"one":"x"}},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"two":"x"}}]}}""")!;
        var base_ = JsonNode.Parse("""{"metadata":{"name":"base","labels":{"one":"x","two":"x"}},"rules":[{"verbs":["get"]},{"verbs":["get"]}]}""")!;
        Assert.Single(ClusterRoleAggregation.Rules((JsonObject)one, [(JsonObject)one, (JsonObject)two, (JsonObject)base_]));
    }

    [Fact]
    public void A_first_start_creates_and_a_second_changes_nothing()
    {
        Assert.All(DefaultPolicy.Objects, item =>
        {
            var created = PolicyReconciliation.Reconcile(null, item.Object);
            Assert.True(JsonNodeExtensions.DeepEquals(item.Object, created));
            Assert.Null(PolicyReconciliation.Reconcile(created, item.Object));
        });
    }

    [Fact]
    public void What_was_taken_away_returns_and_what_was_added_stays()
    {
        var wanted = DefaultPolicy.Objects.Single(o => o.Kind == RbacKind.ClusterRole && o.Object["metadata"].String("name") == "system:basic-user").Object;
        var changed = (JsonObject)wanted.DeepClone();
        changed.Array("rules")!.RemoveAt(0);
        changed.Array("rules")!.Add(JsonNode.Parse("""{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}"""));
        var result = PolicyReconciliation.Reconcile(changed, wanted)!;
        Assert.Equal(
            """
            [{"verbs":["create"],"apiGroups":["authentication.k8s.io"],"resources":["selfsubjectreviews"]},{"verbs":["get"],"apiGroups":[""],"resources":["pods"]},{"verbs":["create"],"apiGroups":["authorization.k8s.io"],"resources":["selfsubjectaccessreviews"]},{"verbs":["create"],"apiGroups":["authorization.k8s.io"],"resources":["selfsubjectrulesreviews"]}]
            """,
            result["rules"]!.ToJsonString());
        changed["metadata"]!["annotations"]![PolicyReconciliation.AutoUpdate] = "false";
        Assert.Null(PolicyReconciliation.Reconcile(changed, wanted));
    }

    [Theory]
    [InlineData("""[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]""", """[{"verbs":["get"],"apiGroups":[""],"resources":["pods"],"resourceNames":["a"]}]""", "[]")]
    [InlineData("""[{"verbs":["get"],"apiGroups":[""],"resources":["pods"],"resourceNames":["a"]}]""", """[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]""", """[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]""")]
    [InlineData("""[{"verbs":["get"],"apiGroups":[""],"resources":["*/scale"]}]""", """[{"verbs":["get"],"apiGroups":[""],"resources":["x/scale"]}]""", "[]")]
    [InlineData("""[{"verbs":["get"],"nonResourceURLs":["/a/*"]}]""", """[{"verbs":["get","put"],"nonResourceURLs":["/a/b"]}]""", """[{"verbs":["put"],"nonResourceURLs":["/a/b"]}]""")]
    public void Rules_that_go_beyond_others_are_found(string held, string wanted, string missing)
    {
        var result = RuleCoverage.Uncovered(Rules(held), Rules(wanted)).Select(r => r.ToJson().ToJsonString());
        Assert.Equal(missing, $"[{string.Join(',', result)}]");

        static PolicyRule[] Rules(string json) => [.. ((JsonArray)JsonNode.Parse(json)!).Select(PolicyRule.Read)];
    }
}
