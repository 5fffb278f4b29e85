namespace Flotilla.Content.Trust;

/// <summary>The request that a site makes a token for.</summary>
/// <param name="Site">Namespace and name.</param>
/// <param name="Hub">The hub's id.</param>
/// <param name="Method">The HTTP method, in capitals.</param>
/// <param name="Path">Path and query, as they stand in the request line.</param>
/// <param name="Body">The digest of the body; that of nothing where there is none.</param>
/// <param name="Now">The site's clock.</param>
public readonly record struct SiteTokenRequest(string Site, string Hub, string Method, string Path, Digest Body, DateTimeOffset Now)
{
    /// <summary>How long the token is good for when nothing else is said.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);

    /// <summary>How long the token is good for; null: <see cref="DefaultLifetime"/>.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The nonce that the hub asked for; null for none.</summary>
    public string? Nonce { get; init; }
}
