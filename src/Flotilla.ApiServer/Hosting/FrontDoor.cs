using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Certificates;
using Microsoft.Extensions.Logging;

namespace Flotilla.ApiServer.Hosting;

/// <summary>How clients get in: the keys, who is known, the listener. Needs nothing of what is served.</summary>
internal sealed class FrontDoor : IAsyncDisposable
{
    private FrontDoor(ClusterCertificates certificates, Authenticator authenticator, HttpsHost host)
    {
        Certificates = certificates;
        Authenticator = authenticator;
        Host = host;
    }

    public ClusterCertificates Certificates { get; }

    public Authenticator Authenticator { get; }

    public HttpsHost Host { get; }

    /// <summary>Reads or makes the keys and prepares the listener, which does not listen yet.</summary>
    /// <exception cref="IOException">The keys cannot be read or written.</exception>
    public static FrontDoor Open(KubernetesApiOptions options, string token, ILoggerFactory logging)
    {
        var certificates = options.DataFolder is { } folder ? ClusterCertificates.Load(folder, options.Time) : ClusterCertificates.InMemory(options.Time);
        try
        {
            StaticUser[] users = [StaticUser.Administrator(token), .. options.Users.Select(u => new StaticUser(u.Name, u.Token, u.Groups))];
            var handshake = new TlsHandshake(() => certificates.Serving, certificates.Authority);
            return new FrontDoor(certificates, new Authenticator(users, certificates, options.Time), new HttpsHost(options.Port, handshake, logging));
        }
        catch
        {
            certificates.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Authenticator.Dispose();
        Certificates.Dispose();
    }
}
