namespace Flotilla.Content.Trust;

/// <summary>What became of a token.</summary>
public enum SiteTokenVerdict
{
    /// <summary>The site made it for this request, just now.</summary>
    Valid,

    /// <summary>Not a token of a site.</summary>
    Malformed,

    /// <summary>It names another key than the site's.</summary>
    UnknownKey,

    /// <summary>The site's key did not make it.</summary>
    BadSignature,

    /// <summary>It is meant for another hub.</summary>
    WrongAudience,

    /// <summary>It is meant for another method, path or query.</summary>
    WrongMethodOrPath,

    /// <summary>It is meant for another body.</summary>
    BodyMismatch,

    /// <summary>It is too old, or the site's clock is behind: a nonce helps.</summary>
    Expired,

    /// <summary>The site's clock is ahead: a nonce helps.</summary>
    NotYetValid,

    /// <summary>It would be good for longer than is accepted.</summary>
    TooLongLived,

    /// <summary>Its nonce is not one that the hub gave out a short time ago.</summary>
    StaleNonce,
}
