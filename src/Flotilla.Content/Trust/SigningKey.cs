using System.Security.Cryptography;

namespace Flotilla.Content.Trust;

/// <summary>A private P-256 key that signs (ECDSA with SHA-256). Safe for many threads.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa key;
    private readonly Lock gate = new();

    private SigningKey(ECDsa key, PublicKey publicKey)
    {
        this.key = key;
        PublicKey = publicKey;
    }

    /// <summary>The half to give away.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Names the key (RFC 7638).</summary>
    public string KeyId => PublicKey.KeyId;

    /// <summary>Makes a key that is in memory alone.</summary>
    public static SigningKey Create()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey(key, KeyFile.PublicOf(key));
    }

    /// <summary>Makes a key and keeps it in a new file (PKCS #8 in PEM, mode 0600).</summary>
    /// <exception cref="IOException">There is a file already; it is left as it was.</exception>
    public static async ValueTask<SigningKey> CreateAsync(string path, CancellationToken cancellation)
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
    public static async ValueTask<SigningKey> LoadAsync(string path, CancellationToken cancellation)
    {
        var key = ECDsa.Create();
        return new SigningKey(key, await KeyFile.LoadAsync(path, key, cancellation));
    }

    /// <summary>Reads a key from PEM.</summary>
    /// <exception cref="FormatException">The text holds no private P-256 key.</exception>
    public static SigningKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        return new SigningKey(key, KeyFile.Import(pem, key));
    }

    /// <summary>The private key as PKCS #8 in PEM: for a Secret of the cluster, never for a log.</summary>
    public string ToPem() => key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Signs data.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data, DSASignatureFormat format)
    {
        lock (gate)
            return key.SignData(data, HashAlgorithmName.SHA256, format);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
