using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Flotilla.ApiServer.Hosting;

/// <summary>
/// What a TLS handshake needs, prepared once for each serving certificate. Chains are built with our own authority alone: reading the
/// system's certificates would take longer than all the rest of a start.
/// </summary>
/// <param name="certificate">The certificate for now.</param>
/// <param name="authority">Who signed it.</param>
/// <param name="asksClients">Whether clients may show certificates.</param>
internal sealed class TlsHandshake(Func<X509Certificate2> certificate, X509Certificate2 authority, bool asksClients = true)
{
    private readonly SslCertificateTrust trust = SslCertificateTrust.CreateForX509Collection([authority]);
    private Prepared? prepared;

    /// <summary>For Kestrel's listener.</summary>
    /// <param name="longest">How long one may take.</param>
    public TlsHandshakeCallbackOptions Callback(TimeSpan longest) => new() { OnConnection = _ => ValueTask.FromResult(Options()), HandshakeTimeout = longest };

    /// <summary>For one handshake. The same object while the certificate is the same, so that sessions can be resumed.</summary>
    public SslServerAuthenticationOptions Options()
    {
        var current = certificate();
        if (prepared is { } known && ReferenceEquals(known.Certificate, current))
            return known.Options;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(current, [authority], offline: true, trust),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            ClientCertificateRequired = asksClients,
            // Whether a certificate proves anything is decided by authentication; without a good one a request is anonymous or refused.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        prepared = new Prepared(current, options);
        return options;
    }

    private sealed record Prepared(X509Certificate2 Certificate, SslServerAuthenticationOptions Options);
}
