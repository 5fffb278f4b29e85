using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Simulation.Workloads;

/// <summary>How workloads of the simulated clusters behave: how long they take, what goes wrong.</summary>
public sealed class WorkloadBehaviour
{
    private readonly ConcurrentDictionary<string, WorkloadFault[]> faults = new(StringComparer.Ordinal);

    /// <summary>From a new spec to all replicas ready.</summary>
    public TimeSpan ReadyAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How the names of images begin that no registry has: what runs one never becomes ready, at whatever site.</summary>
    public IReadOnlyList<string> MissingImages { get; init; } = [];

    internal event Action<string>? Changed;

    /// <summary>Declares what goes wrong at one site from now on; nothing when empty.</summary>
    /// <param name="cluster">The site's virtual cluster.</param>
    /// <param name="wrong">All of it: what was declared before is over.</param>
    public void SetFaults(string cluster, params WorkloadFault[] wrong)
    {
        faults[cluster] = wrong;
        Changed?.Invoke(cluster);
    }

    internal WorkloadFault? FaultOf(string cluster, string ns, string name, JsonObject workload) =>
        (faults.TryGetValue(cluster, out var declared) ? declared.FirstOrDefault(f => f.Concerns(ns, name)) : null)
        ?? (MissingImages.Count > 0 && HasMissingImage(workload) ? new WorkloadFault(WorkloadFaultKind.ImagePull, ns, name) : null);

    private bool HasMissingImage(JsonObject workload)
    {
        var pod = workload.Object("spec").Object("template").Object("spec");
        return (pod.Array("initContainers") ?? []).Concat(pod.Array("containers") ?? [])
            .Any(container => container.String("image") is { } image && MissingImages.Any(missing => image.StartsWith(missing, StringComparison.Ordinal)));
    }
}
