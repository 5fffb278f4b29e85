using System.Collections.Concurrent;
using Flotilla.Core;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Work;
using Flotilla.Hub.Ledger;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Hosting;

/// <summary>Looks at keys one after the other, some at the same time, each again when it is due or when a look failed.</summary>
/// <param name="name">For the log.</param>
/// <param name="workers">How many keys are looked at at the same time.</param>
/// <param name="reconcile">One look; level-triggered: it may come at any time.</param>
/// <param name="rests">
/// Whether a key rests after a look for twice as long as that took. What changes all the time is then looked at seldom enough that looks
/// take no more than a third of a core, and the first change after a quiet time is still looked at at once.
/// </param>
internal sealed partial class ReconcileLoop<TKey>(
    string name, int workers, Func<TKey, CancellationToken, Task<NextLook>> reconcile, TimeProvider time, ILogger logger, bool rests = false) : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);
    private readonly WorkQueue<TKey> queue = new(time);

    /// <summary>Keys that rest, or did.</summary>
    private readonly ConcurrentDictionary<TKey, (long Since, TimeSpan Length)> resting = new();

    /// <summary>Keys that wait or are being looked at.</summary>
    public int Pending => queue.Pending;

    public void Add(TKey key) => queue.Add(key);

    public void AddAll(IEnumerable<TKey> keys)
    {
        foreach (var key in keys)
            queue.Add(key);
    }

    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(cancellation)));

    public void Dispose() => queue.Dispose();

    private async Task WorkAsync(CancellationToken cancellation)
    {
        // Not on the caller: a look may take a while.
        await Task.Yield();
        while (true)
        {
            var key = await queue.NextAsync(cancellation);
            if (RestOf(key) is var rest && rest > TimeSpan.Zero)
            {
                queue.AddAfter(key, rest);
                queue.Done(key);
                continue;
            }
            var begun = time.GetTimestamp();
            try
            {
                var next = await reconcile(key, cancellation);
                queue.Succeeded(key);
                if (next is NextLook.After after)
                    queue.AddAfter(key, after.Delay);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e) when (e is HttpRequestException or ApiStatusException or EndpointException or LedgerException or IOException)
            {
                Failed(name, key.ToString(), e.Message);
                queue.AddAfterFailure(key);
            }
            catch (Exception e)
            {
                // A mistake of ours in one place must not stop all the others.
                Broke(name, key.ToString(), e);
                queue.AddAfterFailure(key);
            }
            finally
            {
                Rest(key, begun);
                queue.Done(key);
            }
        }
    }

    private TimeSpan RestOf(TKey key)
    {
        if (!resting.TryGetValue(key, out var rest))
            return TimeSpan.Zero;
        var left = rest.Length - time.GetElapsedTime(rest.Since);
        if (left <= TimeSpan.Zero)
            resting.TryRemove(key, out _);
        return left;
    }

    private void Rest(TKey key, long begun)
    {
        var length = 2 * time.GetElapsedTime(begun);
        if (rests && length > TimeSpan.Zero)
            resting[key] = (time.GetTimestamp(), length < LongestRest ? length : LongestRest);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Loop} {Key}: {Why}; it is tried again")]
    private partial void Failed(string loop, string? key, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Loop} {Key} broke; it is tried again")]
    private partial void Broke(string loop, string? key, Exception e);
}
