using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Buffers.Text;
using Flotilla.Agent.Enrolments;

namespace Flotilla.Agent.Program;

/// <summary>The connection to the hub: HTTP/2 over TLS, few bytes when idle.</summary>
internal static class HubTransport
{
    /// <param name="authority">The authority that the gateway's chain must end in (PEM); null trusts the machine's, or the token's pin.</param>
    /// <param name="token">The enrolment token: names the authority by its hash when no file does.</param>
    /// <param name="found">Told of the authority that was trusted by its hash, so that it can be kept.</param>
    public static HttpMessageInvoker Create(string? authority, string? token, Action<string> found)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            // Beyond what the hub holds a request for: an idle connection is one that is being held, or none.
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(6),
            ConnectTimeout = TimeSpan.FromSeconds(30),
            // Enough to find a dead line, and to keep NAT from forgetting a live one.
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AutomaticDecompression = System.Net.DecompressionMethods.GZip,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (authority is not null)
            handler.SslOptions.CertificateChainPolicy = Policy(authority);
        else if (token is not null && EnrolmentToken.Read(token) is { } pin)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Validate(pin.AuthorityHash, certificate, chain, errors, found);
        return new HttpMessageInvoker(handler);
    }

    private static X509ChainPolicy Policy(string authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority);
        return policy;
    }

    /// <summary>Trusts a chain whose last certificate has the pinned hash; names must fit as always.</summary>
    private static bool Validate(string pin, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, Action<string> found)
    {
        if (certificate is null || chain is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        var candidates = chain.ChainElements.Select(e => e.Certificate).Concat(chain.ChainPolicy.ExtraStore);
        foreach (var candidate in candidates)
        {
            if (Base64Url.EncodeToString(SHA256.HashData(candidate.RawData)) != pin)
                continue;
            var pem = candidate.ExportCertificatePem();
            using var checkedChain = new X509Chain { ChainPolicy = Policy(pem) };
            using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            if (!checkedChain.Build(leaf))
                return false;
            found(pem);
            return true;
        }
        return false;
    }
}
