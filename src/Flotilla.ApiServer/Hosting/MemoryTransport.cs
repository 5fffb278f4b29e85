using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Hosting;

/// <summary>
/// Takes requests of this process straight to the pipeline: no socket, no TLS, no copy of what is stored. Work that can be done at once
/// is done on the caller's thread.
/// </summary>
/// <param name="pipeline">Serves requests.</param>
internal sealed class MemoryTransport(RequestDelegate pipeline) : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Requests under way, and one for the transport itself while it is open.</summary>
    private int active = 1;
    private int closed;

    /// <summary>A handler for clients; any number of them may share one, and none needs to be disposed.</summary>
    public HttpMessageHandler CreateHandler() => new Handler(this);

    /// <summary>Takes no more requests, and waits for those under way; the pipeline must have been told to end watches.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1)
            return;
        Leave();
        try
        {
            await drained.Task.WaitAsync(LongestStop);
        }
        catch (TimeoutException)
        {
            // Who does not take an answer would hold it for ever.
            await closing.CancelAsync();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!TryEnter())
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the API server in this process has stopped");
        MemoryExchange exchange;
        Task work;
        try
        {
            exchange = await MemoryExchange.OpenAsync(request, cancellation);
            work = SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default
                ? exchange.RunAsync(pipeline)
                // Where somebody orders what runs, the server must not stand in the queue behind its own client.
                : Task.Run(() => exchange.RunAsync(pipeline), CancellationToken.None);
        }
        catch
        {
            Leave();
            throw;
        }
        if (work.IsCompleted)
        {
            Leave();
            return exchange.Response();
        }
        Follow(exchange, work);
        return await exchange.HeadAsync(cancellation);
    }

    /// <summary>The request goes on after its head is out: it counts until its end, and ends at the latest with the transport.</summary>
    private void Follow(MemoryExchange exchange, Task work)
    {
        var abort = closing.Token.UnsafeRegister(static e => ((MemoryExchange)e!).Abort(), exchange);
        // The exchange tells its failures to the client; its task never fails.
        work.GetAwaiter().UnsafeOnCompleted(() =>
        {
            abort.Dispose();
            Leave();
        });
    }

    private bool TryEnter()
    {
        if (Volatile.Read(ref closed) == 1)
            return false;
        if (Interlocked.Increment(ref active) > 1)
            return true;
        // It closed in between, and nothing was under way.
        Interlocked.Decrement(ref active);
        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref active) == 0)
            drained.TrySetResult();
    }

    private sealed class Handler(MemoryTransport transport) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            transport.SendAsync(request, cancellationToken);
    }
}
