using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Certificates;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Hosting;
using Flotilla.ApiServer.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.ApiServer;

/// <summary>
/// A Kubernetes API server inside this process: <c>await using var api = await KubernetesApi.StartAsync(new());</c> It serves
/// HTTPS on 127.0.0.1 with the semantics of kube-apiserver 1.36; any Kubernetes client works with it.
/// </summary>
public sealed class KubernetesApi : IAsyncDisposable
{
    private readonly ClusterCertificates certificates;
    private readonly ClusterDirectory clusters;
    private readonly Authenticator authenticator;
    private readonly ApiPipeline pipeline;
    private readonly HttpsHost host;

    private KubernetesApi(
        ClusterCertificates certificates, ClusterDirectory clusters, Authenticator authenticator, ApiPipeline pipeline, HttpsHost host, string token)
    {
        this.pipeline = pipeline;
        this.certificates = certificates;
        this.clusters = clusters;
        this.authenticator = authenticator;
        this.host = host;
        Token = token;
    }

    /// <summary>Where the server listens, as <c>https://127.0.0.1:41234</c>.</summary>
    public Uri Address => host.Address;

    /// <summary>Bearer token of the administrator.</summary>
    public string Token { get; }

    /// <summary>The certificate that the server's own is signed with; clients trust this one.</summary>
    public X509Certificate2 Authority => certificates.Authority;

    /// <summary>A kubeconfig (YAML) of the administrator, with a context for each virtual cluster.</summary>
    public string Kubeconfig => KubeconfigWriter.Format(Config);

    private Kubeconfig Config => new(Address.ToString(), certificates.AuthorityPem, [new KubeconfigUser(StaticUser.AdministratorName, Token)])
    {
        VirtualClusters = clusters.VirtualNames,
    };

    /// <summary>Starts a server; it is ready when the task ends.</summary>
    /// <exception cref="IOException">The port is taken, the data folder is in use or damaged: the message says which and what to do.</exception>
    public static async Task<KubernetesApi> StartAsync(KubernetesApiOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new KubernetesApiOptions();
        var logging = options.Logging ?? NullLoggerFactory.Instance;
        var token = options.Token ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        ClusterDirectory? clusters = null;
        ClusterCertificates? certificates = null;
        Authenticator? authenticator = null;
        ApiPipeline? pipeline = null;
        HttpsHost? host = null;
        try
        {
            // First of all, since it takes the lock of the folder: two servers must not make keys there at the same time.
            clusters = await ClusterDirectory.OpenAsync(options, logging, cancellation);
            certificates = options.DataFolder is { } folder ? ClusterCertificates.Load(folder, options.Time) : ClusterCertificates.InMemory(options.Time);
            StaticUser[] users = [StaticUser.Administrator(token), .. options.Users.Select(u => new StaticUser(u.Name, u.Token, u.Groups))];
            authenticator = new Authenticator(users, certificates, options.Time);
            pipeline = new ApiPipeline(clusters, authenticator, logging.CreateLogger<ApiPipeline>());
            var served = certificates;
            host = await HttpsHost.StartAsync(options.Port, () => served.Serving, pipeline.HandleAsync, logging, cancellation);
            var api = new KubernetesApi(certificates, clusters, authenticator, pipeline, host, token);
            if (options.KubeconfigFile is { } file)
                KubeconfigWriter.Write(file, api.Config);
            return api;
        }
        catch
        {
            if (host is not null)
                await host.DisposeAsync();
            pipeline?.Dispose();
            if (clusters is not null)
                await clusters.DisposeAsync();
            authenticator?.Dispose();
            certificates?.Dispose();
            throw;
        }
    }

    /// <summary>Makes a virtual cluster, served at <c>/clusters/NAME</c>; does nothing when it exists.</summary>
    /// <param name="name">A DNS label.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Its address, to be used like that of a server.</returns>
    public async Task<Uri> AddClusterAsync(string name, CancellationToken cancellation = default)
    {
        await clusters.AddAsync(name, cancellation);
        return new Uri(Address, $"/clusters/{name}");
    }

    /// <summary>Stops serving, ends all watches, closes the storage. What was acknowledged is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        pipeline.Stop();
        await host.DisposeAsync();
        pipeline.Dispose();
        await clusters.DisposeAsync();
        authenticator.Dispose();
        certificates.Dispose();
    }
}
