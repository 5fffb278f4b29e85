using System.Buffers.Text;

namespace Flotilla.Api.Sync;

/// <summary>
/// What lets a site enrol, as <c>flt1.SECRET.CA.ROOT</c>: besides the secret the SHA-256 of the certificate that the gateway's chain ends in,
/// and the thumbprint of the root key, so that the token alone tells an agent whom to trust.
/// </summary>
/// <param name="Secret">What only the hub and whom it was given to know, base64url.</param>
/// <param name="AuthorityHash">SHA-256 of the authority's certificate (DER), base64url.</param>
/// <param name="RootKeyId">Thumbprint of the hub's root key.</param>
public sealed record EnrolmentTokenText(string Secret, string AuthorityHash, string RootKeyId)
{
    private const string Form = "flt1";

    /// <summary>A token of the form that this version makes.</summary>
    public static EnrolmentTokenText New(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> authorityHash, string rootKeyId) =>
        new(Base64Url.EncodeToString(secret), Base64Url.EncodeToString(authorityHash), rootKeyId);

    /// <summary>Reads a token; null when it is of another form, and tells nothing of whom to trust.</summary>
    public static EnrolmentTokenText? TryParse(string text) =>
        text.Split('.') is [Form, { Length: > 0 } secret, { Length: > 0 } authority, { Length: > 0 } root] ? new EnrolmentTokenText(secret, authority, root) : null;

    /// <summary>Whether a certificate (DER) hashes to what the token names.</summary>
    public bool IsAuthority(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[System.Security.Cryptography.SHA256.HashSizeInBytes];
        System.Security.Cryptography.SHA256.HashData(certificate, hash);
        return Base64Url.EncodeToString(hash) == AuthorityHash;
    }

    public override string ToString() => $"{Form}.{Secret}.{AuthorityHash}.{RootKeyId}";
}
