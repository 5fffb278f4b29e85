using Flotilla.Api.Sites;
using Flotilla.Simulation.Workloads;
using Microsoft.Extensions.Logging;

namespace Flotilla.Simulation.Sites;

/// <summary>What simulated sites work with.</summary>
public sealed record SimulatedFleetOptions
{
    /// <summary>The way to the hub's gateway; each site gets a link of its own over it.</summary>
    public required Func<HttpMessageHandler> Hub { get; init; }

    /// <summary>The gateway's address.</summary>
    public required Uri HubAddress { get; init; }

    /// <summary>Makes an enrolment token for a declared Site.</summary>
    public required Func<SiteName, CancellationToken, Task<string>> Token { get; init; }

    /// <summary>Folder for clusters and agents; null keeps everything in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Port of the API of the sites' clusters on 127.0.0.1, 0 for a free one; null does not listen.</summary>
    public int? ClustersPort { get; init; }

    /// <summary>Where to write a kubeconfig with a context for each site; null writes none.</summary>
    public string? KubeconfigFile { get; init; }

    public WorkloadBehaviour Workloads { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether links take the time that their plan says.</summary>
    public bool WithLatency { get; init; }

    public int Seed { get; init; }

    public ILoggerFactory? Logging { get; init; }
}
