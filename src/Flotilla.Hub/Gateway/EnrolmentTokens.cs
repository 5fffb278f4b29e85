using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Flotilla.Hub.Identity;

namespace Flotilla.Hub.Gateway;

/// <summary>
/// Texts that let a site enrol, as <c>flt1.SECRET.CA.ROOT</c>: besides the secret the SHA-256 of the certificate that the gateway's chain
/// ends in, and the thumbprint of the root key, so that the token alone tells an agent whom to trust.
/// </summary>
internal static class EnrolmentTokens
{
    public static string New(HubKeys keys)
    {
        Span<byte> secret = stackalloc byte[32];
        RandomNumberGenerator.Fill(secret);
        return $"flt1.{Base64Url.EncodeToString(secret)}.{Base64Url.EncodeToString(SHA256.HashData(keys.Authority.RawData))}.{keys.Root.KeyId}";
    }

    /// <summary>What the ledger knows of it.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
