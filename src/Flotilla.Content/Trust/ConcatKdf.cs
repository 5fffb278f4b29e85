using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Flotilla.Content.Trust;

/// <summary>The key derivation of ECDH-ES in direct use (RFC 7518 section 4.6.2; NIST SP 800-56A, 5.8.1) with SHA-256.</summary>
internal static class ConcatKdf
{
    /// <param name="secret">Z, the shared secret.</param>
    /// <param name="algorithm">The name of the content encryption.</param>
    /// <param name="partyU">The decoded apu.</param>
    /// <param name="partyV">The decoded apv.</param>
    /// <param name="bits">Bits of the key, at most 256: one round of the hash.</param>
    public static byte[] Derive(ReadOnlySpan<byte> secret, string algorithm, ReadOnlySpan<byte> partyU, ReadOnlySpan<byte> partyV, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, SHA256.HashSizeInBits);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, 1);
        hash.AppendData(secret);
        AppendField(hash, Encoding.ASCII.GetBytes(algorithm));
        AppendField(hash, partyU);
        AppendField(hash, partyV);
        Append(hash, bits);
        return hash.GetHashAndReset()[..(bits / 8)];
    }

    private static void AppendField(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        Append(hash, field.Length);
        hash.AppendData(field);
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
