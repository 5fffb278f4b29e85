using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Flotilla.Content.Trust;

/// <summary>
/// What a site proves each request with: a JWT (RFC 7519) signed ES256 with the site's key, for one hub, one method, path and body, and a
/// short time. The hub reads it, finds the key of <see cref="Site"/>, and then verifies it: before that, nothing in it is to be believed.
/// </summary>
public sealed class SiteToken
{
    private const int MaximumLength = 4096;

    // The last second that DateTimeOffset knows.
    private const long LastSecond = 253_402_300_799;

    private readonly SiteTokenClaims claims;
    private readonly byte[] signed, signature;

    private SiteToken(string keyId, SiteTokenClaims claims, byte[] signed, byte[] signature)
    {
        KeyId = keyId;
        this.claims = claims;
        this.signed = signed;
        this.signature = signature;
    }

    /// <summary>The site that it claims to be from: namespace and name.</summary>
    public string Site => claims.Sub;

    /// <summary>The key that it claims to be made with.</summary>
    public string KeyId { get; }

    /// <summary>Its own name: a second token of this name from the same site before <see cref="Expires"/> (plus the skew) is a replay.</summary>
    public string Id => claims.Jti;

    /// <summary>When the site made it, by its clock.</summary>
    public DateTimeOffset Issued => DateTimeOffset.FromUnixTimeSeconds(claims.Iat);

    /// <summary>Until when it is good, by the site's clock.</summary>
    public DateTimeOffset Expires => DateTimeOffset.FromUnixTimeSeconds(claims.Exp);

    /// <summary>The nonce that the hub asked for; null for none.</summary>
    public string? Nonce => claims.Nonce;

    /// <summary>Makes a token, as it goes after <c>Authorization: Bearer</c>.</summary>
    public static string Create(SigningKey key, SiteTokenRequest request)
    {
        var now = request.Now.ToUnixTimeSeconds();
        var lifetime = request.Lifetime ?? SiteTokenRequest.DefaultLifetime;
        Span<byte> id = stackalloc byte[16];
        RandomNumberGenerator.Fill(id);
        var claims = new SiteTokenClaims(
            request.Site, request.Site, request.Hub, now, now, now + (long)lifetime.TotalSeconds,
            Base64Url.EncodeToString(id), request.Method, request.Path, BodyClaim(request.Body))
        { Nonce = request.Nonce };
        var header = new SiteTokenHeader(SiteTokenHeader.Algorithm, key.KeyId, SiteTokenHeader.Type);
        var head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header, TrustJson.Plain.SiteTokenHeader));
        var body = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, TrustJson.Plain.SiteTokenClaims));
        var signature = key.Sign(Encoding.ASCII.GetBytes($"{head}.{body}"), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{head}.{body}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Reads a token; null when it is none. Never throws.</summary>
    public static SiteToken? Read(string? token)
    {
        if (token is null || token.Length > MaximumLength)
            return null;
        var first = token.IndexOf('.');
        var second = token.LastIndexOf('.');
        if (first <= 0 || second <= first + 1
            || !StrictBase64.TryDecodeUrl(token.AsSpan(0, first), out var head)
            || !StrictBase64.TryDecodeUrl(token.AsSpan(first + 1, second - first - 1), out var body)
            || !StrictBase64.TryDecodeUrl(token.AsSpan(second + 1), out var signature))
            return null;
        try
        {
            var header = JsonSerializer.Deserialize(head, TrustJson.Plain.SiteTokenHeader);
            var claims = JsonSerializer.Deserialize(body, TrustJson.Plain.SiteTokenClaims);
            return header is { Alg: SiteTokenHeader.Algorithm, Typ: SiteTokenHeader.Type, Crit: null } && claims is not null && claims.Iss == claims.Sub
                && IsTime(claims.Iat) && IsTime(claims.Nbf) && IsTime(claims.Exp)
                ? new SiteToken(header.Kid, claims, Encoding.ASCII.GetBytes(token, 0, second), signature)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads and verifies a token with a key that is known already.</summary>
    public static SiteTokenVerdict Verify(string? token, PublicKey key, SiteTokenContext context) =>
        Read(token)?.Verify(key, context) ?? SiteTokenVerdict.Malformed;

    /// <summary>Whether the site with this key made the token for this request, just now.</summary>
    public SiteTokenVerdict Verify(PublicKey key, SiteTokenContext context)
    {
        if (KeyId != key.KeyId)
            return SiteTokenVerdict.UnknownKey;
        if (!key.Verify(signed, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
            return SiteTokenVerdict.BadSignature;
        if (claims.Aud != context.Hub)
            return SiteTokenVerdict.WrongAudience;
        if (claims.Htm != context.Method || claims.Htu != context.Path)
            return SiteTokenVerdict.WrongMethodOrPath;
        if (claims.Bsh != BodyClaim(context.Body))
            return SiteTokenVerdict.BodyMismatch;
        return VerifyTime(context);
    }

    private SiteTokenVerdict VerifyTime(SiteTokenContext context)
    {
        if (claims.Exp - Math.Min(claims.Iat, claims.Nbf) > (long)SiteTokenContext.MaximumLifetime.TotalSeconds)
            return SiteTokenVerdict.TooLongLived;
        if (Nonce is not null && context.IsFreshNonce is not null)
            return context.IsFreshNonce(Nonce) ? SiteTokenVerdict.Valid : SiteTokenVerdict.StaleNonce;
        var skew = context.Skew ?? SiteTokenContext.DefaultSkew;
        if (context.Now - skew >= Expires)
            return SiteTokenVerdict.Expired;
        return context.Now + skew < DateTimeOffset.FromUnixTimeSeconds(Math.Max(claims.Nbf, claims.Iat)) ? SiteTokenVerdict.NotYetValid : SiteTokenVerdict.Valid;
    }

    private static bool IsTime(long seconds) => seconds is >= 0 and <= LastSecond;

    private static string BodyClaim(Digest body)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        body.CopyTo(hash);
        return Base64Url.EncodeToString(hash);
    }
}
