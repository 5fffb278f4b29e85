using System.Security.Cryptography;
using System.Text;

namespace Flotilla.Content.Trust;

/// <summary>Private P-256 keys in files: PKCS #8 in PEM (RFC 7468), readable by their owner alone. A key is never written over.</summary>
internal static class KeyFile
{
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <exception cref="IOException">There is a file already; it is left as it was.</exception>
    public static ValueTask CreateAsync(string path, ECAlgorithm key, CancellationToken cancellation) =>
        DurableFile.CreateAsync(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), cancellation, DurableFile.Private);

    /// <summary>Fills a key from a file, and disposes it when that fails.</summary>
    /// <exception cref="InvalidDataException">The file holds no private P-256 key.</exception>
    public static async ValueTask<PublicKey> LoadAsync(string path, ECAlgorithm key, CancellationToken cancellation)
    {
        try
        {
            return Import(await File.ReadAllTextAsync(path, cancellation), key);
        }
        catch (FormatException exception)
        {
            key.Dispose();
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <exception cref="FormatException">The text holds no private P-256 key.</exception>
    public static PublicKey Import(string pem, ECAlgorithm key)
    {
        try
        {
            key.ImportFromPem(pem);
            var parameters = key.ExportParameters(includePrivateParameters: true);
            CryptographicOperations.ZeroMemory(parameters.D);
            return parameters.Curve.Oid.Value == P256
                ? new PublicKey(parameters.Q)
                : throw new FormatException($"the key is on the curve {parameters.Curve.Oid.FriendlyName}; only P-256 is supported");
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            throw new FormatException($"not a private P-256 key in PEM: {exception.Message}", exception);
        }
    }

    public static PublicKey PublicOf(ECAlgorithm key) => new(key.ExportParameters(includePrivateParameters: false).Q);
}
