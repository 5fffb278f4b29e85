using System.Net;
using Flotilla.ApiServer.Certificates;
using Flotilla.ApiServer.Hosting;
using Flotilla.Hub.Ledger;
using Flotilla.Hub.Restores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Hub.Gateway;

/// <summary>The way in for sites, and for people who ask what the ledger knows: HTTPS, or calls within the process.</summary>
public sealed partial class HubGateway : IAsyncDisposable
{
    /// <summary>The base address of a gateway that does not listen; nobody can ever have this name.</summary>
    private static readonly Uri Nowhere = new("https://gateway.invalid");

    /// <summary>Beyond when a site asks by itself: on links that cost, each ping counts.</summary>
    private static readonly TimeSpan Ping = TimeSpan.FromMinutes(5);

    private readonly GatewayOptions options;
    private readonly WaitingSites waiting;
    private readonly UploadEndpoint upload;
    private readonly ContentEndpoint content;
    private readonly ForecastEndpoint forecast;
    private readonly IDisposable subscription;
    private readonly MemoryTransport memory;
    private readonly GatewayPipeline pipeline;
    private readonly ILogger logger;
    private ServingCertificate? certificate;
    private HttpsHost? host;
    private volatile bool stopping;

    private HubGateway(GatewayOptions options, ILoggerFactory logging)
    {
        this.options = options;
        logger = logging.CreateLogger<HubGateway>();
        var (keys, ledger, time) = (options.Keys, options.Ledger, options.Time);
        waiting = new WaitingSites(time);
        var sites = new SiteAuthentication(keys, ledger, time);
        var access = new KubernetesAccess(options.Api, time);
        upload = new UploadEndpoint(access, options.Content);
        var standing = new HubStanding(keys, ledger, time);
        content = new ContentEndpoint(sites, access, new ReachableContent(ledger, options.Content), options.Content);
        forecast = new ForecastEndpoint(access, options.Foresee);
        pipeline = new GatewayPipeline(
            new SyncEndpoint(keys, ledger, standing, sites, waiting, Numbers, options.MostSyncs, time),
            new EnrolEndpoint(keys, ledger, time),
            new EnrolmentEndpoint(keys, ledger, options.Api, access, () => Address, options.AgentImage, time),
            content,
            upload,
            new ReadEndpoint(access, ledger),
            new HoldEndpoint(access, standing),
            forecast,
            Numbers,
            keys.AuthorityPem,
            () => !stopping,
            logging.CreateLogger<GatewayPipeline>());
        memory = new MemoryTransport(pipeline.HandleAsync);
        subscription = ledger.Subscribe(OnChanged);
    }

    /// <summary>The address that sites are told.</summary>
    public Uri Address => options.Advertise ?? host?.Address ?? Nowhere;

    /// <summary>Where it listens; null when it does not.</summary>
    public Uri? ListensAt => host?.Address;

    /// <summary>How syncs go.</summary>
    public SyncNumbers Numbers { get; } = new();

    /// <summary>Starts to serve.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HubGateway> StartAsync(GatewayOptions options, CancellationToken cancellation)
    {
        var logging = options.Logging ?? NullLoggerFactory.Instance;
        var gateway = new HubGateway(options, logging);
        try
        {
            if (options.Listen is { } endpoint)
                await gateway.ListenAsync(endpoint, logging, cancellation);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>A way in for clients of this process, without sockets or TLS. Any number of them may share one.</summary>
    public HttpMessageHandler CreateHandler() => memory.CreateHandler();

    /// <summary>Answers held syncs, so that sites go to another hub, and stops serving.</summary>
    public async ValueTask DisposeAsync()
    {
        stopping = true;
        waiting.Stop();
        subscription.Dispose();
        await memory.DisposeAsync();
        if (host is not null)
            await host.DisposeAsync();
        certificate?.Dispose();
        waiting.Dispose();
        upload.Dispose();
        content.Dispose();
        forecast.Dispose();
        Stopped(Numbers.Served, Numbers.Refused, Numbers.Mean.TotalMilliseconds, Numbers.Slowest.TotalMilliseconds);
    }

    private async Task ListenAsync(IPEndPoint endpoint, ILoggerFactory logging, CancellationToken cancellation)
    {
        certificate = new ServingCertificate(options.Keys.Authority, NamesOf(endpoint, options.Advertise), options.Time);
        var handshake = new TlsHandshake(() => certificate.Current, options.Keys.Authority, asksClients: false);
        host = new HttpsHost(endpoint, handshake, logging, Ping);
        await host.StartAsync(pipeline.HandleAsync, cancellation);
    }

    /// <summary>What sites may call the gateway: where it listens, what it is advertised as, and this machine.</summary>
    private static ServedNames NamesOf(IPEndPoint endpoint, Uri? advertised)
    {
        var names = new List<string> { "localhost" };
        var addresses = new List<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback };
        if (endpoint.Address is var address && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !addresses.Contains(address))
            addresses.Add(address);
        if (advertised is not null && !IPAddress.TryParse(advertised.DnsSafeHost, out _) && advertised.DnsSafeHost != "localhost")
            names.Add(advertised.DnsSafeHost);
        if (advertised is not null && IPAddress.TryParse(advertised.DnsSafeHost, out var named) && !addresses.Contains(named))
            addresses.Add(named);
        return new ServedNames("flotilla-gateway", names, addresses);
    }

    private void OnChanged(LedgerChange change)
    {
        if (change.Kind is LedgerChangeKind.Target or LedgerChangeKind.Removed)
            waiting.Wake(change.Site);
        else if (change.Kind == LedgerChangeKind.Hub)
            waiting.WakeAll();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "gateway stopped after {Served} syncs, {Refused} of them sent away, {Mean:0.0} ms of work each, {Slowest:0} ms at most")]
    private partial void Stopped(long served, long refused, double mean, double slowest);
}
