using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flotilla.Agent.Tests.Program;

/// <summary>An HTTP proxy on loopback that knows CONNECT alone (RFC 9110 section 9.3.6), with a password when wanted.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string? password;
    private readonly Task accepting;

    /// <param name="password">"name:password"; null lets everybody through.</param>
    public ConnectProxy(string? password = null)
    {
        this.password = password;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Authority => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>First lines of what was asked of it.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

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
                passing.Add(PassAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        finally
        {
            await Task.WhenAll(passing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            while (true)
            {
                var head = await HeadAsync(stream);
                if (head.Length == 0)
                    return;
                Asked.Enqueue(head.Split("\r\n")[0]);
                if (password is null || head.Contains($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(password))}", StringComparison.Ordinal))
                {
                    await TunnelAsync(stream, head.Split(' ')[1]);
                    return;
                }
                await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"crew\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop.Token);
            }
        }
    }

    private async Task TunnelAsync(NetworkStream stream, string target)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPEndPoint.Parse(target.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)), stop.Token);
        await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), stop.Token);
        await Task.WhenAny(stream.CopyToAsync(server.GetStream(), stop.Token), server.GetStream().CopyToAsync(stream, stop.Token));
    }

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
                return "";
            head.Append((char)one[0]);
        }
        return head.ToString();
    }
}
