using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Admission;
using Flotilla.ApiServer.Admission.Webhooks;
using Flotilla.ApiServer.Authentication;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Admission.Webhooks;

public sealed class WebhookAdmissionTests : IAsyncLifetime
{
    private const string Allow = """{"allowed":true}""";
    private readonly WebhookObjects objects = new();
    private WebhookListener listener = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => listener = await WebhookListener.StartAsync(Cancel);

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    [Fact]
    public async Task A_review_tells_the_webhook_everything()
    {
        listener.On("/v", Allow);
        objects.Hook(WebhookKind.Validating, "c", Hook("v"));
        var attributes = Pod(AdmissionAttributes.Update) with
        {
            OldObject = (JsonObject)JsonNode.Parse("""{"kind":"Pod","spec":{}}""")!,
            Subresource = "status",
            Options = new JsonObject { ["kind"] = "UpdateOptions" },
            User = new UserInfo("alice", ["dev"]) { Uid = "7", Extra = new Dictionary<string, IReadOnlyList<string>> { ["scopes"] = ["a"] } },
        };
        await new WebhookAdmission(objects).ValidateAsync(attributes, Cancel);

        var (path, review) = Assert.Single(listener.Asked);
        Assert.Equal("/v?timeout=10s", path);
        var uid = review.Object("request").String("uid");
        Assert.True(Guid.TryParse(uid, out _));
        var pods = """{"group":"","version":"v1","resource":"pods"}""";
        var kind = """{"group":"","version":"v1","kind":"Pod"}""";
        AssertJson($$$"""
            {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"{{{uid}}}","kind":{{{kind}}},"resource":{{{pods}}},
            "subResource":"status","requestKind":{{{kind}}},"requestResource":{{{pods}}},"requestSubResource":"status","name":"p","namespace":"n","operation":"UPDATE",
            "userInfo":{"username":"alice","uid":"7","groups":["dev"],"extra":{"scopes":["a"]}},
            "object":{"kind":"Pod","metadata":{"name":"p","labels":{"app":"x"} } },"oldObject":{"kind":"Pod","spec":{} },"dryRun":false,"options":{"kind":"UpdateOptions"} } }
            """, review);
    }

    [Theory]
    [InlineData("""{"allowed":false}""", 400, "", "admission webhook \"v.example.com\" denied the request without explanation")]
    [InlineData("""{"allowed":false,"status":{"message":"no"}}""", 400, "", "admission webhook \"v.example.com\" denied the request: no")]
    [InlineData("""{"allowed":false,"status":{"reason":"Because"}}""", 400, "Because", "admission webhook \"v.example.com\" denied the request: Because")]
    [InlineData("""{"allowed":false,"status":{"code":403,"reason":"Forbidden","message":"no"}}""", 403, "Forbidden", "admission webhook \"v.example.com\" denied the request: no")]
    [InlineData("""{"allowed":false,"status":{"code":200,"message":"no"}}""", 400, "", "admission webhook \"v.example.com\" denied the request: no")]
    public async Task A_refusal_is_passed_on(string response, int code, string reason, string message)
    {
        listener.On("/v", response);
        objects.Hook(WebhookKind.Validating, "c", Hook("v", """ "failurePolicy":"Ignore" """));
        var refusal = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Pod(), Cancel));
        Assert.Equal((code, reason, message), (refusal.Status.Code, refusal.Status.Reason, refusal.Status.Message));
    }

    [Fact]
    public async Task Warnings_reach_the_user_also_with_a_refusal()
    {
        listener.On("/v", """{"allowed":false,"warnings":["careful"]}""");
        objects.Hook(WebhookKind.Validating, "c", Hook("v"));
        var warnings = new ConcurrentQueue<string>();
        await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Pod() with { Warn = warnings.Enqueue }, Cancel));
        Assert.Equal(["careful"], warnings);
    }

    [Fact]
    public async Task Validating_webhooks_are_asked_side_by_side_and_the_first_in_order_decides()
    {
        var both = new Barrier(2);
        Func<JsonObject, JsonObject> refuse(string why) => _ =>
        {
            both.SignalAndWait(Cancel);
            return (JsonObject)JsonNode.Parse($$"""{"allowed":false,"status":{"message":"{{why}}"} }""")!;
        };
        listener.On("/a", refuse("a")).On("/b", refuse("b"));
        objects.Hook(WebhookKind.Validating, "z", Hook("a")).Hook(WebhookKind.Validating, "y", Hook("b"));
        var refusal = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Pod(), Cancel));
        Assert.Equal("admission webhook \"b.example.com\" denied the request: b", refusal.Message);
    }

    [Fact]
    public async Task Mutating_webhooks_see_what_earlier_ones_did()
    {
        listener.On("/a", Patch("""[{"op":"add","path":"/spec","value":{"a":1}}]"""))
            .On("/b", Patch("""[{"op":"add","path":"/spec/b","value":2},{"op":"remove","path":"/metadata/labels"}]"""));
        objects.Hook(WebhookKind.Mutating, "1", Hook("a"), Hook("b"));
        var attributes = Pod() with { Decode = obj => obj["decoded"] = true };
        await new WebhookAdmission(objects).MutateAsync(attributes, Cancel);
        AssertJson("""{"kind":"Pod","metadata":{"name":"p"},"spec":{"a":1,"b":2},"decoded":true}""", attributes.Object);
        AssertJson("""{"a":1}""", listener.Asked.Last().Review["request"]!["object"]!["spec"]);
    }

    [Theory]
    [InlineData("IfNeeded", "Never", "/a /b /a")]
    [InlineData("Never", "Never", "/a /b")]
    [InlineData("Never", "IfNeeded", "/a /b")]
    [InlineData("IfNeeded", "IfNeeded", "/a /b /a")]
    public async Task A_webhook_is_asked_again_when_it_wants_to_see_later_changes(string first, string second, string expected)
    {
        listener.On("/a", Patch("""[{"op":"add","path":"/a","value":1}]""")).On("/b", Patch("""[{"op":"add","path":"/b","value":1}]"""));
        objects.Hook(WebhookKind.Mutating, "1", Hook("a", $"\"reinvocationPolicy\":\"{first}\""), Hook("b", $"\"reinvocationPolicy\":\"{second}\""));
        await new WebhookAdmission(objects).MutateAsync(Pod(), Cancel);
        Assert.Equal(expected, string.Join(' ', listener.Asked.Select(a => a.Path.Split('?')[0])));
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_asks_nobody_again()
    {
        listener.On("/a", Allow).On("/b", Patch("""[{"op":"replace","path":"/kind","value":"Pod"}]"""));
        objects.Hook(WebhookKind.Mutating, "1", Hook("a", """ "reinvocationPolicy":"IfNeeded" """), Hook("b"));
        await new WebhookAdmission(objects).MutateAsync(Pod(), Cancel);
        Assert.Equal(2, listener.Asked.Count);
    }

    [Theory]
    [InlineData("[{\"op\":\"remove\",\"path\":\"/nothing\"}]", 500)]
    [InlineData("[{\"op\":\"add\"", 500)]
    public async Task A_patch_that_does_not_apply_fails_the_request(string patch, int code)
    {
        listener.On("/a", Patch(patch));
        objects.Hook(WebhookKind.Mutating, "1", Hook("a"));
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).MutateAsync(Pod(), Cancel));
        Assert.Equal((code, "InternalError"), (failure.Status.Code, failure.Status.Reason));
    }

    [Fact]
    public async Task A_delete_cannot_be_patched()
    {
        listener.On("/a", Patch("""[{"op":"add","path":"/a","value":1}]"""));
        objects.Hook(WebhookKind.Mutating, "1", Hook("a"));
        var attributes = Pod(AdmissionAttributes.Delete) with { Object = null, OldObject = Pod().Object };
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).MutateAsync(attributes, Cancel));
        Assert.Equal("Internal error occurred: admission webhook \"a.example.com\" attempted to modify the object, which is not supported for this operation", failure.Message);
    }

    [Theory]
    [InlineData("""{"allowed":true,"uid":"other"}""", "received invalid webhook response: expected response.uid=\"*\", got \"other\"")]
    [InlineData("""{"allowed":true,"patch":"W10="}""", "received invalid webhook response: validating webhook may not return response.patch")]
    [InlineData("""{"allowed":true,"patchType":"JSONPatch"}""", "received invalid webhook response: validating webhook may not return response.patchType")]
    public async Task An_answer_that_is_none_counts_as_a_failed_call(string response, string reason)
    {
        listener.On("/v", response);
        objects.Hook(WebhookKind.Validating, "c", Hook("v"));
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Pod(), Cancel));
        var uid = listener.Asked.Single().Review["request"].String("uid");
        Assert.Equal($"Internal error occurred: failed calling webhook \"v.example.com\": {reason.Replace("*", uid, StringComparison.Ordinal)}", failure.Message);
    }

    [Theory]
    [InlineData(404, "", "the server could not find the requested resource")]
    [InlineData(500, "boom", "an error on the server (\"boom\") has prevented the request from succeeding")]
    [InlineData(503, "", "the server is currently unable to handle the request")]
    [InlineData(200, "nonsense", "couldn't get version/kind; json parse error: *")]
    public async Task A_failed_answer_is_told(int status, string body, string reason)
    {
        listener.Raw("/v", status, body);
        objects.Hook(WebhookKind.Validating, "c", Hook("v"));
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Pod(), Cancel));
        Assert.StartsWith($"Internal error occurred: failed calling webhook \"v.example.com\": failed to call webhook: {reason.TrimEnd('*')}", failure.Message);
        Assert.Equal(500, failure.Status.Code);
    }

    [Fact]
    public async Task A_webhook_that_takes_too_long_has_failed()
    {
        listener.Never("/v");
        objects.Hook(WebhookKind.Validating, "c", Hook("v", """ "timeoutSeconds":1 """));
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Pod(), Cancel));
        Assert.Equal(
            $"Internal error occurred: failed calling webhook \"v.example.com\": failed to call webhook: Post \"{listener.Url("/v")}?timeout=1s\": context deadline exceeded",
            failure.Message);
    }

    [Fact]
    public async Task A_request_that_is_given_up_ends_the_call()
    {
        listener.Never("/v");
        objects.Hook(WebhookKind.Validating, "c", Hook("v", """ "failurePolicy":"Ignore" """));
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = new WebhookAdmission(objects).ValidateAsync(Pod(), giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("Fail", true)]
    [InlineData("Ignore", false)]
    public async Task The_failure_policy_decides_when_nobody_listens(string policy, bool fails)
    {
        var port = FreePort();
        objects.Hook(WebhookKind.Mutating, "c", $$"""{"name":"v.example.com","failurePolicy":"{{policy}}","clientConfig":{"url":"https://127.0.0.1:{{port}}/v"} }""");
        var failure = await Record.ExceptionAsync(() => new WebhookAdmission(objects).MutateAsync(Pod(), Cancel));
        Assert.Equal(
            fails ? $"Internal error occurred: failed calling webhook \"v.example.com\": failed to call webhook: Post \"https://127.0.0.1:{port}/v?timeout=10s\": dial tcp 127.0.0.1:{port}: connect: connection refused" : null,
            failure?.Message);
    }

    [Fact]
    public async Task A_certificate_must_come_from_the_bundle()
    {
        await using var other = await WebhookListener.StartAsync(Cancel);
        listener.On("/v", Allow);
        objects.Hook(WebhookKind.Validating, "c", $$"""{"name":"v.example.com","clientConfig":{"url":"{{listener.Url("/v")}}","caBundle":"{{other.CaBundle}}"} }""");
        var failure = await Assert.ThrowsAsync<ApiStatusException>(() => new WebhookAdmission(objects).ValidateAsync(Pod(), Cancel));
        Assert.EndsWith("tls: failed to verify certificate: x509: certificate signed by unknown authority", failure.Message);
        Assert.Empty(listener.Asked);
    }

    [Fact]
    public async Task The_certificate_itself_may_be_the_bundle()
    {
        listener.On("/v", Allow);
        objects.Hook(WebhookKind.Validating, "c", $$"""{"name":"v.example.com","clientConfig":{"url":"{{listener.Url("/v")}}","caBundle":"{{listener.ServingBundle}}"} }""");
        await new WebhookAdmission(objects).ValidateAsync(Pod(), Cancel);
        Assert.Single(listener.Asked);
    }

    [Theory]
    [InlineData("Some", "v does not")]
    [InlineData("None", null)]
    [InlineData("NoneOnDryRun", null)]
    public async Task A_dry_run_asks_only_webhooks_without_side_effects(string sideEffects, string? refused)
    {
        listener.On("/v", Allow);
        objects.Hook(WebhookKind.Validating, "c", Hook("v", $"\"sideEffects\":\"{sideEffects}\",\"failurePolicy\":\"Ignore\""));
        var failure = await Record.ExceptionAsync(() => new WebhookAdmission(objects).ValidateAsync(Pod() with { DryRun = true }, Cancel));
        Assert.Equal(refused is null ? null : "admission webhook \"v.example.com\" does not support dry run", failure?.Message);
        Assert.Equal(refused is null ? 1 : 0, listener.Asked.Count);
    }

    [Fact]
    public async Task An_older_review_version_is_spoken_when_the_webhook_wants_it()
    {
        listener.On("/a", _ => (JsonObject)JsonNode.Parse("""{"allowed":true,"uid":"","patch":"W3sib3AiOiJhZGQiLCJwYXRoIjoiL2EiLCJ2YWx1ZSI6MX1d"}""")!);
        objects.Hook(WebhookKind.Mutating, "c", Hook("a", """ "admissionReviewVersions":["v2","v1beta1"] """));
        var attributes = Pod();
        await new WebhookAdmission(objects).MutateAsync(attributes, Cancel);
        Assert.Equal("admission.k8s.io/v1beta1", listener.Asked.Single().Review.String("apiVersion"));
        Assert.Equal(1, attributes.Object!["a"].AsInt64OrNull());
    }

    [Fact]
    public async Task Changes_of_configurations_count_at_once()
    {
        listener.On("/v", Allow);
        var admission = new WebhookAdmission(objects);
        await admission.ValidateAsync(Pod(), Cancel);
        objects.Hook(WebhookKind.Validating, "c", Hook("v"));
        await admission.ValidateAsync(Pod(), Cancel);
        await admission.ValidateAsync(Pod(), Cancel);
        objects.Clear(WebhookKind.Validating);
        await admission.ValidateAsync(Pod(), Cancel);
        Assert.Equal(2, listener.Asked.Count);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private string Hook(string name, string more = "") =>
        $$"""{"name":"{{name}}.example.com","clientConfig":{"url":"{{listener.Url("/" + name)}}","caBundle":"{{listener.CaBundle}}"}{{(more.Length > 0 ? "," + more : "")}} }""";

    private static string Patch(string patch) =>
        $$"""{"allowed":true,"patchType":"JSONPatch","patch":"{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(patch))}}"}""";

    internal static AdmissionAttributes Pod(string operation = AdmissionAttributes.Create)
    {
        var pods = BuiltInTypes.Instance.Resources.Single(r => r.GroupResource == "pods");
        return new AdmissionAttributes
        {
            Operation = operation,
            Resource = pods,
            Kind = ObjectKind.Of(pods),
            Namespace = "n",
            Name = "p",
            Object = (JsonObject)JsonNode.Parse("""{"kind":"Pod","metadata":{"name":"p","labels":{"app":"x"}}}""")!,
            User = new UserInfo("alice", []),
        };
    }

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNodeExtensions.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());
}
