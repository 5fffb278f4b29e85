using System.Net;

namespace Flotilla.ApiServer.Certificates;

/// <summary>What a server is called by its clients.</summary>
internal sealed record ServedNames(string CommonName, IReadOnlyList<string> Dns, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>An API server on this machine, also as Pods would call it.</summary>
    public static ServedNames ApiServer { get; } = new(
        "kube-apiserver",
        ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"],
        [IPAddress.Loopback, IPAddress.IPv6Loopback]);
}
