using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Content.Trust;

/// <summary>
/// A signed payload: DSSE version 1 (https://github.com/secure-systems-lab/dsse). Signatures are ECDSA on P-256 with SHA-256, in ASN.1 DER:
/// what other implementations of DSSE make and read for such keys.
/// </summary>
public sealed record DsseEnvelope
{
    /// <summary>What the payload is: a media type.</summary>
    public required string PayloadType { get; init; }

    /// <summary>The payload in base64.</summary>
    public required string Payload { get; init; }

    /// <summary>One or more signatures; one by a trusted key is enough.</summary>
    public required IReadOnlyList<DsseSignature> Signatures { get; init; }

    /// <summary>Signs a payload.</summary>
    public static DsseEnvelope Sign(string payloadType, ReadOnlySpan<byte> payload, SigningKey key) => new()
    {
        PayloadType = payloadType,
        Payload = Convert.ToBase64String(payload),
        Signatures = [new DsseSignature(key.KeyId, Convert.ToBase64String(key.Sign(ToBeSigned(payloadType, payload), DSASignatureFormat.Rfc3279DerSequence)))],
    };

    /// <summary>Reads an envelope. Nothing is verified yet.</summary>
    /// <exception cref="DsseException">Not an envelope.</exception>
    public static DsseEnvelope Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return Sound(JsonSerializer.Deserialize(json, TrustJson.Plain.DsseEnvelope));
        }
        catch (JsonException exception)
        {
            throw new DsseException(DsseRefusal.Malformed, $"not a DSSE envelope: {exception.Message}", exception);
        }
    }

    /// <summary>Reads an envelope. Nothing is verified yet.</summary>
    /// <exception cref="DsseException">Not an envelope.</exception>
    public static DsseEnvelope Parse(JsonElement json)
    {
        try
        {
            return Sound(json.Deserialize(TrustJson.Plain.DsseEnvelope));
        }
        catch (JsonException exception)
        {
            throw new DsseException(DsseRefusal.Malformed, $"not a DSSE envelope: {exception.Message}", exception);
        }
    }

    /// <summary>The envelope as JSON (UTF-8).</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, TrustJson.Plain.DsseEnvelope);

    /// <summary>The envelope as a JSON value.</summary>
    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, TrustJson.Plain.DsseEnvelope);

    /// <summary>The payload, when a key of the set signed it.</summary>
    /// <exception cref="DsseException">It is not to be trusted; <see cref="DsseException.Reason"/> says why.</exception>
    public byte[] Verify(string payloadType, KeySet keys) => Verify(payloadType, keys.Find);

    /// <summary>The payload, when this key signed it.</summary>
    /// <exception cref="DsseException">It is not to be trusted; <see cref="DsseException.Reason"/> says why.</exception>
    public byte[] Verify(string payloadType, PublicKey key) => Verify(payloadType, id => id == key.KeyId ? key : null);

    /// <summary>The bytes that are signed: DSSE's pre-authentication encoding.</summary>
    internal static byte[] ToBeSigned(string payloadType, ReadOnlySpan<byte> payload)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} "));
        return [.. head, .. payload];
    }

    private byte[] Verify(string payloadType, Func<string, PublicKey?> find)
    {
        if (PayloadType != payloadType)
            throw new DsseException(DsseRefusal.OtherPayloadType, $"the envelope holds '{PayloadType}' where '{payloadType}' is expected");
        if (!StrictBase64.TryDecode(Payload, out var payload))
            throw new DsseException(DsseRefusal.Malformed, "the payload of the envelope is not base64");
        var signed = ToBeSigned(PayloadType, payload);
        var known = false;
        foreach (var signature in Signatures)
        {
            if (find(signature.KeyId) is not { } key)
                continue;
            known = true;
            if (StrictBase64.TryDecode(signature.Value, out var bytes) && key.Verify(signed, bytes, DSASignatureFormat.Rfc3279DerSequence))
                return payload;
        }
        var keys = string.Join(", ", Signatures.Select(s => s.KeyId));
        throw known
            ? new DsseException(DsseRefusal.BadSignature, $"the signature of {PayloadType} by {keys} is not genuine: the envelope was changed, or another key made it")
            : new DsseException(DsseRefusal.UnknownKey, $"{PayloadType} is signed by {keys}, which is not trusted for it");
    }

    private static DsseEnvelope Sound(DsseEnvelope? envelope) =>
        envelope is { PayloadType: not null, Payload: not null, Signatures.Count: > 0 } && envelope.Signatures.All(s => s is { KeyId: not null, Value: not null })
            ? envelope
            : throw new DsseException(DsseRefusal.Malformed, "not a DSSE envelope: payloadType, payload and at least one signature with keyid are needed");
}

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">The key that made it (RFC 7638).</param>
/// <param name="Value">The signature in base64.</param>
public sealed record DsseSignature(
    [property: JsonPropertyName("keyid"), JsonRequired] string KeyId,
    [property: JsonPropertyName("sig"), JsonRequired] string Value);
