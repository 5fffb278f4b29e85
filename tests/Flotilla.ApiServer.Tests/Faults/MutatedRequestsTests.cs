using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Flotilla.ApiServer.Tests.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit.Http;

namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>
/// Thousands of spoilt requests: each gets a well-formed answer in time, none a 500, and the server is well afterwards and
/// after a restart. <c>FLOTILLA_SEED</c> repeats a run, <c>FLOTILLA_MUTATIONS</c> makes it longer.
/// </summary>
public sealed class MutatedRequestsTests(ITestOutputHelper output)
{
    private const int Requests = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly int seed = Number("FLOTILLA_SEED") ?? Environment.TickCount;
    private readonly ConcurrentQueue<string> failures = new();
    private readonly ConcurrentDictionary<int, int> codes = new();
    private int sent;

    [Fact]
    public async Task No_spoilt_request_gets_a_500_or_harms_the_server()
    {
        output.WriteLine($"FLOTILLA_SEED={seed}");
        using var folder = new TemporaryFolder();
        var options = new KubernetesApiOptions { DataFolder = folder.Path, Token = "T", Users = [new("alice", "alicetoken", "dev")], Clusters = ["one"] };
        await using (var api = await KubernetesApi.StartAsync(options, TestContext.Current.CancellationToken))
        {
            var conversations = Conversation.All();
            var each = (Number("FLOTILLA_MUTATIONS") ?? Requests) / conversations.Sum(c => c.Steps.Count) + 1;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };
            await Parallel.ForEachAsync(conversations.Index(), parallel, (c, cancel) => TalkAsync(api.Address, c.Item, c.Index, each, cancel));
            await CheckAliveAsync(api.Address);
        }
        await using (var again = await KubernetesApi.StartAsync(options, TestContext.Current.CancellationToken))
            await CheckAliveAsync(again.Address);

        output.WriteLine($"{sent} requests: {string.Join(", ", codes.OrderBy(c => c.Key).Select(c => $"{c.Key}: {c.Value}"))}");
        Assert.True(failures.IsEmpty, $"FLOTILLA_SEED={seed}, {failures.Count} failures:\n\n{string.Join("\n\n", failures.Take(20))}");
    }

    /// <summary>Goes through a conversation; before each request come spoilt forms of it.</summary>
    private async ValueTask TalkAsync(Uri address, Conversation conversation, int index, int each, CancellationToken cancellation)
    {
        var random = new Random(seed + index);
        var mutator = new RequestMutator(random);
        var variables = new Dictionary<string, string> { ["run"] = $"r{index}" };
        await using var client = new Client(address);
        foreach (var step in conversation.Steps)
        {
            for (var i = 0; i < each; i++)
                await TryAsync(client, mutator.Mutate(step.ToRequest(variables)), conversation.Name, cancellation);
            if (await TryAsync(client, step.ToRequest(variables), conversation.Name, cancellation) is not { } answer)
                continue;
            foreach (var (name, path) in step.Save)
            {
                if (path.StartsWith("metadata.", StringComparison.Ordinal) && answer.Code < 300)
                    variables[name] = JsonText.Parse(answer.Body).Object("metadata").String(path["metadata.".Length..]) ?? "";
            }
        }
    }

    private async Task<RawResponse?> TryAsync(Client client, RawRequest request, string conversation, CancellationToken cancellation)
    {
        Interlocked.Increment(ref sent);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            var answer = await client.SendAsync(request, patience.Token);
            codes.AddOrUpdate(answer.Code, 1, (_, count) => count + 1);
            if (Problem(answer) is { } problem)
                failures.Enqueue($"[{conversation}] {problem}\n{request}\n→ {answer.Code} {answer.Text[..Math.Min(600, answer.Text.Length)]}");
            return answer;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidDataException or SocketException or FormatException && !cancellation.IsCancellationRequested)
        {
            failures.Enqueue($"[{conversation}] {(e is OperationCanceledException ? "no answer in time" : e.Message)}\n{request}");
            client.Forget();
            return null;
        }
    }

    private static string? Problem(RawResponse answer)
    {
        // A webhook that cannot be reached is told so by the real server, too.
        if (answer.Code == 500 && !answer.Text.Contains("failed calling webhook", StringComparison.Ordinal))
            return "a 500";
        if (answer.Code is < 200 or > 599)
            return "a strange code";
        var type = answer.Headers.GetValueOrDefault("content-type") ?? "";
        if (answer.Body.Length == 0 || !type.StartsWith("application/json", StringComparison.Ordinal) || answer.Headers.ContainsKey("content-encoding"))
            return null;
        try
        {
            var body = JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = 2000 }).RootElement;
            if (answer.Code >= 400 && body.GetProperty("kind").GetString() == "Status" && body.GetProperty("code").GetInt32() != answer.Code)
                return "a Status with another code";
            return answer.Code >= 400 && ApiStatus.FromJson(JsonText.Parse(answer.Body)) is not { Message.Length: > 0 } ? "a failure without a word" : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"a body that is no JSON: {e.Message}";
        }
    }

    private static async Task CheckAliveAsync(Uri address)
    {
        await using var client = new Client(address);
        foreach (var path in new[] { "/readyz", "/api/v1/namespaces", "/api/v1/configmaps", "/apis/apps/v1/deployments", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "/apis", "/openapi/v3", "/clusters/one/api/v1/namespaces" })
        {
            var answer = await client.SendAsync(new RawRequest("GET", path, [new("Authorization", "Bearer T")]), TestContext.Current.CancellationToken);
            Assert.True(answer.Code == 200, $"{path}: {answer.Code} {answer.Text}");
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>One connection at a time, a new one when the server closed it.</summary>
    private sealed class Client(Uri address) : IAsyncDisposable
    {
        private RawConnection? connection;

        public async Task<RawResponse> SendAsync(RawRequest request, CancellationToken cancellation)
        {
            if (connection is { IsReusable: false })
                Forget();
            connection ??= await RawConnection.OpenAsync(address, 0, cancellation);
            var target = request.Target;
            var mayStream = target.Contains("watch", StringComparison.OrdinalIgnoreCase) || target.Contains('%', StringComparison.Ordinal);
            var answer = await connection.SendAsync(request, head => request.Method == "HEAD" || (mayStream && head.Code == 200 && head.Headers.ContainsKey("transfer-encoding")), cancellation);
            // What the server could not read as HTTP leaves the connection in an unknown state.
            if (answer.Code is 400 or 413 or 414 or 431 or 101 or 100 || request.Headers.Any(h => h.Key is "Transfer-Encoding" or "Content-Length" or "Expect" or "Connection"))
                Forget();
            return answer;
        }

        public void Forget()
        {
            _ = connection?.DisposeAsync();
            connection = null;
        }

        public async ValueTask DisposeAsync()
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }
}
