namespace Flotilla.Agent.Enrolments;

/// <summary>What a token tells besides its secret, as <c>flt1.SECRET.CA.ROOT</c>: whom to trust.</summary>
/// <param name="AuthorityHash">SHA-256 of the certificate that the gateway's chain ends in, base64url.</param>
/// <param name="RootKeyId">Thumbprint of the hub's root key.</param>
public sealed record EnrolmentToken(string AuthorityHash, string RootKeyId)
{
    /// <summary>Reads a token; null when it is of another form.</summary>
    public static EnrolmentToken? Read(string token) =>
        token.Split('.') is ["flt1", { Length: > 0 }, { Length: > 0 } authority, { Length: > 0 } root] ? new EnrolmentToken(authority, root) : null;
}
