using System.Net;
using System.Security.Cryptography;

namespace Flotilla.Kubernetes.Client;

/// <summary>The API of the cluster that this program runs in, as its pod's service account.</summary>
public static class InCluster
{
    /// <summary>Where the kubelet puts what a pod needs.</summary>
    public const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    /// <summary>Whether this program runs in a pod that may speak to the API.</summary>
    public static bool IsHere => Environment.GetEnvironmentVariable(HostVariable) is { Length: > 0 } && File.Exists(Path.Combine(ServiceAccountFolder, "token"));

    /// <summary>The endpoint; the token is read again as the kubelet renews it.</summary>
    /// <param name="folder">Where token, authority and namespace are.</param>
    /// <exception cref="EndpointException">This is no pod, or it has no service account: the message says what to do.</exception>
    public static KubernetesEndpoint Load(string folder = ServiceAccountFolder) =>
        Load(folder, Environment.GetEnvironmentVariable(HostVariable), Environment.GetEnvironmentVariable(PortVariable));

    internal static KubernetesEndpoint Load(string folder, string? host, string? port)
    {
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
            throw new EndpointException($"{HostVariable} and {PortVariable} are not set: this is no pod of a cluster; give a kubeconfig");
        var literal = IPAddress.TryParse(host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{literal}:{port}", UriKind.Absolute, out var server))
            throw new EndpointException($"{HostVariable} and {PortVariable} (\"{host}\", \"{port}\") are no host and port; set what the cluster gives to pods");
        var (token, authority, ns) = (Path.Combine(folder, "token"), Path.Combine(folder, "ca.crt"), Path.Combine(folder, "namespace"));
        if (!File.Exists(token))
            throw new EndpointException($"{token}: is missing; let the pod have its service account's token (automountServiceAccountToken)");
        try
        {
            return new KubernetesEndpoint
            {
                Server = server,
                TokenFile = token,
                Authorities = Certificates.AuthoritiesOfPem(File.ReadAllText(authority)),
                Namespace = File.Exists(ns) && File.ReadAllText(ns).Trim() is { Length: > 0 } name ? name : "default",
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new EndpointException($"{authority}: holds no certificates that can be used ({e.Message}); restore the pod's service account volume", e);
        }
    }
}
