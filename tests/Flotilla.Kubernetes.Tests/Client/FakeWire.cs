using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Tests.Client;

/// <summary>The wire below a client: the test sees each request and answers it by hand.</summary>
internal sealed class FakeWire : HttpMessageHandler
{
    public static readonly Uri Server = new("https://fake.test");
    private readonly Channel<Call> calls = Channel.CreateBounded<Call>(100);

    public KubernetesClient Client(TimeProvider? time = null) => new(this, Server, time, "secret");

    /// <summary>The next request, which waits for its answer.</summary>
    public async Task<Call> NextAsync() =>
        await calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>The next request, which must be this one.</summary>
    public async Task<Call> ExpectAsync(string line)
    {
        var call = await NextAsync();
        Assert.Equal(line, call.Line);
        return call;
    }

    public bool IsQuiet => !calls.Reader.TryPeek(out _);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var call = new Call(request, body is null ? null : (JsonObject)JsonText.Parse(body)!);
        await using var gone = cancellationToken.Register(call.Cancel);
        await calls.Writer.WriteAsync(call, cancellationToken);
        return await call.Answered;
    }
}

/// <summary>One request.</summary>
internal sealed class Call(HttpRequestMessage request, JsonObject? body)
{
    private readonly TaskCompletionSource<HttpResponseMessage> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Line { get; } = $"{request.Method} {Uri.UnescapeDataString(request.RequestUri!.PathAndQuery)}";

    public HttpRequestMessage Request => request;

    public JsonObject Body => body!;

    public Task<HttpResponseMessage> Answered => answer.Task;

    public void Answer(int code, JsonNode body, Action<HttpResponseMessage>? more = null) => Answer(code, body.ToJsonString(), "application/json", more);

    public void Answer(int code, string text, string media = "text/plain", Action<HttpResponseMessage>? more = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)code) { Content = new StringContent(text, Encoding.UTF8, media) };
        more?.Invoke(response);
        answer.SetResult(response);
    }

    public void Fail(string message) => answer.SetException(new HttpRequestException(HttpRequestError.ConnectionError, message));

    public void Cancel() => answer.TrySetCanceled();
}
