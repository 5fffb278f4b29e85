using System.Net;
using System.Net.Http.Headers;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>
/// Speaks to a Kubernetes API in JSON. Safe for any number of callers at once, who share a few connections (HTTP/2). What the server
/// refuses becomes an <see cref="ApiStatusException"/>; what never reached it, or broke on the way, an <see cref="HttpRequestException"/>.
/// Nothing is repeated silently, but for reads that the server put off for a moment (429).
/// </summary>
public sealed partial class KubernetesClient : IDisposable
{
    private const int MostReads = 3;
    private static readonly TimeSpan LongestPutOff = TimeSpan.FromSeconds(5);
    private static readonly MediaTypeHeaderValue JsonType = new(MediaNames.Json);

    private readonly HttpMessageInvoker transport;
    private readonly Credentials credentials;
    private readonly TimeProvider time;
    private readonly TimeSpan patience;
    private readonly string? host;
    private readonly string root;

    /// <summary>A client over sockets; connects at the first request.</summary>
    /// <param name="endpoint">Where and as whom.</param>
    /// <param name="time">For everything that waits.</param>
    public KubernetesClient(KubernetesEndpoint endpoint, TimeProvider? time = null)
    {
        this.time = time ?? TimeProvider.System;
        credentials = Credentials.Of(endpoint, this.time);
        transport = new HttpMessageInvoker(Transport.Create(endpoint, credentials));
        patience = endpoint.RequestTimeout;
        Server = endpoint.Server;
        Namespace = endpoint.Namespace;
        // The name in the TLS handshake, and what the certificate must be for, is taken from the Host header.
        host = endpoint.TlsServerName;
        root = Root(endpoint.Server);
        Resources = new ResourceDirectory(this, this.time);
    }

    /// <summary>A client over any transport, as that of an API server in this process. Answers may take as long as they like.</summary>
    /// <param name="handler">The transport; stays the caller's.</param>
    /// <param name="server">Base address, maybe with a path.</param>
    /// <param name="time">For everything that waits.</param>
    /// <param name="token">Bearer token.</param>
    public KubernetesClient(HttpMessageHandler handler, Uri server, TimeProvider? time = null, string? token = null)
    {
        this.time = time ?? TimeProvider.System;
        credentials = new FixedToken(token);
        transport = new HttpMessageInvoker(handler, disposeHandler: false);
        patience = Timeout.InfiniteTimeSpan;
        Server = server;
        root = Root(server);
        Resources = new ResourceDirectory(this, this.time);
    }

    /// <summary>Address of the server, maybe with a path before that of the API.</summary>
    public Uri Server { get; }

    /// <summary>Where objects go that name no namespace.</summary>
    public string Namespace { get; } = "default";

    /// <summary>What the server serves.</summary>
    public ResourceDirectory Resources { get; }

    /// <summary>Told of what the server remarks on requests (deprecations, unknown fields); nobody by default.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Sends any request, and returns when the head of the answer is there, whatever its code. A relative address is taken from <see cref="Server"/>.</summary>
    /// <exception cref="HttpRequestException">No answer came.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } address)
            request.RequestUri = Address(request.RequestUri?.OriginalString ?? "");
        else if (address.IsFile)
            // On Unix, a path alone counts as the absolute address of a file.
            request.RequestUri = Address(address.OriginalString);
        if (request.Version == HttpVersion.Version11)
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower);
        if (host is not null)
            request.Headers.Host = host;
        if (request.Headers.Authorization is null && await credentials.BearerAsync(cancellation) is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await transport.SendAsync(request, cancellation);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            credentials.Refused();
        return response;
    }

    /// <summary>The bearer token that requests carry at present; null when this client signs in with a certificate, or not at all.</summary>
    public ValueTask<string?> BearerTokenAsync(CancellationToken cancellation) => credentials.BearerAsync(cancellation);

    /// <summary>The version of Kubernetes that the server says it is, as <c>v1.36.0</c>.</summary>
    /// <exception cref="ApiStatusException">The server refused.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellation)
    {
        using var answer = await ExchangeAsync(HttpMethod.Get, "/version", MediaNames.Json, null, cancellation);
        return answer.Object().String("gitVersion") ?? "";
    }

    /// <summary>Closes connections; what is under way fails.</summary>
    public void Dispose()
    {
        transport.Dispose();
        credentials.Dispose();
        Resources.Dispose();
    }

    internal async Task<Answer> ExchangeAsync(HttpMethod method, string path, string accept, HttpContent? content, CancellationToken cancellation) =>
        await ExchangeAsync(method, path, accept, content, absentIsNull: false, cancellation) ?? throw ApiStatusException.NoSuchPath();

    /// <summary>Sends, and reads the whole answer; failures become exceptions.</summary>
    /// <returns>Null for a 404, when that is wanted.</returns>
    private async Task<Answer?> ExchangeAsync(
        HttpMethod method, string path, string accept, HttpContent? content, bool absentIsNull, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, Address(path)) { Content = content };
            request.Headers.TryAddWithoutValidation("Accept", accept);
            var answer = await WithPatienceAsync(request, cancellation);
            if (answer.Code < 400)
            {
                if (OnWarning is not null)
                    Tell(answer);
                return answer;
            }
            using (answer)
            {
                if (answer.Code == 404 && absentIsNull)
                    return null;
                var failure = ApiFailure.Of(request, answer, time);
                var wait = TimeSpan.FromSeconds(failure.Status.RetryAfterSeconds);
                if (answer.Code != 429 || method != HttpMethod.Get || attempt == MostReads || wait == TimeSpan.Zero || wait > LongestPutOff)
                    throw failure;
                await Task.Delay(wait, time, cancellation);
            }
        }
    }

    private async Task<Answer> WithPatienceAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (patience == Timeout.InfiniteTimeSpan)
        {
            using var response = await SendAsync(request, cancellation);
            return await Answer.ReadAsync(response, cancellation);
        }
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var response = await SendAsync(request, either.Token);
            return await Answer.ReadAsync(response, either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(
                $"{request.Method} {request.RequestUri} was not answered within {patience.TotalSeconds:0} s", new TimeoutException(e.Message, e));
        }
    }

    private void Tell(Answer answer)
    {
        foreach (var warning in WarningsOf(answer))
            OnWarning!(warning);
    }

    private static IReadOnlyList<string> WarningsOf(Answer answer) =>
        answer.Headers.Warning.Count == 0 ? [] : [.. answer.Headers.Warning.Select(w => Unquote(w.Text))];

    private static string Unquote(string text) => text is ['"', .. var inner, '"'] ? inner.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal) : text;

    private Uri Address(string path) => new(path.StartsWith('/') ? root + path : $"{root}/{path}");

    private static string Root(Uri server)
    {
        if (!server.IsAbsoluteUri || server.Scheme is not ("http" or "https"))
            throw new EndpointException($"\"{server}\" is no address of a server; give one like https://10.0.0.1:6443");
        return server.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

    private static ReadOnlyMemoryContent Body(ReadOnlyMemory<byte> utf8, string mediaType) => new(utf8)
    {
        Headers = { ContentType = mediaType == MediaNames.Json ? JsonType : new MediaTypeHeaderValue(mediaType) },
    };
}
