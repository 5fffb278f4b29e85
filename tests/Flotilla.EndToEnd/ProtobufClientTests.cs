using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd;

/// <summary>The commands that kubectl sends as protobuf, and what becomes of them.</summary>
public sealed class ProtobufClientTests : IAsyncLifetime
{
    private readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private ServerProcess server = null!;

    private CancellationToken Cancellation => limit.Token;

    public async ValueTask InitializeAsync()
    {
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        server = await ServerProcess.StartAsync(Cancellation, "--memory");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        limit.Dispose();
    }

    [Fact]
    public async Task What_kubectl_creates_is_what_it_shows_before()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, Kubectl.IsMissing);
        var kubectl = server.Kubectl();
        string[][] commands =
        [
            ["namespace", "team"],
            ["serviceaccount", "bot"],
            ["deployment", "web", "--image=nginx:1.27", "--replicas=3", "--port=80"],
            ["service", "clusterip", "web", "--tcp=80:8080"],
            ["service", "nodeport", "open", "--tcp=80:8080"],
            ["service", "externalname", "away", "--external-name=example.com"],
            ["job", "once", "--image=busybox", "--", "date", "-u"],
            ["cronjob", "tick", "--image=busybox", "--schedule=*/5 * * * *", "--", "date"],
            ["ingress", "shop", "--rule=shop.example.com/api*=web:80,tls=cert", "--rule=/=web:http", "--class=nginx", "--annotation=a=b"],
            ["role", "reader", "--verb=get,list", "--resource=pods,deployments.apps", "--resource-name=x"],
            ["clusterrole", "health", "--verb=get", "--non-resource-url=/healthz"],
            ["clusterrole", "all", "--aggregation-rule=rbac.example.com/a=true"],
            ["rolebinding", "readers", "--clusterrole=health", "--user=alice", "--group=dev", "--serviceaccount=default:bot"],
            ["clusterrolebinding", "watchers", "--clusterrole=health", "--group=ops"],
            ["secret", "generic", "key", "--from-literal=a=b", "--from-literal=empty="],
            ["configmap", "settings", "--from-literal=k=v", "--from-literal=empty="],
            ["quota", "little", "--hard=cpu=1500m,memory=2Gi,pods=10", "--scopes=BestEffort"],
            ["pdb", "half", "--selector=app=web", "--min-available=50%"],
            ["pdb", "one", "--selector=app=web", "--max-unavailable=1"],
            ["priorityclass", "high", "--value=1000", "--description=first", "--preemption-policy=Never"],
        ];
        foreach (var command in commands)
        {
            var shown = await RunJsonAsync(kubectl, command, "--dry-run=client");
            var created = await RunJsonAsync(kubectl, command);
            Assert.True(Holds(created, shown), $"kubectl create {string.Join(' ', command)}\nshown {shown}\ncreated {created}");
            Assert.NotEmpty((string)created["metadata"]!["uid"]!);
        }
    }

    [Fact]
    public async Task Questions_about_access_are_answered()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, Kubectl.IsMissing);
        var admin = server.Kubectl();
        await admin.RunAsync(Cancellation, "create", "role", "reader", "--verb=get", "--resource=pods");
        await admin.RunAsync(Cancellation, "create", "rolebinding", "reader", "--role=reader", "--user=jo");
        var jo = admin.With("--as", "jo");
        Assert.Equal("yes\n", await jo.RunAsync(Cancellation, "auth", "can-i", "get", "pods"));
        Assert.Contains("no\n", (await jo.TryAsync(Cancellation, "auth", "can-i", "delete", "pods")).Output, StringComparison.Ordinal);
        Assert.Contains("no\n", (await jo.TryAsync(Cancellation, "auth", "can-i", "get", "/metrics")).Output, StringComparison.Ordinal);
        Assert.Contains("jo", await jo.RunAsync(Cancellation, "auth", "whoami"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_are_updated_and_options_of_a_deletion_are_read()
    {
        using var client = server.CreateClient();
        const string Path = "/api/v1/namespaces/default/configmaps";
        // metadata.name c, data.k v (then w); preconditions.uid x.
        using var created = await SendAsync(client, HttpMethod.Post, Path, "k8s\0\n\u000F\n\u0002v1\u0012\tConfigMap\u0012\r\n\u0003\n\u0001c\u0012\u0006\n\u0001k\u0012\u0001v");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using var updated = await SendAsync(client, HttpMethod.Put, $"{Path}/c", "k8s\0\n\u000F\n\u0002v1\u0012\tConfigMap\u0012\r\n\u0003\n\u0001c\u0012\u0006\n\u0001k\u0012\u0001w");
        Assert.Contains("\"data\":{\"k\":\"w\"}", await updated.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var kept = await SendAsync(client, HttpMethod.Delete, $"{Path}/c", "k8s\0\n\u0013\n\u0002v1\u0012\rDeleteOptions\u0012\u0005\u0012\u0003\n\u0001x");
        Assert.Equal(HttpStatusCode.Conflict, kept.StatusCode);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_a_bad_request()
    {
        using var client = server.CreateClient();
        using var response = await SendAsync(client, HttpMethod.Post, "/api/v1/namespaces/default/configmaps", "k8s\0\n");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("must be of type ConfigMap): unexpected EOF (6b3873000a)", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body))
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse("application/vnd.kubernetes.protobuf;type=x") },
            },
        };
        return await client.SendAsync(request, Cancellation);
    }

    /// <summary>A client asks for the documents again, with the tag that it got: nothing changed.</summary>
    [Fact]
    public async Task Documents_that_the_client_knows_are_not_sent_again()
    {
        using var client = server.CreateClient();
        using var first = await client.GetAsync("/openapi/v3", Cancellation);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v3") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await client.SendAsync(again, Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    private async Task<JsonNode> RunJsonAsync(Kubectl kubectl, string[] command, params string[] more)
    {
        // Flags go before the command of a container.
        var end = Array.IndexOf(command, "--") is var at and >= 0 ? at : command.Length;
        return JsonNode.Parse(await kubectl.RunAsync(Cancellation, ["create", .. command[..end], "-o", "json", .. more, .. command[end..]]))!;
    }

    /// <summary>Whether all that was sent is there; the server adds defaults and its own fields.</summary>
    private static bool Holds(JsonNode? all, JsonNode? sent) => sent switch
    {
        null => true,
        JsonObject map => map.All(field => field.Value is null or JsonObject { Count: 0 } || (all is JsonObject there && Holds(there[field.Key], field.Value))),
        JsonArray list => all is JsonArray there && there.Count == list.Count && list.Zip(there).All(pair => Holds(pair.Second, pair.First)),
        _ => JsonNode.DeepEquals(all, sent),
    };
}
