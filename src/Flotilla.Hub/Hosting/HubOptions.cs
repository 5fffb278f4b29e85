using System.Net;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Hosting;

/// <summary>How a hub starts.</summary>
public sealed record HubOptions
{
    /// <summary>Folder for keys, content, ledger and the embedded API; null keeps everything in memory and nothing afterwards.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Another cluster's API, which stays the caller's; null embeds one.</summary>
    public KubernetesClient? Api { get; init; }

    /// <summary>Port of the embedded API on 127.0.0.1, 0 for a free one; null does not listen.</summary>
    public int? ApiPort { get; init; }

    /// <summary>Bearer token of the embedded API's administrator; null makes a random one.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Where to write a kubeconfig of the embedded API's administrator; null writes none.</summary>
    public string? KubeconfigFile { get; init; }

    /// <summary>Where the gateway listens; null does not listen.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>The address that sites are told; null for the one that the gateway listens on.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>Connection string of a PostgreSQL ledger; null keeps it in the data folder, or in memory.</summary>
    public string? Postgres { get; init; }

    /// <summary>Folder that serves sources by digest: files named by their SHA-256, or an OCI image layout.</summary>
    public string? Mirror { get; init; }

    /// <summary>Whether sources may be fetched over the network.</summary>
    public bool Online { get; init; } = true;

    /// <summary>Whether webhooks of rollouts may lead to addresses of the hub's own host, for trying things out.</summary>
    public bool AllowLocalWebhooks { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory? Logging { get; init; }
}
