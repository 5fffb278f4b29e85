using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.ApiServer.Hosting;

/// <summary>Kestrel with nothing around it: HTTPS, HTTP/1.1 and HTTP/2, one handler.</summary>
internal sealed class HttpsHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(3);
    private readonly WebApplication app;
    private static readonly TimeSpan UsualPing = TimeSpan.FromSeconds(30);

    /// <summary>As long as agents wait for a connection; kubectl waits 10 s.</summary>
    private static readonly TimeSpan LongestHandshake = TimeSpan.FromSeconds(30);

    /// <summary>A handshake over a satellite takes less.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);
    private const int HandshakesPerCore = 128;
    private const int MostWaiting = 16_384;

    /// <summary>Connections that the system takes for us until we look; it may allow fewer.</summary>
    private const int Backlog = 4096;
    private readonly IPEndPoint endpoint;

    /// <summary>Makes everything ready that can be before there is something to serve.</summary>
    /// <param name="ping">How long a client may be silent before it is asked whether it is still there.</param>
    public HttpsHost(IPEndPoint endpoint, TlsHandshake handshake, ILoggerFactory logging, TimeSpan? ping = null)
    {
        this.endpoint = endpoint;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new HostLogging(logging));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = Backlog);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, endpoint, handshake, ping ?? UsualPing));
        app = builder.Build();
        handshake.Options();
    }

    /// <summary>Where it listens, once it has started.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Listens; requests go to the handler from now on.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartAsync(RequestDelegate handler, CancellationToken cancellation)
    {
        app.Run(handler);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new IOException($"port {endpoint.Port} of {endpoint.Address} is in use by another program: choose another port, or 0 for a free one.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Watches never end by themselves.
        using var patience = new CancellationTokenSource(LongestStop);
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint endpoint, TlsHandshake handshake, TimeSpan ping)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        // Of an answer, not of a connection: a quiet watch is no slow one. Who takes nothing for a minute is cut, since what waits for them costs memory.
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromMinutes(1));
        kestrel.Limits.MaxRequestLineSize = 64 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        kestrel.Limits.Http2.KeepAlivePingDelay = ping;
        var turns = new HandshakeTurns(HandshakesPerCore * Environment.ProcessorCount, MostWaiting, LongestHandshake, LongestTurn, TimeProvider.System);
        kestrel.Listen(endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.Use(turns.BeginAsync);
            listen.UseHttps(handshake.Callback(LongestHandshake));
            listen.Use(HandshakeTurns.EndAsync);
        });
    }

    /// <summary>The log without that of the generic host, which tells failures that its caller gets (and tells) anyway.</summary>
    private sealed class HostLogging(ILoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == "Microsoft.Extensions.Hosting.Internal.Host" ? NullLogger.Instance : inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose()
        {
            // The log belongs to the caller.
        }
    }
}
