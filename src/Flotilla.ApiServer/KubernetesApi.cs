using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Certificates;
using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Hosting;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.ApiServer;

/// <summary>
/// A Kubernetes API server inside this process: <c>await using var api = await KubernetesApi.StartAsync(new());</c> It serves
/// HTTPS on 127.0.0.1 with the semantics of kube-apiserver 1.36; any Kubernetes client works with it. Clients of this process may do without the wire.
/// </summary>
public sealed class KubernetesApi : IAsyncDisposable
{
    private readonly FrontDoor door;
    private readonly ClusterDirectory clusters;
    private readonly ApiPipeline pipeline;

    private KubernetesApi(FrontDoor door, ClusterDirectory clusters, ApiPipeline pipeline, string token)
    {
        this.door = door;
        this.pipeline = pipeline;
        this.clusters = clusters;
        Address = door.Address;
        Token = token;
    }

    /// <summary>Where the server listens, as <c>https://127.0.0.1:41234</c>; an address that leads nowhere when it does not listen.</summary>
    public Uri Address { get; }

    /// <summary>Bearer token of the administrator.</summary>
    public string Token { get; }

    /// <summary>The certificate that the server's own is signed with; clients trust this one. There is none when it does not listen.</summary>
    public X509Certificate2 Authority => door.Certificates.Authority;

    /// <summary>A kubeconfig (YAML) of the administrator, with a context for each virtual cluster.</summary>
    public string Kubeconfig => KubeconfigWriter.Format(Config);

    private Kubeconfig Config => new(Address.ToString(), door.Certificates.AuthorityPem, [new KubeconfigUser(StaticUser.AdministratorName, Token)])
    {
        VirtualClusters = clusters.VirtualNames,
    };

    /// <summary>Starts a server; it is ready when the task ends.</summary>
    /// <exception cref="IOException">The port is taken, the data folder is in use or damaged: the message says which and what to do.</exception>
    public static async Task<KubernetesApi> StartAsync(KubernetesApiOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new KubernetesApiOptions();
        if (options is { Listen: false, KubeconfigFile: not null })
            throw new ArgumentException($"{nameof(KubernetesApiOptions.KubeconfigFile)} needs a server that listens: set {nameof(KubernetesApiOptions.Listen)}, or leave it out", nameof(options));
        var logging = options.Logging ?? NullLoggerFactory.Instance;
        var token = options.Token ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        // First of all, since it takes the lock of the folder: two servers must not make keys there at the same time.
        var database = await ObjectDatabase.OpenAsync(options.DataFolder, new StorageOptions(), cancellation);
        // The rest side by side: most of a first start is code that runs for the first time.
        var opening = Task.Run(() => FrontDoor.Open(options, token, logging), CancellationToken.None);
        var loading = Task.Run(() => ClusterDirectory.OpenAsync(database, options, logging, cancellation), CancellationToken.None);
        ApiPipeline? pipeline = null;
        try
        {
            await Task.WhenAll(loading, opening);
            var (door, clusters) = (await opening, await loading);
            pipeline = new ApiPipeline(clusters, door.Authenticator, logging.CreateLogger<ApiPipeline>());
            await door.StartAsync(pipeline.HandleAsync, cancellation);
            var api = new KubernetesApi(door, clusters, pipeline, token);
            if (options.KubeconfigFile is { } file)
                KubeconfigWriter.Write(file, api.Config);
            return api;
        }
        catch
        {
            await DisposeAsync(opening, pipeline, loading);
            throw;
        }
    }

    /// <summary>
    /// A way in for clients of this process, without sockets or TLS; addresses begin with <see cref="Address"/>, and requests sign in with
    /// bearer tokens as over the wire. Any number of clients may share one handler.
    /// </summary>
    public HttpMessageHandler CreateHandler() => door.Memory!.CreateHandler();

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
        await door.DisposeAsync();
        pipeline.Dispose();
        await clusters.DisposeAsync();
    }

    /// <summary>Closes what a failed start had opened.</summary>
    private static async Task DisposeAsync(Task<FrontDoor> door, ApiPipeline? pipeline, Task<ClusterDirectory> clusters)
    {
        if (door.IsCompletedSuccessfully)
            await (await door).DisposeAsync();
        pipeline?.Dispose();
        if (clusters.IsCompletedSuccessfully)
            await (await clusters).DisposeAsync();
    }
}
