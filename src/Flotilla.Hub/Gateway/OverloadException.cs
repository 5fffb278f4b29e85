namespace Flotilla.Hub.Gateway;

/// <summary>More is asked at the same time than the hub takes on.</summary>
/// <param name="retryAfter">Seconds after which another try makes sense; not the same for all, so that they do not come back in step.</param>
internal sealed class OverloadException(int retryAfter) : Exception("the hub has too much to do at the moment: try again later, everything is kept")
{
    public int RetryAfter => retryAfter;
}
