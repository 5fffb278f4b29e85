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
internal sealed partial class ReconcileLoop<TKey>(
    string name, int workers, Func<TKey, CancellationToken, Task<NextLook>> reconcile, TimeProvider time, ILogger logger) : IDisposable
    where TKey : notnull
{
    private readonly WorkQueue<TKey> queue = new(time);

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
                queue.Done(key);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Loop} {Key}: {Why}; it is tried again")]
    private partial void Failed(string loop, string? key, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Loop} {Key} broke; it is tried again")]
    private partial void Broke(string loop, string? key, Exception e);
}
