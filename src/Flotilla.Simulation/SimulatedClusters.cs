using Flotilla.ApiServer;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Simulation;

/// <summary>Clusters of simulated sites: virtual clusters of one embedded API server, with workloads that behave.</summary>
public static class SimulatedClusters
{
    /// <summary>Options of a server for simulated clusters, in memory unless changed.</summary>
    public static KubernetesApiOptions Options(TimeProvider time, WorkloadBehaviour behaviour) => new()
    {
        Listen = false,
        Time = time,
        Controllers = [.. WorkloadKind.All.Select(kind => new WorkloadController(kind, behaviour))],
    };
}
