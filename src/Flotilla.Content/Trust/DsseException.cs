namespace Flotilla.Content.Trust;

/// <summary>Why something signed was refused.</summary>
public enum DsseRefusal
{
    /// <summary>Not an envelope, or its payload is not what its type promises.</summary>
    Malformed,

    /// <summary>The payload is of another type than expected.</summary>
    OtherPayloadType,

    /// <summary>No signature is by a key that is trusted for this.</summary>
    UnknownKey,

    /// <summary>A signature that names a trusted key was not made by it, or not on this payload.</summary>
    BadSignature,

    /// <summary>It is of another hub.</summary>
    OtherHub,

    /// <summary>It is older than what is known, or contradicts what is known of the same version.</summary>
    Outdated,
}

/// <summary>Something signed was refused.</summary>
public sealed class DsseException(DsseRefusal reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public DsseRefusal Reason => reason;
}
