namespace Flotilla.Simulation.Workloads;

/// <summary>Something that goes wrong with workloads of a site.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Namespace">Namespace of the workloads; null for all.</param>
/// <param name="Name">Name of the workload; null for all.</param>
public sealed record WorkloadFault(WorkloadFaultKind Kind, string? Namespace = null, string? Name = null)
{
    internal bool Concerns(string ns, string name) => (Namespace is null || Namespace == ns) && (Name is null || Name == name);
}

/// <summary>What can go wrong with a workload.</summary>
public enum WorkloadFaultKind
{
    /// <summary>It starts and never becomes ready.</summary>
    NeverReady,

    /// <summary>The image cannot be pulled: a pod says so.</summary>
    ImagePull,
}
