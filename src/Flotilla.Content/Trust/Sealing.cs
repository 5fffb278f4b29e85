using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Flotilla.Content.Trust;

/// <summary>
/// Values that only the holder of a key can read: JWE in compact form (RFC 7516), ECDH-ES in direct use on P-256, with A256GCM (RFC 7518).
/// The same value sealed twice looks different. Sealing says nothing about who sealed: sign what carries it.
/// </summary>
public static class Sealing
{
    private const int KeyBits = 256, NonceSize = 12, TagSize = 16;

    /// <summary>Seals a value.</summary>
    /// <param name="recipient">The public half of the <see cref="SealingKey"/>.</param>
    /// <param name="plain">The value.</param>
    /// <param name="context">What the value is for, as its name: the same must be given to open it. It can be read by anybody.</param>
    public static string Seal(PublicKey recipient, ReadOnlySpan<byte> plain, string context)
    {
        using var ephemeral = SealingKey.Create();
        var header = new SealedHeader(SealedHeader.Agreement, SealedHeader.Encryption, ephemeral.PublicKey) { Kid = recipient.KeyId, Context = context };
        var protectedHeader = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header, TrustJson.Plain.SealedHeader));
        Span<byte> nonce = stackalloc byte[NonceSize], tag = stackalloc byte[TagSize];
        RandomNumberGenerator.Fill(nonce);
        var cipher = new byte[plain.Length];
        var key = DeriveKey(ephemeral, recipient, [], []);
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, plain, cipher, tag, Encoding.ASCII.GetBytes(protectedHeader));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
        return $"{protectedHeader}..{Base64Url.EncodeToString(nonce)}.{Base64Url.EncodeToString(cipher)}.{Base64Url.EncodeToString(tag)}";
    }

    /// <summary>Opens a value.</summary>
    /// <param name="key">The key that it is sealed to.</param>
    /// <param name="jwe">The sealed value.</param>
    /// <param name="context">What it is used for.</param>
    /// <exception cref="SealingException">It cannot be opened; <see cref="SealingException.Reason"/> says why.</exception>
    public static byte[] Unseal(SealingKey key, string jwe, string context)
    {
        var parts = jwe.Split('.');
        if (parts.Length != 5 || parts[1].Length != 0
            || !StrictBase64.TryDecodeUrl(parts[0], out var head)
            || !StrictBase64.TryDecodeUrl(parts[2], out var nonce) || nonce.Length != NonceSize
            || !StrictBase64.TryDecodeUrl(parts[3], out var cipher)
            || !StrictBase64.TryDecodeUrl(parts[4], out var tag) || tag.Length != TagSize)
            throw new SealingException(SealingRefusal.Malformed, "not a sealed value: expected a compact JWE with ECDH-ES in direct use");
        var header = ReadHeader(head);
        if (header.Kid is not null && header.Kid != key.KeyId)
            throw new SealingException(SealingRefusal.OtherKey, $"the value is sealed to the key {header.Kid}, not to {key.KeyId}: have it sealed again");
        if (header.Context != context)
            throw new SealingException(SealingRefusal.OtherContext, $"the value is sealed for '{header.Context}' and cannot be used for '{context}'");
        return Decrypt(key, header, parts[0], nonce, cipher, tag);
    }

    private static byte[] Decrypt(SealingKey key, SealedHeader header, string protectedHeader, byte[] nonce, byte[] cipher, byte[] tag)
    {
        var contentKey = DeriveKey(key, header.Epk, Party(header.Apu, "apu"), Party(header.Apv, "apv"));
        var plain = new byte[cipher.Length];
        try
        {
            using var aes = new AesGcm(contentKey, TagSize);
            aes.Decrypt(nonce, cipher, tag, plain, Encoding.ASCII.GetBytes(protectedHeader));
            return plain;
        }
        catch (AuthenticationTagMismatchException exception)
        {
            throw new SealingException(SealingRefusal.Damaged, $"the value sealed for '{header.Context}' was changed after it was sealed, or sealed to another key", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    private static SealedHeader ReadHeader(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TrustJson.Plain.SealedHeader)
                is { Alg: SealedHeader.Agreement, Enc: SealedHeader.Encryption, Zip: null, Crit: null } header
                ? header
                : throw new SealingException(SealingRefusal.Malformed, "not a value sealed with ECDH-ES and A256GCM, without compression and extensions");
        }
        catch (JsonException exception)
        {
            throw new SealingException(SealingRefusal.Malformed, $"the header of the sealed value cannot be read: {exception.Message}", exception);
        }
    }

    private static byte[] Party(string? text, string name)
    {
        if (text is null)
            return [];
        return StrictBase64.TryDecodeUrl(text, out var party)
            ? party
            : throw new SealingException(SealingRefusal.Malformed, $"the {name} of the sealed value is not base64url");
    }

    private static byte[] DeriveKey(SealingKey own, PublicKey other, ReadOnlySpan<byte> partyU, ReadOnlySpan<byte> partyV)
    {
        var secret = own.Agree(other);
        try
        {
            return ConcatKdf.Derive(secret, SealedHeader.Encryption, partyU, partyV, KeyBits);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
