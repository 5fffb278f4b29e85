using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Program;

/// <summary>
/// The way to the hub: HTTP/2 over TLS, few bytes when idle. Whom to trust is said by a file, by what was kept at enrolment, or by the
/// token: that names the authority by its hash, and the gateway hands it out to everybody, since a handshake does not bring it along.
/// </summary>
internal sealed class HubTransport : HttpMessageHandler
{
    private const int LargestAuthority = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Uri hub;
    private readonly EnrolmentTokenText? pin;
    private readonly HubProxy proxy;
    private readonly SemaphoreSlim gate = new(1);
    private HttpMessageInvoker? trusted;
    private long wire;

    private HubTransport(Uri hub, string? authority, EnrolmentTokenText? pin, HubProxy proxy)
    {
        this.hub = hub;
        this.pin = pin;
        this.proxy = proxy;
        Authority = authority;
        if (authority is not null || pin is null)
            trusted = Connect(authority);
    }

    /// <summary>The authority that is trusted (PEM); null while it is not known, or for those of the machine.</summary>
    public string? Authority { get; private set; }

    /// <summary>Bytes that went over connections so far, both ways.</summary>
    public long Wire => Interlocked.Read(ref wire);

    /// <param name="hub">The gateway.</param>
    /// <param name="authority">The authority that the gateway's chain must end in (PEM); null trusts what the token names, or the machine's.</param>
    /// <param name="token">The enrolment token.</param>
    /// <param name="proxy">The proxy on the way; null for that of the environment.</param>
    public static HubTransport Create(Uri hub, string? authority, string? token, HubProxy? proxy = null) =>
        new(hub, authority, hub.Scheme == Uri.UriSchemeHttps && token is not null ? EnrolmentTokenText.TryParse(token) : null, proxy ?? HubProxy.OfEnvironment);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await (Volatile.Read(ref trusted) ?? await TrustAsync(cancellationToken)).SendAsync(request, cancellationToken);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new CountedStream(new NetworkStream(socket, ownsSocket: true), bytes => Interlocked.Add(ref wire, bytes));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            trusted?.Dispose();
            gate.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task<HttpMessageInvoker> TrustAsync(CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (trusted is not null)
                return trusted;
            Authority = await FetchAuthorityAsync(cancellation);
            return trusted = Connect(Authority);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Nothing is trusted here but the hash: whoever answers, only the certificate that the token names is taken.</summary>
    private async Task<string> FetchAuthorityAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient(Handler(policy: null, trustAnybody: true)) { Timeout = Patience, MaxResponseContentBufferSize = LargestAuthority };
        using var response = await http.GetAsync(new Uri(hub, "/v1/ca"), cancellation);
        if ((int)response.StatusCode is (>= 300 and < 400) or 511 || response.Content.Headers.ContentType?.MediaType is "text/html")
            throw new SyncFailure(Reasons.CaptivePortal, $"a page answers at {hub} instead of the hub ({(int)response.StatusCode}): the network wants somebody to sign in");
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"the gateway's authority cannot be fetched: {hub}v1/ca answers {(int)response.StatusCode}");
        try
        {
            var pem = await response.Content.ReadAsStringAsync(cancellation);
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return pin!.IsAuthority(certificate.RawData)
                ? certificate.ExportCertificatePem()
                : throw new HttpRequestException($"what answers at {hub} shows another authority than the token names: is this the hub that made the token?");
        }
        catch (CryptographicException)
        {
            throw new HttpRequestException($"what answers at {hub} shows no authority: is this a hub, or a sign-in page of the network?");
        }
    }

    private HttpMessageInvoker Connect(string? authority)
    {
        if (authority is null)
            return new HttpMessageInvoker(Handler(policy: null, trustAnybody: false));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority);
        return new HttpMessageInvoker(Handler(policy, trustAnybody: false));
    }

    private SocketsHttpHandler Handler(X509ChainPolicy? policy, bool trustAnybody)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            // A held request keeps its connection; one between two rare requests would only be forgotten by NAT.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectTimeout = Patience,
            // Enough to find a dead line, and to keep NAT from forgetting a live one.
            KeepAlivePingDelay = TimeSpan.FromSeconds(120),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        handler.ConnectCallback = ConnectAsync;
        proxy.Set(handler);
        handler.SslOptions.CertificateChainPolicy = policy;
        if (trustAnybody)
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        return handler;
    }
}
