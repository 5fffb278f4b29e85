using Flotilla.Core.Health;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Agent.Applying;

/// <summary>Why the pods of a workload that is not healthy are not.</summary>
internal sealed class PodLook
{
    private const int MostPods = 50;

    private static readonly ResourceReference Pods = new("", "v1", "pods", true, "Pod");

    /// <summary>How often they were looked at since the workload came into this state.</summary>
    public int Looks { get; set; }

    public DateTimeOffset Next { get; set; }

    public bool InFlight { get; set; }

    /// <summary>What was found, for people; empty for nothing.</summary>
    public string Found { get; set; } = "";

    /// <summary>Looks at some of the pods, if that is allowed: what it finds explains, and decides nothing.</summary>
    public static async Task<ApplyMessage> RunAsync(KubernetesClient cluster, TrackedObject tracked, PodLook look, string selector, CancellationToken cancellation)
    {
        try
        {
            await foreach (var page in cluster.ListPagesAsync(Pods, tracked.Id.Namespace, new ListOptions { LabelSelector = selector, PageSize = MostPods }, cancellation))
                return new ApplyMessage.PodsLooked(look, PodTrouble.Of(page.Items) ?? "");
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            // Asked again later; the workload's own words stand meanwhile.
        }
        return new ApplyMessage.PodsLooked(look, look.Found);
    }
}
