using System.Text;
using Flotilla.ApiServer;
using k8s;

namespace Flotilla.EndToEnd.DotNetClient;

/// <summary>An API server inside the test process, and the official KubernetesClient package configured by its kubeconfig.</summary>
public sealed class OfficialClient : IAsyncLifetime
{
    private KubernetesApi api = null!;

    internal IKubernetes Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        api = await KubernetesApi.StartAsync(cancellation: TestContext.Current.CancellationToken);
        Client = Connect(api);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await api.DisposeAsync();
    }

    internal static IKubernetes Connect(KubernetesApi api)
    {
        using var kubeconfig = new MemoryStream(Encoding.UTF8.GetBytes(api.Kubeconfig));
        return new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
    }
}
