using System.Net;
using System.Security.Cryptography;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flotilla.ApiServer.Hosting;

/// <summary>How clients get in: the keys, who is known, the listener, the way of clients in this process. Needs nothing of what is served.</summary>
internal sealed class FrontDoor : IAsyncDisposable
{
    /// <summary>The base address of a server that does not listen; nobody can ever have this name.</summary>
    private static readonly Uri Nowhere = new("https://memory.invalid");

    private readonly ClusterCertificates? certificates;
    private readonly ECDsa serviceAccountKey;
    private readonly HttpsHost? host;

    private FrontDoor(ClusterCertificates? certificates, ECDsa serviceAccountKey, Authenticator authenticator, HttpsHost? host)
    {
        this.certificates = certificates;
        this.serviceAccountKey = serviceAccountKey;
        this.host = host;
        Authenticator = authenticator;
    }

    public Authenticator Authenticator { get; }

    /// <exception cref="InvalidOperationException">The server does not listen.</exception>
    public ClusterCertificates Certificates => certificates
        ?? throw new InvalidOperationException("this API server does not listen, so it has no certificates and no kubeconfig: start it with Listen = true, or use CreateHandler()");

    /// <summary>Clients in this process; there once <see cref="StartAsync"/> was called.</summary>
    public MemoryTransport? Memory { get; private set; }

    /// <summary>Where it listens, once it has started.</summary>
    public Uri Address => host?.Address ?? Nowhere;

    /// <summary>Reads or makes the keys and prepares the listener, which does not listen yet.</summary>
    /// <exception cref="IOException">The keys cannot be read or written.</exception>
    public static FrontDoor Open(KubernetesApiOptions options, string token, ILoggerFactory logging)
    {
        StaticUser[] users = [StaticUser.Administrator(token), .. options.Users.Select(u => new StaticUser(u.Name, u.Token, u.Groups))];
        if (!options.Listen)
        {
            var key = ClusterCertificates.LoadServiceAccountKey(options.DataFolder);
            return new FrontDoor(null, key, new Authenticator(users, null, key, options.Time), null);
        }
        var certificates = options.DataFolder is { } folder ? ClusterCertificates.Load(folder, options.Time) : ClusterCertificates.InMemory(options.Time);
        try
        {
            var handshake = new TlsHandshake(() => certificates.Serving, certificates.Authority);
            var authenticator = new Authenticator(users, certificates.Authority, certificates.ServiceAccountKey, options.Time);
            return new FrontDoor(certificates, certificates.ServiceAccountKey, authenticator, new HttpsHost(new IPEndPoint(IPAddress.Loopback, options.Port), handshake, logging));
        }
        catch
        {
            certificates.Dispose();
            throw;
        }
    }

    /// <summary>Lets clients in; requests go to the handler from now on.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartAsync(RequestDelegate handler, CancellationToken cancellation)
    {
        if (host is not null)
            await host.StartAsync(handler, cancellation);
        Memory = new MemoryTransport(handler);
    }

    public async ValueTask DisposeAsync()
    {
        if (Memory is not null)
            await Memory.DisposeAsync();
        if (host is not null)
            await host.DisposeAsync();
        Authenticator.Dispose();
        serviceAccountKey.Dispose();
        certificates?.Dispose();
    }
}
