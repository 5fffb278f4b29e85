using System.Text.Json.Nodes;
using Flotilla.ApiServer.Admission;
using Flotilla.ApiServer.Admission.Webhooks;
using Flotilla.ApiServer.Authentication;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Admission.Webhooks;

/// <summary>Which requests a webhook is asked about: all webhooks here are unreachable, so being asked is failing.</summary>
public sealed class WebhookMatchingTests
{
    [Theory]
    [InlineData("""{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}""", "CREATE pods", true)]
    [InlineData("""{"operations":["UPDATE","DELETE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}""", "CREATE pods", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"]}""", "CREATE pods", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"]}""", "UPDATE pods/status", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*/*"]}""", "UPDATE pods/status", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*/status"]}""", "UPDATE pods/status", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*/status"]}""", "UPDATE pods", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["pods/*"]}""", "UPDATE pods/status", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["apps"],"apiVersions":["v1"],"resources":["*"]}""", "CREATE pods", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["apps"],"apiVersions":["v1"],"resources":["deployments"]}""", "CREATE deployments.apps", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["apps"],"apiVersions":["v1beta1"],"resources":["deployments"]}""", "CREATE deployments.apps", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"scope":"Namespaced"}""", "CREATE pods", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"scope":"Cluster"}""", "CREATE pods", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"scope":"Cluster"}""", "CREATE nodes", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"scope":"Cluster"}""", "UPDATE namespaces", true)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"scope":"Namespaced"}""", "UPDATE namespaces", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"]}""", "CREATE validatingwebhookconfigurations.admissionregistration.k8s.io", false)]
    [InlineData("""{"operations":["*"],"apiGroups":["*"],"apiVersions":["*"],"resources":["*"]}""", "CREATE mutatingwebhookconfigurations.admissionregistration.k8s.io", false)]
    public async Task Rules_name_operations_groups_versions_resources_and_scope(string rule, string request, bool asked) =>
        Assert.Equal(asked, await IsAskedAsync($"\"rules\":[{rule}]", Request(request)));

    [Theory]
    [InlineData("CREATE pods", "n", null, true)]
    [InlineData("CREATE pods", "other", null, false)]
    [InlineData("CREATE nodes", "", null, true)]
    [InlineData("CREATE namespaces", "x", """{"team":"a"}""", true)]
    [InlineData("UPDATE namespaces", "n", """{"team":"b"}""", false)]
    [InlineData("DELETE namespaces", "n", null, true)]
    [InlineData("DELETE namespaces", "other", null, false)]
    public async Task A_namespace_selector_looks_at_the_namespace(string request, string ns, string? labels, bool asked) =>
        Assert.Equal(asked, await IsAskedAsync(""" "namespaceSelector":{"matchLabels":{"team":"a"}} """, Request(request, labels) with { Namespace = ns }));

    [Fact]
    public async Task A_namespace_that_is_not_there_is_not_found()
    {
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() =>
            IsAskedAsync(""" "namespaceSelector":{"matchLabels":{"team":"a"}} """, Request("CREATE pods") with { Namespace = "gone" }));
        Assert.Equal((404, "namespaces \"gone\" not found"), (failure.Status.Code, failure.Message));
    }

    [Theory]
    [InlineData("""{"app":"x"}""", null, true)]
    [InlineData("""{"app":"y"}""", null, false)]
    [InlineData("""{"app":"y"}""", """{"app":"x"}""", true)]
    [InlineData(null, """{"app":"x"}""", true)]
    [InlineData(null, null, false)]
    public async Task An_object_selector_looks_at_the_new_and_the_old_object(string? labels, string? oldLabels, bool asked)
    {
        var request = Request("UPDATE pods", labels) with { OldObject = Labelled(oldLabels) };
        Assert.Equal(asked, await IsAskedAsync(""" "objectSelector":{"matchExpressions":[{"key":"app","operator":"In","values":["x"]}]} """, request));
    }

    [Theory]
    [InlineData("object.metadata.labels.app == 'x'", true)]
    [InlineData("object.metadata.labels.app == 'y'", false)]
    [InlineData("oldObject == null", true)]
    [InlineData("request.operation == 'UPDATE' && request.userInfo.username == 'alice' && request.resource.resource == 'pods'", true)]
    [InlineData("!has(request.userInfo.groups) || !('system:nodes' in request.userInfo.groups)", true)]
    [InlineData("has(request.subResource)", false)]
    public async Task A_condition_looks_at_the_objects_and_the_request(string expression, bool asked) =>
        Assert.Equal(asked, await IsAskedAsync($$""" "matchConditions":[{"name":"a","expression":"true"},{"name":"b","expression":"{{expression}}"}] """, Request("UPDATE pods", """{"app":"x"}""")));

    [Theory]
    [InlineData("object.nothing == 1", "Fail", "pods \"x\" is forbidden: expression 'object.nothing == 1' resulted in error: no such key: nothing")]
    [InlineData("object.nothing == 1", "Ignore", null)]
    [InlineData("'a text'", "Fail", "pods \"x\" is forbidden: expression ''a text'' resulted in error: cel expression is expected to return bool")]
    public async Task A_condition_that_cannot_be_computed_is_the_failure_policys_matter(string expression, string policy, string? refusal)
    {
        var member = $$""" "failurePolicy":"{{policy}}","matchConditions":[{"name":"b","expression":"{{expression}}"}] """;
        var failure = await Record.ExceptionAsync(async () => Assert.False(await IsAskedAsync(member, Request("UPDATE pods", "{}"))));
        Assert.Equal(refusal, failure?.Message);
    }

    [Fact]
    public async Task One_condition_that_does_not_hold_outweighs_others_that_fail() =>
        Assert.False(await IsAskedAsync(""" "matchConditions":[{"name":"a","expression":"object.nothing"},{"name":"b","expression":"false"}] """, Request("UPDATE pods", "{}")));

    [Fact]
    public async Task A_service_is_called_through_its_endpoints()
    {
        await using var listener = await WebhookListener.StartAsync(TestContext.Current.CancellationToken);
        listener.On("/check", """{"allowed":true}""");
        var objects = new WebhookObjects()
            .Hook(WebhookKind.Validating, "c", $$"""
                {"name":"v.example.com","clientConfig":{"service":{"name":"kubernetes","namespace":"default","path":"/check"},"caBundle":"{{listener.CaBundle}}"} }
                """)
            .Put("Service", "default", """{"metadata":{"name":"kubernetes"},"spec":{"ports":[{"name":"https","port":443,"targetPort":9443}]}}""");
        var admission = new WebhookAdmission(objects);
        Assert.Equal(
            "Internal error occurred: failed calling webhook \"v.example.com\": failed to call webhook: Post \"https://kubernetes.default.svc:443/check?timeout=10s\": no endpoints available for service \"kubernetes\"",
            (await Assert.ThrowsAsync<ApiStatusException>(() => admission.ValidateAsync(Request("CREATE pods"), TestContext.Current.CancellationToken))).Message);

        objects.Put("EndpointSlice", "default", $$"""
            {"metadata":{"name":"s","labels":{"kubernetes.io/service-name":"kubernetes"} },"ports":[{"name":"https","port":{{listener.Port}} }],
            "endpoints":[{"addresses":["192.0.2.1"],"conditions":{"ready":false} },{"addresses":["127.0.0.1"]} ]}
            """);
        await admission.ValidateAsync(Request("CREATE pods"), TestContext.Current.CancellationToken);
        Assert.Single(listener.Asked);
    }

    [Fact]
    public async Task A_service_may_have_an_Endpoints_object_instead()
    {
        await using var listener = await WebhookListener.StartAsync(TestContext.Current.CancellationToken);
        listener.On("/", """{"allowed":true}""");
        var objects = new WebhookObjects()
            .Hook(WebhookKind.Validating, "c", $$"""
                {"name":"v.example.com","clientConfig":{"service":{"name":"kubernetes","namespace":"default","port":8443},"caBundle":"{{listener.CaBundle}}"} }
                """)
            .Put("Service", "default", """{"metadata":{"name":"kubernetes"},"spec":{"ports":[{"port":8443}]}}""")
            .Put("Endpoints", "default", $$"""{"metadata":{"name":"kubernetes"},"subsets":[{"addresses":[{"ip":"127.0.0.1"}],"ports":[{"port":{{listener.Port}} }]}]}""");
        await new WebhookAdmission(objects).ValidateAsync(Request("CREATE pods"), TestContext.Current.CancellationToken);
        Assert.Equal("/?timeout=10s", listener.Asked.Single().Path);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99999)]
    public async Task An_endpoint_with_a_port_that_does_not_exist_is_none(int port)
    {
        var objects = new WebhookObjects()
            .Hook(WebhookKind.Validating, "c", """{"name":"v.example.com","clientConfig":{"service":{"name":"s","namespace":"n"}}}""")
            .Put("Service", "n", """{"metadata":{"name":"s"},"spec":{"ports":[{"port":443}]}}""")
            .Put("Endpoints", "n", $$"""{"metadata":{"name":"s"},"subsets":[{"addresses":[{"ip":"127.0.0.1"}],"ports":[{"port":{{port}} }]}]}""");
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Request("CREATE pods"), TestContext.Current.CancellationToken));
        Assert.EndsWith("no endpoints available for service \"s\"", failure.Message);
    }

    [Fact]
    public async Task Nobody_is_asked_when_a_later_condition_fails_the_request()
    {
        await using var listener = await WebhookListener.StartAsync(TestContext.Current.CancellationToken);
        listener.On("/a", """{"allowed":true}""");
        var config = $$"""{"url":"{{listener.Url("/a")}}","caBundle":"{{listener.CaBundle}}"}""";
        var objects = new WebhookObjects().Hook(WebhookKind.Validating, "c",
            $$"""{"name":"a.example.com","clientConfig":{{config}} }""",
            $$"""{"name":"b.example.com","clientConfig":{{config}},"matchConditions":[{"name":"x","expression":"object.nothing"}]}""");
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Request("UPDATE pods", "{}"), TestContext.Current.CancellationToken));
        Assert.Equal(403, failure.Status.Code);
        Assert.Empty(listener.Asked);
    }

    [Theory]
    [InlineData("""{"service":{"name":"gone","namespace":"default"}}""", "failed to call webhook: Post \"https://gone.default.svc:443/?timeout=10s\": service \"gone\" not found")]
    [InlineData("""{}""", "could not get REST client: webhook configuration must have either service or URL")]
    [InlineData("""{"url":"https://127.0.0.1:1/","caBundle":"bm90aGluZw=="}""", "could not get REST client: unable to load root certificates: unable to parse bytes as PEM block")]
    public async Task An_address_that_leads_nowhere_is_told(string clientConfig, string reason)
    {
        var objects = new WebhookObjects().Hook(WebhookKind.Validating, "c", $$"""{"name":"v.example.com","clientConfig":{{clientConfig}} }""");
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Request("CREATE pods"), TestContext.Current.CancellationToken));
        Assert.Equal($"Internal error occurred: failed calling webhook \"v.example.com\": {reason}", failure.Message);
    }

    private static async Task<bool> IsAskedAsync(string member, AdmissionAttributes attributes)
    {
        var objects = new WebhookObjects()
            .Put("Namespace", "", """{"metadata":{"name":"n","labels":{"team":"a"}}}""")
            .Put("Namespace", "", """{"metadata":{"name":"other"}}""")
            .Hook(WebhookKind.Validating, "c", $$"""{"name":"v.example.com","clientConfig":{"service":{"name":"none","namespace":"default"} },{{member}} }""");
        try
        {
            await new WebhookAdmission(objects).ValidateAsync(attributes, TestContext.Current.CancellationToken);
            return false;
        }
        catch (ApiStatusException e) when (e.Status.Code == 500)
        {
            return true;
        }
    }

    private static AdmissionAttributes Request(string text, string? labels = null)
    {
        var parts = text.Split(' ');
        var target = parts[1].Split('/');
        var resource = BuiltInTypes.Instance.Resources.Single(r => r.GroupResource == target[0]);
        return new AdmissionAttributes
        {
            Operation = parts[0],
            Resource = resource,
            Kind = ObjectKind.Of(resource),
            Subresource = target.Length > 1 ? target[1] : "",
            Namespace = resource.Namespaced || resource.Plural == "namespaces" ? "n" : "",
            Name = "x",
            Object = Labelled(labels),
            User = new UserInfo("alice", []),
        };
    }

    private static JsonObject? Labelled(string? labels) =>
        labels is null ? null : new JsonObject { ["metadata"] = new JsonObject { ["labels"] = JsonNode.Parse(labels) } };
}
