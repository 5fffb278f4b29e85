using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flotilla.ApiServer.Certificates;

namespace Flotilla.ApiServer.Authentication;

/// <summary>Users known by a certificate that the server's authority signed: the common name is the name, organisations are groups.</summary>
internal sealed class ClientCertificates(X509Certificate2 authority, TimeProvider time) : IDisposable
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    // A connection shows the same instance with each of its requests, and a chain takes a millisecond to build.
    private readonly ConditionalWeakTable<X509Certificate2, Verified> seen = [];

    /// <summary>The authority without its key, which a chain must not need.</summary>
    private readonly X509Certificate2 trusted = X509CertificateLoader.LoadCertificate(authority.RawData);

    /// <summary>The user of a certificate; null when the authority did not sign it, or it is not for clients, or it is out of its time.</summary>
    public UserInfo? Verify(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        if (now > certificate.NotAfter || now < certificate.NotBefore)
            return null;
        return seen.GetValue(certificate, c => new Verified(Build(c))).User;
    }

    public void Dispose() => trusted.Dispose();

    private UserInfo? Build(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                VerificationTime = time.GetUtcNow().LocalDateTime,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(trusted);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(CertificateSigning.ClientAuthentication));
        if (!chain.Build(certificate))
            return null;

        var name = "";
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (part.HasMultipleElements)
                continue;
            if (part.GetSingleElementType().Value == CommonName)
                name = part.GetSingleElementValue() ?? "";
            else if (part.GetSingleElementType().Value == Organization && part.GetSingleElementValue() is { } group)
                groups.Add(group);
        }
        if (name.Length == 0)
            return null;
        return new UserInfo(name, Authenticator.WithAuthenticated(groups))
        {
            Extra = new Dictionary<string, IReadOnlyList<string>>
            {
                ["authentication.kubernetes.io/credential-id"] = [$"X509SHA256={Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))}"],
            },
        };
    }

    private sealed record Verified(UserInfo? User);
}
