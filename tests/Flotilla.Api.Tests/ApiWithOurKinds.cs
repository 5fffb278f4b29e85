using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.ApiServer;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Api.Tests;

/// <summary>An API server inside the test that knows our kinds; one for all tests, each uses names of its own.</summary>
public sealed class ApiWithOurKinds : IAsyncLifetime
{
    private KubernetesApi? api;
    private HttpClient? client;

    /// <summary>What the server answered to our definitions.</summary>
    public IReadOnlyList<ApiAnswer> Definitions { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        api = await KubernetesApi.StartAsync(null, TestContext.Current.CancellationToken);
        client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } })
        {
            BaseAddress = api.Address,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", api.Token) },
        };
        var answers = new List<ApiAnswer>();
        foreach (var definition in CustomResourceDefinitions.All)
            answers.Add(await SendAsync("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition.ToJsonString()));
        Definitions = answers;
    }

    /// <summary>Applies an object of one of our kinds on the server's side, as a user would.</summary>
    public Task<ApiAnswer> ApplyAsync(JsonObject obj)
    {
        var plural = obj.String("kind")!.ToLowerInvariant() + "s";
        var path = $"/apis/{CustomResourceDefinitions.ApiVersion}/namespaces/default/{plural}/{obj.Object("metadata").String("name")}";
        return SendAsync("PATCH", $"{path}?fieldManager=test&fieldValidation=Strict", obj.ToJsonString(), "application/apply-patch+yaml");
    }

    public async Task<ApiAnswer> SendAsync(string method, string path, string? body = null, string media = "application/json", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd(accept);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(media));
        using var answer = await client!.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new ApiAnswer((int)answer.StatusCode, (JsonObject)JsonText.Parse(text)!, answer.Headers.TryGetValues("Warning", out var warnings) ? [.. warnings] : []);
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (api is not null)
            await api.DisposeAsync();
    }
}

/// <summary>An answer of the API.</summary>
public sealed record ApiAnswer(int Code, JsonObject Body, IReadOnlyList<string> Warnings);
