namespace Flotilla.Content.Trust;

/// <summary>The request that a token came with, as the hub sees it.</summary>
/// <param name="Hub">The hub's id.</param>
/// <param name="Method">The HTTP method, in capitals.</param>
/// <param name="Path">Path and query, as they stand in the request line.</param>
/// <param name="Body">The digest of the body; that of nothing where there is none.</param>
/// <param name="Now">The hub's clock.</param>
public readonly record struct SiteTokenContext(string Hub, string Method, string Path, Digest Body, DateTimeOffset Now)
{
    /// <summary>How far the clocks may be apart when nothing else is said.</summary>
    public static readonly TimeSpan DefaultSkew = TimeSpan.FromSeconds(60);

    /// <summary>The longest life of a token that is accepted: how long one that was seen must be remembered to refuse it a second time.</summary>
    public static readonly TimeSpan MaximumLifetime = TimeSpan.FromMinutes(10);

    /// <summary>How far the clocks may be apart; null: <see cref="DefaultSkew"/>.</summary>
    public TimeSpan? Skew { get; init; }

    /// <summary>
    /// Whether the hub gave out a nonce a short time ago. A token with such a nonce is fresh whatever the site's clock says; without this, nonces are ignored.
    /// </summary>
    public Func<string, bool>? IsFreshNonce { get; init; }
}
