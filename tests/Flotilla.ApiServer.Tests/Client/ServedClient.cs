using Flotilla.Kubernetes.Client;

namespace Flotilla.ApiServer.Tests.Client;

/// <summary>How a client of a test reaches the server.</summary>
public enum Way
{
    /// <summary>Sockets, TLS, HTTP/2, with what the kubeconfig says.</summary>
    Wire,

    /// <summary>In this process; the server does not listen.</summary>
    Memory,
}

/// <summary>A server with a client of its own.</summary>
internal sealed class ServedClient : IAsyncDisposable
{
    public static readonly ResourceReference ConfigMaps = new("", "v1", "configmaps", true, "ConfigMap");
    public static readonly ResourceReference Deployments = new("apps", "v1", "deployments", true, "Deployment");

    private ServedClient(KubernetesApi api, KubernetesClient client)
    {
        Api = api;
        Client = client;
    }

    public KubernetesApi Api { get; }

    public KubernetesClient Client { get; }

    public static async Task<ServedClient> StartAsync(Way way, KubernetesApiOptions? options = null)
    {
        var api = await KubernetesApi.StartAsync((options ?? new KubernetesApiOptions()) with { Listen = way == Way.Wire }, TestContext.Current.CancellationToken);
        return new ServedClient(api, Connect(api, way));
    }

    public static KubernetesClient Connect(KubernetesApi api, Way way, TimeProvider? time = null) => way == Way.Wire
        ? new KubernetesClient(Kubeconfig.Parse(api.Kubeconfig), time)
        : new KubernetesClient(api.CreateHandler(), api.Address, time, api.Token);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Api.DisposeAsync();
    }
}
