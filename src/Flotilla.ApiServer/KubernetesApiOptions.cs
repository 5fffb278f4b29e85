using Flotilla.ApiServer.Lifecycle;
using Microsoft.Extensions.Logging;

namespace Flotilla.ApiServer;

/// <summary>How an embedded Kubernetes API starts.</summary>
public sealed record KubernetesApiOptions
{
    /// <summary>
    /// Whether to listen at all. A server that does not is reached through <see cref="KubernetesApi.CreateHandler"/> alone: it has no
    /// address, no certificates and no kubeconfig.
    /// </summary>
    public bool Listen { get; init; } = true;

    /// <summary>TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Folder for objects and keys, made when missing; null keeps everything in memory and nothing afterwards.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Bearer token of the administrator (group <c>system:masters</c>); null makes a random one.</summary>
    public string? Token { get; init; }

    /// <summary>Further users; they may do what RBAC gives them.</summary>
    public IReadOnlyList<KubernetesApiUser> Users { get; init; } = [];

    /// <summary>Names of virtual clusters to serve at <c>/clusters/NAME</c> besides the main one.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Where to write a kubeconfig of the administrator; null writes none.</summary>
    public string? KubeconfigFile { get; init; }

    /// <summary>The clock of everything that waits or stamps.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the server logs to; nowhere by default.</summary>
    public ILoggerFactory? Logging { get; init; }

    /// <summary>Further controllers of the control planes, as the simulation's.</summary>
    internal IReadOnlyList<ClusterController> Controllers { get; init; } = [];
}

/// <summary>A user known by a bearer token.</summary>
/// <param name="Name">User name, as RBAC subjects name it.</param>
/// <param name="Token">The token.</param>
/// <param name="Groups">Groups besides <c>system:authenticated</c>.</param>
public sealed record KubernetesApiUser(string Name, string Token, params IReadOnlyList<string> Groups);
