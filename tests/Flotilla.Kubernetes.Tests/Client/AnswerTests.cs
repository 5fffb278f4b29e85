using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Client;

public sealed class AnswerTests
{
    private static readonly ResourceReference Pods = new("", "v1", "pods", true, "Pod");
    private readonly ManualTime time = new();
    private readonly FakeWire wire = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(502, "<html>bad gateway</html>", "", "GET https://fake.test/version was answered with 502: <html>bad gateway</html>")]
    [InlineData(403, "", "Forbidden", "GET https://fake.test/version was answered with 403")]
    [InlineData(404, "404 page not found\n", "NotFound", "GET https://fake.test/version was answered with 404: 404 page not found")]
    public async Task Answers_that_are_no_status_become_one(int code, string body, string reason, string message)
    {
        var asked = wire.Client(time).VersionAsync(Cancellation);
        (await wire.ExpectAsync("GET /version")).Answer(code, body);
        var status = (await Assert.ThrowsAsync<ApiStatusException>(() => asked)).Status;
        Assert.Equal((code, reason, message), (status.Code, status.Reason, status.Message));
    }

    [Fact]
    public async Task Reads_that_are_put_off_are_repeated_a_few_times_and_writes_never()
    {
        var client = wire.Client(time);
        var read = client.GetAsync(Pods, "x", "p", Cancellation);
        for (var i = 0; i < 2; i++)
        {
            TooMany(await wire.ExpectAsync("GET /api/v1/namespaces/x/pods/p"), "3");
            await time.AdvanceOnceDueAsync(TimeSpan.FromSeconds(3), Cancellation);
        }
        TooMany(await wire.ExpectAsync("GET /api/v1/namespaces/x/pods/p"), "3");
        Assert.Equal(3, (await Assert.ThrowsAsync<ApiStatusException>(() => read)).Status.RetryAfterSeconds);

        read = client.GetAsync(Pods, "x", "p", Cancellation);
        TooMany(await wire.NextAsync(), "60");
        Assert.Equal(60, (await Assert.ThrowsAsync<ApiStatusException>(() => read)).Status.RetryAfterSeconds);

        var write = client.CreateAsync(Pods, "x", new JsonObject(), WriteOptions.Default, Cancellation);
        TooMany(await wire.ExpectAsync("POST /api/v1/namespaces/x/pods"), "1");
        Assert.Equal((429, 1), await Assert.ThrowsAsync<ApiStatusException>(() => write) is var e ? (e.Status.Code, e.Status.RetryAfterSeconds) : default);

        write = client.CreateAsync(Pods, "x", new JsonObject(), WriteOptions.Default, Cancellation);
        (await wire.NextAsync()).Answer(503, "later", "text/plain", r => r.Headers.RetryAfter = new(time.GetUtcNow() + TimeSpan.FromSeconds(7)));
        Assert.Equal(7, (await Assert.ThrowsAsync<ApiStatusException>(() => write)).Status.RetryAfterSeconds);
    }

    [Fact]
    public async Task A_list_that_expires_half_way_is_taken_again_in_one_piece()
    {
        var list = wire.Client(time).ListAsync(Pods, "x", new ListOptions { PageSize = 1 }, Cancellation);
        (await wire.ExpectAsync("GET /api/v1/namespaces/x/pods?limit=1")).Answer(200, JsonNode.Parse("""{"metadata":{"resourceVersion":"5","continue":"t"},"items":[{"metadata":{"name":"old"}}]}""")!);
        (await wire.ExpectAsync("GET /api/v1/namespaces/x/pods?limit=1&continue=t")).Answer(410, JsonNode.Parse("""{"kind":"Status","code":410,"reason":"Expired"}""")!);
        (await wire.ExpectAsync("GET /api/v1/namespaces/x/pods")).Answer(200, JsonNode.Parse("""{"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}""")!);
        var found = await list;
        Assert.Equal("9", found.ResourceVersion);
        Assert.Equal(["""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}""", """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}"""], found.Items.Select(i => i.ToJsonString()));
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\"", "in the middle of an event")]
    [InlineData("hello\n", "no JSON")]
    [InlineData("{\"type\":\"EXPLODED\",\"object\":{}}\n", "unknown type \"EXPLODED\"")]
    public async Task A_watch_that_breaks_is_a_failure_of_the_connection(string body, string expected)
    {
        var watch = wire.Client(time).WatchAsync(Pods, null, new WatchOptions(), Cancellation).GetAsyncEnumerator(Cancellation);
        var next = watch.MoveNextAsync().AsTask();
        (await wire.NextAsync()).Answer(200, body);
        Assert.Contains(expected, (await Assert.ThrowsAsync<HttpRequestException>(() => next)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_are_passed_on()
    {
        var heard = new List<string>();
        using var client = new KubernetesClient(wire, FakeWire.Server, time) { OnWarning = heard.Add };
        var created = client.CreateAsync(Pods, "x", new JsonObject(), WriteOptions.Default, Cancellation);
        (await wire.NextAsync()).Answer(201, new JsonObject(), r => r.Headers.TryAddWithoutValidation("Warning", "299 - \"unknown field \\\"spec.cow\\\"\""));
        await created;
        Assert.Equal(["unknown field \"spec.cow\""], heard);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".")]
    public void Names_cannot_lead_elsewhere(string name) => Assert.Throws<ArgumentException>(() => Pods.ObjectPath("x", name));

    private static void TooMany(Call call, string after) =>
        call.Answer(429, JsonNode.Parse("""{"kind":"Status","code":429,"reason":"TooManyRequests"}""")!, r => r.Headers.TryAddWithoutValidation("Retry-After", after));
}
