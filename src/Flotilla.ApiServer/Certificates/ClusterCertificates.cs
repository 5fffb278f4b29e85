using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Flotilla.ApiServer.Certificates;

/// <summary>
/// The keys of a server: the authority that clients trust (kept, 10 years), the certificate that connections are served with (made at
/// start from the authority, so there is no second secret on disk), and the key that signs service-account tokens (kept).
/// </summary>
internal sealed class ClusterCertificates : IDisposable
{
    public const string AuthorityFile = "ca.pem";
    public const string ServiceAccountFile = "service-account.pem";

    private readonly TimeProvider time;
    private readonly ServingCertificate serving;

    private ClusterCertificates(X509Certificate2 authority, ECDsa serviceAccountKey, TimeProvider time)
    {
        this.time = time;
        Authority = authority;
        ServiceAccountKey = serviceAccountKey;
        serving = new ServingCertificate(authority, ServedNames.ApiServer, time);
    }

    /// <summary>The authority, with its private key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The authority's certificate for clients, PEM.</summary>
    public string AuthorityPem => Authority.ExportCertificatePem() + "\n";

    /// <summary>P-256; signs and verifies service-account tokens (ES256).</summary>
    public ECDsa ServiceAccountKey { get; }

    /// <summary>The certificate to serve with now. Ask for each connection.</summary>
    public X509Certificate2 Serving => serving.Current;

    /// <summary>Reads the keys of a data folder, or makes them (and the folder) at the first start.</summary>
    /// <exception cref="InvalidDataException">A file is there but cannot be used; it is left alone and the message says what to do.</exception>
    public static ClusterCertificates Load(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var authority = LoadOrMake(Path.Combine(folder, AuthorityFile), ReadAuthority, () => CertificateSigning.MakeAuthority(time.GetUtcNow()), WriteAuthority);
        if (authority.NotAfter < time.GetUtcNow())
        {
            throw new InvalidDataException(
                $"{Path.Combine(folder, AuthorityFile)} holds a certificate authority that expired on {authority.NotAfter:u}; remove the file to make a new one at the next start");
        }
        return new ClusterCertificates(authority, LoadServiceAccountKey(folder), time);
    }

    /// <summary>The key for service-account tokens alone: all that a server needs that has no connections.</summary>
    /// <param name="folder">The data folder; null makes a key that lives as long as the process.</param>
    /// <exception cref="InvalidDataException">The file is there but cannot be used; it is left alone and the message says what to do.</exception>
    public static ECDsa LoadServiceAccountKey(string? folder)
    {
        if (folder is null)
            return ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(folder);
        return LoadOrMake(
            Path.Combine(folder, ServiceAccountFile), ReadKey, () => ECDsa.Create(ECCurve.NamedCurves.nistP256), k => k.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Makes keys that live as long as the process.</summary>
    public static ClusterCertificates InMemory(TimeProvider time) =>
        new(CertificateSigning.MakeAuthority(time.GetUtcNow()), ECDsa.Create(ECCurve.NamedCurves.nistP256), time);

    /// <summary>Signs a client certificate, with a key of its own: user and groups become common name and organisations.</summary>
    public X509Certificate2 SignClient(string user, IEnumerable<string> groups, TimeSpan lifetime) =>
        CertificateSigning.SignClient(Authority, user, groups, time.GetUtcNow(), lifetime);

    public void Dispose()
    {
        Authority.Dispose();
        ServiceAccountKey.Dispose();
        serving.Dispose();
    }

    private static T LoadOrMake<T>(string path, Func<string, T> read, Func<T> make, Func<T, string> write)
    {
        if (File.Exists(path))
        {
            try
            {
                return read(File.ReadAllText(path));
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                throw new InvalidDataException(
                    $"{path} is damaged ({e.Message}); restore it from a backup, or remove it to make a new key at the next start (clients then need a new kubeconfig)", e);
            }
        }
        var made = make();
        PrivateFile.Replace(path, write(made));
        return made;
    }

    private static X509Certificate2 ReadAuthority(string pem) => X509Certificate2.CreateFromPem(pem, pem);

    private static string WriteAuthority(X509Certificate2 authority)
    {
        using var key = authority.GetECDsaPrivateKey()!;
        return $"{authority.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static ECDsa ReadKey(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
