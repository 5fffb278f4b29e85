using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>
/// Posts reviews to one address over HTTPS (HTTP/1.1, as kube-apiserver does). Connections are kept and bounded; idle ones close by
/// themselves, so a client that is not needed any more can just be dropped.
/// </summary>
internal sealed class WebhookClient(WebhookAddress address, IWebhookSource source)
{
    private const int MaxConnections = 64;
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly Lock guard = new();
    private HttpClient? http;
    private WebhookTrust? trust;
    private uint turn;

    /// <summary>The webhook's answer to a review.</summary>
    /// <exception cref="WebhookCallException">No answer, or none that is JSON; with kube-apiserver's words.</exception>
    /// <exception cref="OperationCanceledException">The request that asks was given up.</exception>
    public async Task<JsonObject> PostAsync(ReadOnlyMemory<byte> review, TimeSpan timeout, CancellationToken cancellation)
    {
        var client = Client();
        var url = address.Call(timeout);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(review) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Accept.ParseAdd("application/json");
            request.Headers.UserAgent.ParseAdd("kube-apiserver-admission");
            using var response = await client.SendAsync(request, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            return response.IsSuccessStatusCode ? Parse(body) : throw new WebhookCallException($"failed to call webhook: {Refused(response.StatusCode, body)}");
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new WebhookCallException($"failed to call webhook: Post {FieldError.Quote(url)}: context deadline exceeded", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new WebhookCallException($"failed to call webhook: Post {FieldError.Quote(url)}: {Describe(e)}", e);
        }
    }

    private HttpClient Client()
    {
        lock (guard)
        {
            if (http is not null)
                return http;
            trust = new WebhookTrust(address.CaBundle);
            var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                MaxConnectionsPerServer = MaxConnections,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
                ConnectCallback = DialAsync,
                SslOptions = trust.Options(),
            };
            return http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
        }
    }

    private async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = address.Service is { } service
            ? ServiceEndpoints.Resolve(source, service, Interlocked.Increment(ref turn))
            : (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        DialException? failure = null;
        foreach (var ip in await AddressesAsync(host, cancellation))
        {
            var target = new IPEndPoint(ip, port);
            var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(target, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure ??= DialException.Of(target, e);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw failure ?? DialException.NoSuchHost(host, null);
    }

    private static async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var ip))
            return [ip];
        try
        {
            // An empty name would mean this machine.
            return host.Length == 0 ? [] : await Dns.GetHostAddressesAsync(host, cancellation);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw DialException.NoSuchHost(host, e);
        }
    }

    private static JsonObject Parse(byte[] body)
    {
        try
        {
            return JsonText.Parse(body) as JsonObject ?? throw new JsonException("json: cannot unmarshal into an AdmissionReview");
        }
        catch (JsonException e)
        {
            throw new WebhookCallException($"failed to call webhook: couldn't get version/kind; json parse error: {e.Message}", e);
        }
    }

    private string Describe(Exception e)
    {
        for (Exception? at = e; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case DialException:
                    return at.Message;
                case AuthenticationException:
                    return trust!.Problem ?? $"remote error: tls: {at.Message}";
                case SocketException socket:
                    return DialException.Describe(socket);
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return "EOF";
            }
        }
        return e.Message;
    }

    /// <summary>What a failed answer means, as client-go tells it.</summary>
    private static string Refused(HttpStatusCode code, byte[] body) => code switch
    {
        HttpStatusCode.BadRequest => "the server rejected our request for an unknown reason",
        HttpStatusCode.Unauthorized => "the server has asked for the client to provide credentials",
        HttpStatusCode.NotFound => "the server could not find the requested resource",
        HttpStatusCode.MethodNotAllowed => "the server does not allow this method on the requested resource",
        HttpStatusCode.UnprocessableEntity => "the server rejected our request due to an error in our request",
        HttpStatusCode.TooManyRequests => "the server has received too many requests and has asked us to try again later",
        HttpStatusCode.ServiceUnavailable => "the server is currently unable to handle the request",
        HttpStatusCode.GatewayTimeout => "the server was unable to return a response in the time allotted, but may still be processing the request",
        >= HttpStatusCode.InternalServerError => $"an error on the server ({FieldError.Quote(Excerpt(body))}) has prevented the request from succeeding",
        _ => $"the server responded with the status code {(int)code} but did not return more information",
    };

    private static string Excerpt(byte[] body)
    {
        var text = System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 2048))).Trim();
        return text.Length == 0 ? "unknown" : text;
    }
}
