using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds.Registration;

public sealed class RegistrationTests
{
    [Fact]
    public void A_webhook_gets_what_it_leaves_out()
    {
        var written = Webhook("{}");
        Assert.Empty(written.Texts);
        var webhook = written.Object.Array("webhooks")![0]!;
        Assert.Equal("""{"name":"a.example.com","clientConfig":{"service":{"namespace":"n","name":"s","port":443}},"rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"],"scope":"*"}],"failurePolicy":"Fail","matchPolicy":"Equivalent","namespaceSelector":{},"objectSelector":{},"sideEffects":"None","timeoutSeconds":10,"admissionReviewVersions":["v1"]}""",
            Ordered(webhook));
    }

    [Theory]
    [InlineData("""{"name":"short.com"}""", "webhooks[0].name: Invalid value: \"short.com\": should be a domain with at least three segments separated by dots")]
    [InlineData("""{"sideEffects":null}""", "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun")]
    [InlineData("""{"timeoutSeconds":31}""", "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds")]
    [InlineData("""{"clientConfig":{}}""", "webhooks[0].clientConfig: Required value: exactly one of url or service is required")]
    [InlineData("""{"clientConfig":{"url":"http://x.example.com"}}""",
        "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]")]
    [InlineData("""{"admissionReviewVersions":["v9"]}""", "webhooks[0].admissionReviewVersions: Invalid value: [\"v9\"]: must include at least one of v1, v1beta1")]
    [InlineData("""{"rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods/*","pods/log"]}]}""",
        "webhooks[0].rules[0].resources[1]: Invalid value: \"pods/log\": if 'pods/*' is present, must not specify pods/log")]
    [InlineData("""{"rules":[{"operations":["LOOK"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}]}""",
        "webhooks[0].rules[0].operations[0]: Unsupported value: \"LOOK\": supported values: \"*\", \"CONNECT\", \"CREATE\", \"DELETE\", \"UPDATE\"")]
    [InlineData("""{"matchConditions":[{"name":"a","expression":"1"}]}""", "webhooks[0].matchConditions[0].expression: Invalid value: \"1\": must evaluate to bool but got int")]
    [InlineData("""{"matchConditions":[{"name":"a","expression":"request.userInfo.username != 'x'"},{"name":"a","expression":"true"}]}""",
        "webhooks[0].matchConditions[1].name: Duplicate value: \"a\"")]
    public void A_wrong_webhook_is_refused(string change, string problem) => Assert.Equal([problem], Webhook(change).Texts);

    [Theory]
    [InlineData("""{"name":"v1.example.com"}""", """{"group":"example.com","version":"v1","groupPriorityMinimum":100,"versionPriority":10,"service":{"namespace":"n","name":"s"}}""", null)]
    [InlineData("""{"name":"v2.example.com"}""", """{"group":"example.com","version":"v1","groupPriorityMinimum":100,"versionPriority":10}""",
        "metadata.name: Invalid value: \"v2.example.com\": must be `spec.version+\".\"+spec.group`: \"v1.example.com\"")]
    [InlineData("""{"name":"v1.example.com"}""", """{"group":"example.com","version":"v1","groupPriorityMinimum":0,"versionPriority":10}""",
        "spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000")]
    public void An_APIService_is_named_after_what_it_registers(string metadata, string spec, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], Written.Create($$"""{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{{metadata}},"spec":{{spec}}}""").Texts);

    [Theory]
    [InlineData("""{"validations":[{"expression":"object.spec.replicas < 5"}]}""", null)]
    [InlineData("""{"validations":[]}""", "spec.validations: Required value: validations or auditAnnotations must contain at least one item")]
    [InlineData("""{"validations":[{"expression":"object.spec.replicas <"}]}""", "spec.validations[0].expression: Invalid value: \"object.spec.replicas <\": compilation failed: ")]
    [InlineData("""{"validations":[{"expression":"true","reason":"Because"}]}""",
        "spec.validations[0].reason: Unsupported value: \"Because\": supported values: \"Forbidden\", \"Invalid\", \"RequestEntityTooLarge\"")]
    public void A_policy_says_what_it_checks(string spec, string? problem)
    {
        var body = Written.Parse($$"""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"p"},"spec":{{spec}}}""");
        body.Object("spec")!["matchConstraints"] = Written.Parse("""{"resourceRules":[{"operations":["CREATE"],"apiGroups":["apps"],"apiVersions":["v1"],"resources":["deployments"]}]}""");
        var first = Written.Create(body).Texts.FirstOrDefault();
        if (problem is null)
            Assert.Null(first);
        else
            Assert.StartsWith(problem, first, StringComparison.Ordinal);
    }

    private static Written Webhook(string change)
    {
        var webhook = Written.Parse("""
            {"name":"a.example.com","clientConfig":{"service":{"namespace":"n","name":"s"}},"sideEffects":"None","admissionReviewVersions":["v1"],
            "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}]}
            """);
        foreach (var (field, value) in Written.Parse(change))
            webhook[field] = value?.DeepClone();
        return Written.Create(new JsonObject
        {
            ["apiVersion"] = "admissionregistration.k8s.io/v1",
            ["kind"] = "ValidatingWebhookConfiguration",
            ["metadata"] = new JsonObject { ["name"] = "w" },
            ["webhooks"] = new JsonArray(webhook),
        });
    }

    /// <summary>The text with fields in the order of the Go type, for reading.</summary>
    private static string Ordered(JsonNode webhook)
    {
        string[] order = ["name", "clientConfig", "rules", "failurePolicy", "matchPolicy", "namespaceSelector", "objectSelector", "sideEffects", "timeoutSeconds", "admissionReviewVersions"];
        return new JsonObject(order.Select(field => KeyValuePair.Create(field, webhook.Member(field)?.DeepClone()))).ToJsonString();
    }
}
