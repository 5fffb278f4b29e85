using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Flotilla.Simulation.Links;

/// <summary>
/// The line between a site and the hub: takes its time, can be cut and can be slow. A cut fails what is under way as well, as a
/// broken connection does.
/// </summary>
public sealed class SimulatedLink : DelegatingHandler
{
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private CancellationTokenSource? cut;
    private CancellationTokenSource up = new();
    private long sent;
    private long received;

    /// <param name="inner">The hub.</param>
    /// <param name="time">The clock that latency is measured with.</param>
    public SimulatedLink(HttpMessageHandler inner, TimeProvider time)
        : base(inner) => this.time = time;

    /// <summary>From a request to its arrival, and from an answer to its arrival.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Bits per second; 0 for no limit.</summary>
    public long Bandwidth { get; set; }

    /// <summary>Whether nothing gets through at present.</summary>
    public bool IsCut
    {
        get
        {
            lock (gate)
                return cut is not null;
        }
    }

    /// <summary>Bytes of bodies that went to the hub.</summary>
    public long Sent => Volatile.Read(ref sent);

    /// <summary>Bytes of bodies that came from the hub, as far as their length was told.</summary>
    public long Received => Volatile.Read(ref received);

    /// <summary>Cuts the line.</summary>
    public void Cut()
    {
        lock (gate)
        {
            if (cut is not null)
                return;
            cut = up;
        }
        cut.Cancel();
    }

    /// <summary>Mends the line.</summary>
    public void Mend()
    {
        lock (gate)
        {
            cut?.Dispose();
            if (cut is not null)
                up = new CancellationTokenSource();
            cut = null;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CancellationToken broken;
        lock (gate)
        {
            if (cut is not null)
                throw Broken(null);
            broken = up.Token;
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(broken, cancellationToken);
        try
        {
            await TravelAsync(request.Content?.Headers, size => Interlocked.Add(ref sent, size), either.Token);
            var response = await base.SendAsync(request, either.Token);
            await TravelAsync(response.Content.Headers, size => Interlocked.Add(ref received, size), either.Token);
            return response;
        }
        catch (OperationCanceledException e) when (broken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (gate)
            {
                cut?.Dispose();
                up.Dispose();
            }
        }
        base.Dispose(disposing);
    }

    private async ValueTask TravelAsync(HttpContentHeaders? headers, Action<long> count, CancellationToken cancellation)
    {
        var size = headers?.ContentLength ?? 0;
        count(size);
        var takes = Latency + (Bandwidth > 0 ? TimeSpan.FromSeconds(size * 8.0 / Bandwidth) : TimeSpan.Zero);
        if (takes > TimeSpan.Zero)
            await Task.Delay(takes, time, cancellation);
    }

    private static HttpRequestException Broken(Exception? inner) =>
        new(HttpRequestError.ConnectionError, "the simulated link is cut", inner ?? new SocketException((int)SocketError.NetworkUnreachable));
}
