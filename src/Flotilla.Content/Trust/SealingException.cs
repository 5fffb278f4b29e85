namespace Flotilla.Content.Trust;

/// <summary>Why a sealed value could not be opened.</summary>
public enum SealingRefusal
{
    /// <summary>Not a sealed value, or one of another kind.</summary>
    Malformed,

    /// <summary>It is sealed to another key.</summary>
    OtherKey,

    /// <summary>It is sealed for another purpose.</summary>
    OtherContext,

    /// <summary>It was changed after it was sealed.</summary>
    Damaged,
}

/// <summary>A sealed value could not be opened.</summary>
public sealed class SealingException(SealingRefusal reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public SealingRefusal Reason => reason;
}
