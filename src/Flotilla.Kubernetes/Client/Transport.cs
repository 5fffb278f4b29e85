using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Flotilla.Kubernetes.Client;

/// <summary>Sockets and TLS for an endpoint.</summary>
internal static class Transport
{
    private const int StreamWindow = 1024 * 1024;

    public static SocketsHttpHandler Create(KubernetesEndpoint endpoint, Credentials credentials)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = StreamWindow,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            // A connection whose other end is gone says nothing: only a ping tells. Without requests there is nothing to tell.
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            SslOptions = Tls(endpoint, credentials),
        };
        if (endpoint.Proxy is { } proxy)
            handler.Proxy = new WebProxy(proxy);
        return handler;
    }

    private static SslClientAuthenticationOptions Tls(KubernetesEndpoint endpoint, Credentials credentials)
    {
        var tls = new SslClientAuthenticationOptions { CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
        if (endpoint.Insecure)
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        else if (endpoint.Authorities is { Count: > 0 } authorities)
            tls.CertificateChainPolicy = Trusting(authorities);
        if (endpoint.ClientCertificate is { } own)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true);
        else if (credentials.MayHaveCertificate)
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => credentials.Certificate!;
        return tls;
    }

    private static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
