using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests;

/// <summary>A server inside the test, spoken to over HTTPS (HTTP/2) as its administrator.</summary>
internal sealed class RunningApi : IAsyncDisposable
{
    private readonly KubernetesApi api;
    private readonly HttpClient client;

    private RunningApi(KubernetesApi api)
    {
        this.api = api;
        client = CreateClient();
    }

    public Uri Address => api.Address;

    public string Token => api.Token;

    public static async Task<RunningApi> StartAsync(KubernetesApiOptions? options = null) =>
        new(await KubernetesApi.StartAsync(options, TestContext.Current.CancellationToken));

    /// <summary>A client with connections of its own.</summary>
    public HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        return new HttpClient(handler)
        {
            BaseAddress = api.Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", api.Token) },
        };
    }

    /// <summary>Sends a request; the body of the answer is an object whatever its code.</summary>
    public async Task<ApiAnswer> SendAsync(string method, string path, JsonNode? body = null, string media = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new ByteArrayContent(JsonText.ToUtf8(body)) { Headers = { ContentType = new MediaTypeHeaderValue(media) } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new ApiAnswer((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/json" ? (JsonObject)JsonText.Parse(text)! : []);
    }

    /// <summary>Sends a request that must succeed.</summary>
    public async Task<JsonObject> DoAsync(string method, string path, JsonNode? body = null, string media = "application/json")
    {
        var answer = await SendAsync(method, path, body, media);
        Assert.True(answer.Code is >= 200 and < 300, $"{method} {path}: {answer.Code} {answer.Body.ToJsonString()}");
        return answer.Body;
    }

    /// <summary>The events of a watch until the server ends it.</summary>
    /// <param name="path">With its query, from <c>watch=true</c> on.</param>
    public async IAsyncEnumerable<JsonObject> WatchAsync(string path)
    {
        // The safety net of the test: no watch lasts for longer.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(await client.GetStreamAsync(new Uri(path, UriKind.Relative), patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
            yield return (JsonObject)JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(line))!;
    }

    /// <summary>Waits until an object fits, now or after a change; null stands for one that is not there.</summary>
    /// <param name="collection">Path of the collection.</param>
    /// <param name="name">Name of the object.</param>
    /// <param name="fits">What to wait for.</param>
    public async Task<JsonObject?> UntilAsync(string collection, string name, Func<JsonObject?, bool> fits)
    {
        var query = $"fieldSelector=metadata.name%3D{name}";
        var list = await DoAsync("GET", $"{collection}?{query}");
        var there = list.Array("items")!.FirstOrDefault() as JsonObject;
        if (fits(there))
            return there;
        await foreach (var change in WatchAsync($"{collection}?watch=true&{query}&resourceVersion={list.Object("metadata").String("resourceVersion")}"))
        {
            there = change.String("type") == "DELETED" ? null : change.Object("object");
            if (fits(there))
                return there;
        }
        throw new InvalidOperationException($"the watch for {name} ended before it was as wanted");
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await api.DisposeAsync();
    }
}

/// <summary>An answer of the API.</summary>
internal sealed record ApiAnswer(int Code, JsonObject Body);
