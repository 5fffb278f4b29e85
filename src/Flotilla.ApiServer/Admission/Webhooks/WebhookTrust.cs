using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>
/// Decides whether the certificate of a webhook is good. As in Go any certificate of a CA bundle may end the chain, also one that
/// is no root.
/// </summary>
internal sealed class WebhookTrust
{
    private readonly X509Certificate2Collection authorities = [];
    private volatile string? problem;

    /// <param name="caBundle">Base64 of PEM; empty to trust what the system trusts.</param>
    /// <exception cref="WebhookCallException">The bundle holds no certificate.</exception>
    public WebhookTrust(string caBundle)
    {
        if (caBundle.Length == 0)
            return;
        try
        {
            authorities.ImportFromPem(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(caBundle)));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new WebhookCallException($"could not get REST client: unable to load root certificates: {e.Message}", e);
        }
        if (authorities.Count == 0)
            throw new WebhookCallException("could not get REST client: unable to load root certificates: unable to parse bytes as PEM block");
    }

    /// <summary>What was wrong with the last certificate that was refused, in Go's words.</summary>
    public string? Problem => problem;

    public SslClientAuthenticationOptions Options()
    {
        var options = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Verify, CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
        if (authorities.Count == 0)
            return options;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        return options;
    }

    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.RemoteCertificateChainErrors && EndsInBundle(chain!))
            return true;
        problem = errors == SslPolicyErrors.None ? null : $"tls: failed to verify certificate: x509: {Describe(certificate, chain, errors)}";
        return errors == SslPolicyErrors.None;
    }

    private bool EndsInBundle(X509Chain chain)
    {
        if (chain.ChainStatus.Any(s => s.Status is not (X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot)))
            return false;
        var end = chain.ChainElements[^1].Certificate.RawDataMemory;
        return authorities.Any(a => a.RawDataMemory.Span.SequenceEqual(end.Span));
    }

    private static string Describe(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is not X509Certificate2 shown)
            return "no certificate";
        if (chain?.ChainStatus.Any(s => s.Status == X509ChainStatusFlags.NotTimeValid) == true)
            return "certificate has expired or is not yet valid";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return "certificate signed by unknown authority";
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(i => i.ToString())));
        return string.Join(", ", names) is { Length: > 0 } list
            ? $"certificate is valid for {list}, not the name it was called by"
            : "certificate is not valid for any names";
    }
}
