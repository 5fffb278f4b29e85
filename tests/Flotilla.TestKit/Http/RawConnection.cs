using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Flotilla.TestKit.Http;

/// <summary>
/// One TLS connection that speaks HTTP/1.1 by hand: for requests that no HTTP library would send, and clients that behave
/// as none should. Checks that answers are well-formed.
/// </summary>
public sealed class RawConnection : IAsyncDisposable
{
    private readonly TcpClient tcp;
    private readonly SslStream tls;
    private readonly byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    private RawConnection(TcpClient tcp, SslStream tls)
    {
        this.tcp = tcp;
        this.tls = tls;
    }

    /// <summary>Connects to a server, whatever its certificate.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="receiveBuffer">Bytes that the system keeps for a client that does not read; 0 for its default.</param>
    /// <param name="cancellation">Stops connecting.</param>
    public static async Task<RawConnection> OpenAsync(Uri address, int receiveBuffer = 0, CancellationToken cancellation = default)
    {
        var tcp = new TcpClient { NoDelay = true };
        if (receiveBuffer > 0)
            tcp.ReceiveBufferSize = receiveBuffer;
        await tcp.ConnectAsync(address.Host, address.Port, cancellation);
        var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        await tls.AuthenticateAsClientAsync(options, cancellation);
        return new RawConnection(tcp, tls);
    }

    /// <summary>False once the server said that it closes the connection.</summary>
    public bool IsReusable { get; private set; } = true;

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => await tls.WriteAsync(bytes, cancellation);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isStream">Given the head of the answer: whether to leave its body unread (the connection is then used up).</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<RawResponse> SendAsync(RawRequest request, Func<RawResponse, bool> isStream, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(request.ToBytes(), cancellation);
        }
        catch (IOException)
        {
            // Refused before it was all sent; the answer says why.
        }
        return await ReadResponseAsync(isStream, cancellation);
    }

    /// <summary>Reads one answer.</summary>
    /// <exception cref="InvalidDataException">It is not well-formed HTTP.</exception>
    /// <exception cref="EndOfStreamException">The connection ended before the answer did.</exception>
    public async Task<RawResponse> ReadResponseAsync(Func<RawResponse, bool> isStream, CancellationToken cancellation)
    {
        var status = await ReadLineAsync(cancellation);
        if (!status.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || !int.TryParse(status.AsSpan(9, 3), CultureInfo.InvariantCulture, out var code))
            throw new InvalidDataException($"not a status line: {status}");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new InvalidDataException($"not a header: {line}");
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        var head = new RawResponse(code, headers, []);
        if (headers.GetValueOrDefault("connection") == "close")
            IsReusable = false;
        if (isStream(head))
        {
            IsReusable = false;
            return head;
        }
        return head with { Body = await ReadBodyAsync(head, cancellation) };
    }

    /// <summary>The next line of a stream, without its end.</summary>
    /// <exception cref="EndOfStreamException">The connection ended.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line.Append(Encoding.Latin1.GetString(buffer, start, at));
                start += at + 1;
                return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
            }
            line.Append(Encoding.Latin1.GetString(buffer, start, end - start));
            await FillAsync(cancellation);
        }
    }

    /// <summary>Ends the connection at once, as a client does whose process dies.</summary>
    public ValueTask DisposeAsync()
    {
        tcp.LingerState = new LingerOption(true, 0);
        tcp.Dispose();
        tls.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<byte[]> ReadBodyAsync(RawResponse head, CancellationToken cancellation)
    {
        if (head.Code is 204 or 304)
            return [];
        if (head.Headers.TryGetValue("content-length", out var length))
            return await ReadBytesAsync(int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture), cancellation);
        if (head.Headers.GetValueOrDefault("transfer-encoding") != "chunked")
            throw new InvalidDataException("neither Content-Length nor chunks");
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(cancellation), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await ReadBytesAsync(size, cancellation));
            if (await ReadLineAsync(cancellation) is { Length: > 0 } rest)
                throw new InvalidDataException($"a chunk is followed by {rest}");
            if (size == 0)
                return body.ToArray();
        }
    }

    private async Task<byte[]> ReadBytesAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        var done = 0;
        while (done < count)
        {
            if (start == end)
                await FillAsync(cancellation);
            var take = Math.Min(count - done, end - start);
            buffer.AsSpan(start, take).CopyTo(bytes.AsSpan(done));
            start += take;
            done += take;
        }
        return bytes;
    }

    private async Task FillAsync(CancellationToken cancellation)
    {
        start = 0;
        end = 0;
        end = await tls.ReadAsync(buffer, cancellation);
        if (end == 0)
            throw new EndOfStreamException("the server closed the connection");
    }
}
