using System.Security.Cryptography;

namespace Flotilla.Content.Trust;

/// <summary>A private P-256 key that values are sealed to (ECDH). Safe for many threads.</summary>
public sealed class SealingKey : IDisposable
{
    private readonly ECDiffieHellman key;
    private readonly Lock gate = new();

    private SealingKey(ECDiffieHellman key, PublicKey publicKey)
    {
        this.key = key;
        PublicKey = publicKey;
    }

    /// <summary>The half to give away.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Names the key (RFC 7638).</summary>
    public string KeyId => PublicKey.KeyId;

    /// <summary>Makes a key that is in memory alone.</summary>
    public static SealingKey Create()
    {
        var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return new SealingKey(key, KeyFile.PublicOf(key));
    }

    /// <summary>Makes a key and keeps it in a new file (PKCS #8 in PEM, mode 0600).</summary>
    /// <exception cref="IOException">There is a file already; it is left as it was.</exception>
    public static async ValueTask<SealingKey> CreateAsync(string path, CancellationToken cancellation)
    {
        var made = Create();
        try
        {
            await KeyFile.CreateAsync(path, made.key, cancellation);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Loads a key from its file.</summary>
    /// <exception cref="InvalidDataException">The file holds no private P-256 key.</exception>
    public static async ValueTask<SealingKey> LoadAsync(string path, CancellationToken cancellation)
    {
        var key = ECDiffieHellman.Create();
        return new SealingKey(key, await KeyFile.LoadAsync(path, key, cancellation));
    }

    /// <summary>Reads a key from PEM.</summary>
    /// <exception cref="FormatException">The text holds no private P-256 key.</exception>
    public static SealingKey FromPem(string pem)
    {
        var key = ECDiffieHellman.Create();
        return new SealingKey(key, KeyFile.Import(pem, key));
    }

    /// <summary>The private key as PKCS #8 in PEM: for a Secret of the cluster, never for a log.</summary>
    public string ToPem() => key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>The x-coordinate of the shared point (RFC 7518 section 4.6). The caller wipes it.</summary>
    internal byte[] Agree(PublicKey other)
    {
        using var peer = ECDiffieHellman.Create(other.Parameters);
        lock (gate)
            return key.DeriveRawSecretAgreement(peer.PublicKey);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
