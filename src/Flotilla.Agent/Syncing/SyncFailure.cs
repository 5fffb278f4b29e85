namespace Flotilla.Agent.Syncing;

/// <summary>Why a request to the hub brought nothing.</summary>
/// <param name="reason">A code of <see cref="Api.Reasons"/>.</param>
/// <param name="message">For people.</param>
/// <param name="retryAfter">When the hub wants to be asked again.</param>
/// <param name="inner">What failed.</param>
public sealed class SyncFailure(string reason, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public string Reason => reason;

    /// <summary>When the hub wants to be asked again.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
