using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Hub.Identity;

namespace Flotilla.Hub.Gateway;

/// <summary>
/// Proofs that a token was made a short time ago, for sites whose clock is wrong: the hub's time under a MAC. Nothing is remembered, and
/// every hub with the same keys takes those of the others.
/// </summary>
internal sealed class Nonces(HubKeys keys, TimeProvider time)
{
    private const int MacLength = 16;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private readonly byte[] secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(keys.Signing.ToPem()), 32, info: "flotilla nonce"u8.ToArray());

    public string New()
    {
        Span<byte> nonce = stackalloc byte[sizeof(long) + MacLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce, time.GetUtcNow().ToUnixTimeMilliseconds());
        Sign(nonce[..sizeof(long)], nonce[sizeof(long)..]);
        return Base64Url.EncodeToString(nonce);
    }

    public bool IsFresh(string text)
    {
        Span<byte> nonce = stackalloc byte[sizeof(long) + MacLength];
        Span<byte> mac = stackalloc byte[MacLength];
        if (text.Length != 32 || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, nonce, out var length) || length != nonce.Length)
            return false;
        Sign(nonce[..sizeof(long)], mac);
        var age = time.GetUtcNow().ToUnixTimeMilliseconds() - BinaryPrimitives.ReadInt64BigEndian(nonce);
        return CryptographicOperations.FixedTimeEquals(mac, nonce[sizeof(long)..]) && age >= -1000 && age <= Fresh.TotalMilliseconds;
    }

    private void Sign(ReadOnlySpan<byte> data, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, data, whole);
        whole[..MacLength].CopyTo(mac);
    }
}
