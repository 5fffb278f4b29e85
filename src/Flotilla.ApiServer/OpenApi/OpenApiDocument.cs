using System.Security.Cryptography;
using System.Text;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>
/// A document that is made when somebody asks, and may be forgotten again. Its hash is known before: it stands for what the
/// document is made of.
/// </summary>
internal sealed class OpenApiDocument(string hash, Func<byte[]> make)
{
    private readonly Lock making = new();
    private WeakReference<byte[]>? made;

    /// <summary>Upper-case hexadecimal; changes when the document does.</summary>
    public string Hash { get; } = hash;

    /// <summary>JSON, UTF-8, unless it is made as something else.</summary>
    public byte[] Body
    {
        get
        {
            lock (making)
            {
                if (made is null || !made.TryGetTarget(out var body))
                {
                    body = make();
                    made = new WeakReference<byte[]>(body);
                }
                return body;
            }
        }
    }

    /// <summary>The hash of a document made of these parts by this build of the server.</summary>
    public static string HashOf(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(typeof(OpenApiDocument).Module.ModuleVersionId.ToByteArray());
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
