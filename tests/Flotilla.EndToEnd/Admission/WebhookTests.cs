using System.Text;
using System.Text.Json.Nodes;

namespace Flotilla.EndToEnd.Admission;

public sealed class WebhookTests(SharedServer server) : KubectlTests(server)
{
    [Fact]
    public async Task A_mutating_webhook_changes_what_is_written()
    {
        var patch = Convert.ToBase64String(Encoding.UTF8.GetBytes("""[{"op": "add", "path": "/data/added", "value": "by the webhook"}]"""));
        await using var webhook = new WebhookListener(_ => new JsonObject { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = patch, ["warnings"] = new JsonArray("mind the gap") });
        await Does("create -f -", Configuration("Mutating", webhook.Url, webhook.Authority));
        var result = (await Tries("create -f -", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"own": "x"}}""")).MustSucceed();
        Assert.Equal("Warning: mind the gap\n", result.Error);
        Assert.Equal("by the webhook", await Does("get cm a -o jsonpath={.data.added}"));
    }

    [Fact]
    public async Task A_validating_webhook_refuses_with_its_reason()
    {
        await using var webhook = new WebhookListener(request =>
        {
            var bad = request["operation"]!.GetValue<string>() == "DELETE" || request["object"]!["data"]?["bad"] is not null;
            return bad ? new JsonObject { ["allowed"] = false, ["status"] = new JsonObject { ["message"] = "not in this harbour", ["code"] = 403 } } : new JsonObject { ["allowed"] = true };
        });
        await Does("create -f -", Configuration("Validating", webhook.Url, webhook.Authority));
        await Does("create configmap good --from-literal=a=b");
        Assert.Equal("error: failed to create configmap: admission webhook \"crew.example.com\" denied the request: not in this harbour\n", await Refuses("create configmap wrong --from-literal=bad=b"));
        Assert.Contains("denied the request: not in this harbour", await Refuses("patch cm good --type merge -p {\"data\":{\"bad\":\"x\"}}"), StringComparison.Ordinal);
        Assert.Contains("denied the request: not in this harbour", await Refuses("delete cm good"), StringComparison.Ordinal);
        Assert.Equal("configmap/good", await Does("get cm -o name"));
    }

    [Fact]
    public async Task The_failure_policy_decides_for_a_webhook_that_cannot_be_trusted()
    {
        await using var webhook = new WebhookListener(_ => new JsonObject { ["allowed"] = true });
        await Does("create -f -", Configuration("Validating", "https://127.0.0.1:1/review", webhook.Authority));
        Assert.Contains("failed calling webhook \"crew.example.com\"", await Refuses("create configmap a"), StringComparison.Ordinal);
        await Does("patch validatingwebhookconfiguration crew --type json -p [{\"op\":\"replace\",\"path\":\"/webhooks/0/failurePolicy\",\"value\":\"Ignore\"}]");
        await Does("create configmap a");
    }

    private static string Configuration(string kind, string url, string authority) => $$"""
        apiVersion: admissionregistration.k8s.io/v1
        kind: {{kind}}WebhookConfiguration
        metadata: {name: crew}
        webhooks:
        - name: crew.example.com
          clientConfig: {url: "{{url}}", caBundle: {{authority}}}
          rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE, DELETE], resources: [configmaps]}]
          admissionReviewVersions: [v1]
          sideEffects: None
          failurePolicy: Fail
          timeoutSeconds: 10
        """;
}
