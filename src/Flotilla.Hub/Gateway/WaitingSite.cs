namespace Flotilla.Hub.Gateway;

/// <summary>One held sync.</summary>
internal sealed class WaitingSite() : TaskCompletionSource<WakeReason>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>The second at whose end it is answered anyway.</summary>
    public long Due { get; init; }
}

/// <summary>Why a held sync goes on.</summary>
internal enum WakeReason
{
    /// <summary>Something about the site changed.</summary>
    Changed,

    /// <summary>Its time is over, a newer sync of the site took its place, or the gateway stops: it is answered as it is.</summary>
    Over,
}
