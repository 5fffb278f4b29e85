using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flotilla.Kubernetes.Client;

/// <summary>Certificates from PEM text.</summary>
internal static class Certificates
{
    /// <exception cref="CryptographicException">The texts are no certificate with its key.</exception>
    /// <exception cref="ArgumentException">Likewise.</exception>
    public static X509Certificate2 OfPem(string certificate, string key)
    {
        var pair = X509Certificate2.CreateFromPem(certificate, key);
        if (!OperatingSystem.IsWindows())
            return pair;
        // There, TLS cannot use keys that live in memory only.
        using (pair)
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    /// <exception cref="CryptographicException">The text is no certificate.</exception>
    public static X509Certificate2Collection AuthoritiesOfPem(string text)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(text);
        return found.Count > 0 ? found : throw new CryptographicException("there is no BEGIN CERTIFICATE in it");
    }
}
