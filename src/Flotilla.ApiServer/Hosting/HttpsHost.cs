using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.ApiServer.Hosting;

/// <summary>Kestrel with nothing around it: HTTPS on loopback, HTTP/1.1 and HTTP/2, one handler.</summary>
internal sealed class HttpsHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(3);
    private readonly WebApplication app;

    private HttpsHost(WebApplication app)
    {
        this.app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.First());
    }

    public Uri Address { get; }

    public static async Task<HttpsHost> StartAsync(
        int port, Func<X509Certificate2> certificate, RequestDelegate handler, ILoggerFactory logging, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new HostLogging(logging));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, port, certificate));
        var app = builder.Build();
        app.Run(handler);
        try
        {
            await app.StartAsync(cancellation);
            return new HttpsHost(app);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new IOException($"port {port} of 127.0.0.1 is in use by another program: choose another port, or 0 for a free one.", e);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Watches never end by themselves.
        using var patience = new CancellationTokenSource(LongestStop);
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, int port, Func<X509Certificate2> certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        // Of an answer, not of a connection: a quiet watch is no slow one. Who takes nothing for a minute is cut, since what waits for them costs memory.
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromMinutes(1));
        kestrel.Limits.MaxRequestLineSize = 64 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(https =>
            {
                https.ServerCertificateSelector = (_, _) => certificate();
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                // Whether a certificate proves anything is decided by authentication; without a good one a request is anonymous or refused.
                https.ClientCertificateValidation = (_, _, _) => true;
            });
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
