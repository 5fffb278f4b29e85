using System.Net;
using Flotilla.Agent.Syncing;
using Flotilla.Content;

namespace Flotilla.Agent.Staging;

/// <summary>
/// When a download that broke goes on. On a line that is cut each half minute every piece counts: what got on is taken up at once; what
/// gets nowhere is left to the pauses between whole attempts, which grow.
/// </summary>
internal sealed class FetchRetry(int seed)
{
    private const int MostInVain = 4;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private readonly Backoff chance = new(seed);

    /// <param name="failures">Failures since bytes last arrived.</param>
    /// <returns>Null to give up for now.</returns>
    public TimeSpan? After(int failures, BlobDownloadException failure)
    {
        if (failures > MostInVain || !IsPassing(failure))
            return null;
        var pause = chance.Jittered(First * Math.Pow(2, failures));
        if (failure.RetryAfter is not { Ticks: > 0 } wanted)
            return pause;
        return wanted < Backoff.Longest ? wanted + chance.Jittered(First * 2) : null;
    }

    private static bool IsPassing(BlobDownloadException failure) => failure.Failure switch
    {
        BlobDownloadFailure.Interrupted => true,
        BlobDownloadFailure.ServerError => failure.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout,
        _ => false,
    };
}
