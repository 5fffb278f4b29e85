using System.Net;
using System.Net.Sockets;

namespace Flotilla.Bench;

/// <summary>Passes TCP on to another port, and counts what goes through.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> connections = [];
    private readonly Task accepting;
    private readonly int port;
    private long up, down, packets, opened;

    public CountingProxy(int port)
    {
        this.port = port;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public Traffic Now => new(Volatile.Read(ref up), Volatile.Read(ref down), Volatile.Read(ref packets), Volatile.Read(ref opened));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await Task.WhenAll([accepting, .. connections]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(stopping.Token);
            Interlocked.Increment(ref opened);
            connections.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, port, stopping.Token);
            var first = await Task.WhenAny(
                PassAsync(client.GetStream(), server.GetStream(), n => Interlocked.Add(ref up, n)),
                PassAsync(server.GetStream(), client.GetStream(), n => Interlocked.Add(ref down, n)));
            await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, Action<int> count)
    {
        var buffer = new byte[Traffic.Segment];
        while (await from.ReadAsync(buffer, stopping.Token) is > 0 and var read)
        {
            count(read);
            Interlocked.Increment(ref packets);
            await to.WriteAsync(buffer.AsMemory(0, read), stopping.Token);
        }
    }
}

/// <summary>What went through TCP connections.</summary>
internal readonly record struct Traffic(long Up, long Down, long Packets, long Connections)
{
    /// <summary>What fits into a packet.</summary>
    public const int Segment = 1460;

    private const int Header = 40;

    /// <summary>SYN, SYN-ACK and ACK; FIN and ACK both ways.</summary>
    private const int Handshakes = 7;

    /// <summary>With headers of TCP and IP: 40 bytes for each packet and for the acknowledgement of each.</summary>
    public double OnTheWire => Up + Down + (Header * 2 * Packets) + (Header * Handshakes * Connections);

    public static Traffic operator -(Traffic a, Traffic b) => new(a.Up - b.Up, a.Down - b.Down, a.Packets - b.Packets, a.Connections - b.Connections);
}
