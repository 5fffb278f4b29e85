using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flotilla.ApiServer.Certificates;

/// <summary>Makes X.509 certificates (RFC 5280) with P-256 keys, in the shape that Go's and .NET's verification both accept.</summary>
internal static class CertificateSigning
{
    public static readonly TimeSpan ServingLifetime = TimeSpan.FromDays(365);
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Clocks of clients may be behind.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    /// <param name="name">Begins its common name.</param>
    public static X509Certificate2 MakeAuthority(DateTimeOffset now, string name = "flotilla-ca", int years = 10)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The serial in the name keeps the authorities of several servers apart in one trust store.
        var request = new CertificateRequest($"CN={name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Skew, now.AddYears(years));
    }

    public static X509Certificate2 SignServing(X509Certificate2 authority, ServedNames served, DateTimeOffset now)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in served.Dns)
            names.AddDnsName(name);
        foreach (var address in served.Addresses)
            names.AddIpAddress(address);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(served.CommonName);
        var signed = Sign(authority, subject.Build(), ServerAuthentication, names.Build(), now, ServingLifetime);
        if (!OperatingSystem.IsWindows())
            return signed;
        // Windows' TLS does not take a key that exists in memory only.
        using (signed)
            return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null);
    }

    public static X509Certificate2 SignClient(X509Certificate2 authority, string user, IEnumerable<string> groups, DateTimeOffset now, TimeSpan lifetime)
    {
        // The builder encodes what was added last first.
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(user);
        foreach (var group in groups.Reverse())
            subject.AddOrganizationName(group);
        return Sign(authority, subject.Build(), ClientAuthentication, null, now, lifetime);
    }

    private static X509Certificate2 Sign(
        X509Certificate2 authority, X500DistinguishedName subject, string usage, X509Extension? names, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (names is not null)
            request.CertificateExtensions.Add(names);

        // RFC 5280 wants a positive serial of at most 20 bytes.
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        var end = now + lifetime;
        using var certificate = request.Create(authority, Later(now - Skew, authority.NotBefore), Earlier(end, authority.NotAfter), serial);
        return certificate.CopyWithPrivateKey(key);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
