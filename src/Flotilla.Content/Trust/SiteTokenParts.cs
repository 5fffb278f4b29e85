namespace Flotilla.Content.Trust;

/// <summary>The header of a site's token (RFC 7515 section 4.1).</summary>
internal sealed record SiteTokenHeader(string Alg, string Kid, string Typ)
{
    public const string Algorithm = "ES256", Type = "flotilla-site+jwt";

    /// <summary>Extensions that must be understood; none is.</summary>
    public IReadOnlyList<string>? Crit { get; init; }
}

/// <summary>The claims of a site's token (RFC 7519 section 4.1; htm and htu after RFC 9449).</summary>
internal sealed record SiteTokenClaims(
    string Iss, string Sub, string Aud, long Iat, long Nbf, long Exp, string Jti, string Htm, string Htu, string Bsh)
{
    public string? Nonce { get; init; }
}
