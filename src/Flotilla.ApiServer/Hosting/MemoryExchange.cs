using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Flotilla.ApiServer.Hosting;

/// <summary>One request and its answer, as the features that <see cref="HttpContext"/> is made of.</summary>
internal sealed class MemoryExchange : IHttpRequestFeature, IHttpResponseFeature, IHttpResponseBodyFeature, IRequestBodyPipeFeature, IHttpRequestLifetimeFeature
{
    private readonly HttpRequestMessage message;
    private readonly byte[] sent;
    private readonly DefaultHttpContext context;
    private readonly MemoryBody body;
    private readonly CancellationTokenSource aborted = new();
    private readonly CancellationTokenRegistration callerGone;
    private readonly TaskCompletionSource head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipeReader? sentReader;
    private Stream? sentStream;
    private List<(Func<object, Task> Run, object State)>? starting;
    private List<(Func<object, Task> Run, object State)>? completed;
    private HttpRequestException? failure;

    private MemoryExchange(HttpRequestMessage message, byte[] sent, CancellationToken cancellation)
    {
        this.message = message;
        this.sent = sent;
        var address = message.RequestUri!;
        (Method, Scheme) = (message.Method.Method, address.Scheme);
        Path = PathString.FromUriComponent(address).Value ?? "/";
        QueryString = address.Query;
        Headers = RequestHeaders(message, address, sent.Length);
        body = new MemoryBody(this);
        var features = new FeatureCollection(8);
        features.Set<IHttpRequestFeature>(this);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(this);
        features.Set<IRequestBodyPipeFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(this);
        context = new DefaultHttpContext(features);
        callerGone = cancellation.UnsafeRegister(static e => ((MemoryExchange)e!).Abort(), this);
    }

    public string Protocol { get; set; } = "HTTP/2";

    public string Scheme { get; set; }

    public string Method { get; set; }

    public string PathBase { get; set; } = "";

    public string Path { get; set; }

    public string QueryString { get; set; }

    public string RawTarget { get => message.RequestUri!.PathAndQuery; set => throw new NotSupportedException(); }

    public IHeaderDictionary Headers { get; set; }

    public CancellationToken RequestAborted { get => aborted.Token; set => throw new NotSupportedException(); }

    public int StatusCode { get; set; } = 200;

    public string? ReasonPhrase { get; set; }

    public bool HasStarted { get; private set; }

    IHeaderDictionary IHttpResponseFeature.Headers { get => Answered; set => throw new NotSupportedException(); }

    Stream IHttpRequestFeature.Body { get => sentStream ??= new MemoryStream(sent, writable: false); set => sentStream = value; }

    PipeReader IRequestBodyPipeFeature.Reader => sentReader ??= PipeReader.Create(new ReadOnlySequence<byte>(sent));

    [Obsolete("By the interface.")]
    Stream IHttpResponseFeature.Body { get => Stream; set => throw new NotSupportedException(); }

    public Stream Stream => body.AsStream(leaveOpen: true);

    public PipeWriter Writer => body;

    /// <summary>Headers of the answer.</summary>
    public HeaderDictionary Answered { get; } = [];

    public static async ValueTask<MemoryExchange> OpenAsync(HttpRequestMessage message, CancellationToken cancellation)
    {
        var sent = message.Content is { } content ? await content.ReadAsByteArrayAsync(cancellation) : [];
        return new MemoryExchange(message, sent, cancellation);
    }

    /// <summary>Serves the request to its end. Failures become those of the client.</summary>
    public async Task RunAsync(RequestDelegate pipeline)
    {
        try
        {
            await pipeline(context);
            await StartAsync(CancellationToken.None);
            body.Finish(aborted.IsCancellationRequested ? new IOException("the API server in this process broke off its answer") : null);
        }
        catch (Exception e)
        {
            Abort(e);
            body.Finish(new IOException($"the API server in this process broke off its answer: {e.Message}", e));
        }
        finally
        {
            callerGone.Unregister();
            foreach (var (run, state) in completed ?? [])
                await run(state);
        }
    }

    /// <summary>The answer, as soon as its head is there.</summary>
    public async Task<HttpResponseMessage> HeadAsync(CancellationToken cancellation)
    {
        await head.Task;
        // From here on the reader of the body says when it has enough.
        callerGone.Unregister();
        cancellation.ThrowIfCancellationRequested();
        return Response();
    }

    public HttpResponseMessage Response()
    {
        if (failure is not null)
            throw failure;
        var response = new HttpResponseMessage((HttpStatusCode)StatusCode)
        {
            Version = HttpVersion.Version20,
            RequestMessage = message,
            Content = body.ToContent(),
        };
        foreach (var (name, values) in Answered)
        {
            if (!response.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                response.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        return response;
    }

    /// <summary>Tells the server to stop; what it does about it ends the body.</summary>
    public void Abort() => Abort(null);

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
            return;
        for (var i = (starting?.Count ?? 0) - 1; i >= 0; i--)
            await starting![i].Run(starting[i].State);
        HasStarted = true;
        head.TrySetResult();
    }

    public Task CompleteAsync() => Task.CompletedTask;

    public void DisableBuffering()
    {
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public void OnStarting(Func<object, Task> callback, object state) => (starting ??= []).Add((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => (completed ??= []).Add((callback, state));

    private void Abort(Exception? cause)
    {
        if (!HasStarted)
            failure ??= new HttpRequestException(HttpRequestError.ResponseEnded, $"the API server in this process gave no answer: {cause?.Message ?? "aborted"}", cause);
        head.TrySetResult();
        aborted.Cancel();
    }

    private static HeaderDictionary RequestHeaders(HttpRequestMessage message, Uri address, int length)
    {
        var headers = new HeaderDictionary(message.Headers.NonValidated.Count + 3) { ["Host"] = message.Headers.Host ?? address.Authority };
        foreach (var (name, values) in message.Headers.NonValidated)
            headers[name] = values.Count == 1 ? values.ToString() : new StringValues([.. values]);
        if (message.Content is { } content)
        {
            foreach (var (name, values) in content.Headers.NonValidated)
                headers[name] = values.ToString();
            headers.ContentLength = length;
        }
        return headers;
    }
}
