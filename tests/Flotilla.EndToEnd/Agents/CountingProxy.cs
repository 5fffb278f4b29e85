using System.Net;
using System.Net.Sockets;

namespace Flotilla.EndToEnd.Agents;

/// <summary>Passes TCP connections on and counts their bytes, both ways: what TLS adds is in them, what TCP and IP add is not.
/// It can be cut, as a line is: nothing gets through, and nobody is told.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint target;
    private readonly Task accepting;
    private long up;
    private long down;
    private int connections;
    private volatile TaskCompletionSource passable = Passable();

    public CountingProxy(Uri target)
    {
        this.target = new IPEndPoint(IPAddress.Loopback, target.Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public long Up => Interlocked.Read(ref up);

    public long Down => Interlocked.Read(ref down);

    public int Connections => Volatile.Read(ref connections);

    /// <summary>From now on nothing gets through, either way.</summary>
    public void Cut()
    {
        if (passable.Task.IsCompleted)
            passable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What was under way arrives after all, as TCP sends again what got lost.</summary>
    public void Mend() => passable.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.Add(PassAsync(await listener.AcceptTcpClientAsync(stop.Token)));
                Interlocked.Increment(ref connections);
                passing.RemoveAll(t => t.IsCompleted);
            }
        }
        finally
        {
            await Task.WhenAll(passing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await passable.Task.WaitAsync(stop.Token);
            await server.ConnectAsync(target, stop.Token);
            await Task.WhenAny(
                CopyAsync(client, server, n => Interlocked.Add(ref up, n)),
                CopyAsync(server, client, n => Interlocked.Add(ref down, n)));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, Action<int> count)
    {
        var buffer = new byte[16 * 1024];
        while (await from.GetStream().ReadAsync(buffer, stop.Token) is > 0 and var read)
        {
            await passable.Task.WaitAsync(stop.Token);
            count(read);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), stop.Token);
        }
    }

    private static TaskCompletionSource Passable()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }
}
