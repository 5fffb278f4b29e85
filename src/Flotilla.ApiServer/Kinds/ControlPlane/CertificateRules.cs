using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>What PEM texts hold, given in base64 as JSON has bytes.</summary>
internal static class CertificateRules
{
    private const string RequestLabel = "CERTIFICATE REQUEST";
    private const string CertificateLabel = "CERTIFICATE";

    /// <summary>A PKCS #10 request (RFC 2986) that its own key has signed.</summary>
    public static void Request(FieldProblems problems, FieldPath path, string request)
    {
        var pem = Decoded(request);
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] is not RequestLabel)
        {
            problems.Invalid(path, request, $"PEM block type must be {RequestLabel}");
            return;
        }
        try
        {
            var der = Convert.FromBase64String(pem[fields.Base64Data]);
            CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            problems.Invalid(path, request, e.Message);
        }
    }

    /// <summary>One or more certificates and nothing else; nothing at all is fine.</summary>
    public static void Certificates(FieldProblems problems, FieldPath path, string certificates)
    {
        if (certificates.Length > 0 && Problem(Decoded(certificates)) is { } problem)
            problems.Invalid(path, "<certificate data>", problem);
    }

    private static string? Problem(string pem)
    {
        var blocks = 0;
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            if (rest[fields.Label] is not CertificateLabel)
                return $"only {CertificateLabel} PEM blocks are allowed, found \"{rest[fields.Label]}\"";
            try
            {
                X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString())).Dispose();
            }
            catch (CryptographicException)
            {
                return "x509: malformed certificate";
            }
            blocks++;
        }
        return blocks == 0 ? $"must contain at least one {CertificateLabel} PEM block" : null;
    }

    private static string Decoded(string base64) => Encoding.Latin1.GetString(Convert.FromBase64String(base64));
}
