using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Content.Trust;

/// <summary>The public half of an EC key on the curve P-256. In JSON it is a JWK (RFC 7517, RFC 7518 section 6.2). Safe for many threads.</summary>
[JsonConverter(typeof(PublicKeyJsonConverter))]
public sealed class PublicKey : IEquatable<PublicKey>
{
    internal const int FieldSize = 32;

    private readonly ECPoint point;
    private readonly ECDsa verifier;
    private readonly Lock gate = new();

    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    internal PublicKey(ECPoint point)
    {
        this.point = point;
        verifier = ECDsa.Create(Parameters);
        KeyId = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(ToJwk())));
    }

    /// <summary>The thumbprint of the JWK (RFC 7638): names the key wherever one is meant.</summary>
    public string KeyId { get; }

    internal ECParameters Parameters => new() { Curve = ECCurve.NamedCurves.nistP256, Q = point };

    /// <summary>Reads a JWK.</summary>
    /// <exception cref="FormatException">Not the JWK of a public P-256 key; the message says why.</exception>
    public static PublicKey FromJwk(string jwk)
    {
        try
        {
            using var document = JsonDocument.Parse(jwk);
            return FromJwk(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"not a JWK: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a JWK.</summary>
    /// <exception cref="FormatException">Not the JWK of a public P-256 key; the message says why.</exception>
    public static PublicKey FromJwk(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object)
            throw new FormatException($"not a JWK: {jwk.ValueKind} instead of an object");
        try
        {
            if (Text(jwk, "kty") != "EC" || Text(jwk, "crv") != "P-256")
                throw new FormatException($"not a JWK of the curve P-256: kty '{Text(jwk, "kty")}', crv '{Text(jwk, "crv")}'");
            if (jwk.TryGetProperty("d", out _))
                throw new FormatException("the JWK holds a private key (d) where a public one belongs: treat that key as lost and make another");
            return new PublicKey(new ECPoint { X = Coordinate(jwk, "x"), Y = Coordinate(jwk, "y") });
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException($"the JWK holds a string that is no text: {exception.Message}", exception);
        }
        catch (CryptographicException exception)
        {
            throw new FormatException("the JWK names a point that is not on the curve P-256", exception);
        }
    }

    /// <summary>The JWK in the form that its thumbprint is taken of: required members only, sorted, no space.</summary>
    public string ToJwk() => $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";

    /// <summary>The JWK as a JSON value.</summary>
    public JsonElement ToJwkElement() => JsonElement.Parse(ToJwk());

    /// <summary>Whether a signature (ECDSA with SHA-256) of this key is on the data. Never throws on a signature of any bytes.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        lock (gate)
            return verifier.VerifyData(data, signature, HashAlgorithmName.SHA256, format);
    }

    /// <summary>Whether both are the same key.</summary>
    public bool Equals(PublicKey? other) => other is not null && KeyId == other.KeyId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => KeyId.GetHashCode(StringComparison.Ordinal);

    /// <summary>The key id.</summary>
    public override string ToString() => KeyId;

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Coordinate(JsonElement jwk, string name) =>
        StrictBase64.TryDecodeUrl(Text(jwk, name), out var value) && value.Length == FieldSize
            ? value
            : throw new FormatException($"the JWK's {name} is not {FieldSize} bytes in base64url");
}
