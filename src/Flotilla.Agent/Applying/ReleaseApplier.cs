using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flotilla.Agent.Applying;

/// <summary>
/// Makes a cluster what a release says, and keeps it so: level-triggered, working towards the newest release of a source until it is told
/// otherwise. Reads everything live when it starts, writes only what is not as it should be, then follows watches; between events it does nothing.
/// </summary>
/// <param name="cluster">The site's cluster.</param>
/// <param name="inventory">Where it is kept what was applied.</param>
/// <param name="time">For everything that waits.</param>
public sealed class ReleaseApplier(KubernetesClient cluster, IInventoryStore inventory, TimeProvider time, ILogger? logger = null)
{
    /// <summary>Runs until it is cancelled.</summary>
    /// <exception cref="IOException">The inventory could not be kept.</exception>
    public async Task RunAsync(ReleaseSource releases, IApplyObserver observer, CancellationToken cancellation)
    {
        using var loop = new ApplyLoop(cluster, inventory, observer, time, logger ?? NullLogger.Instance, cancellation);
        await loop.RunAsync(releases);
    }
}
