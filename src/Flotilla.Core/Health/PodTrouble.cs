using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Core.Health;

/// <summary>Says which pod of a workload is in trouble: a workload itself tells only how many are missing.</summary>
public static class PodTrouble
{
    private const int LongestMessage = 300;

    /// <summary>The query that selects the pods of a workload; null for what has none.</summary>
    public static string? Selector(JsonObject workload)
    {
        if ((workload.String("apiVersion"), workload.String("kind")) is not (("apps/v1", "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet") or ("batch/v1", "Job")))
            return null;
        try
        {
            // A selector that asks for nothing would take everybody's pods.
            var selector = LabelSelector.FromObject(workload.Object("spec").Object("selector"));
            return selector.Requirements.Count > 0 ? selector.ToString() : null;
        }
        catch (SelectorException)
        {
            return null;
        }
    }

    /// <summary>The pod that fares worst, and why; null when all are well.</summary>
    public static string? Of(IEnumerable<JsonObject> pods)
    {
        var (worst, name) = (ObjectHealth.Healthy, "");
        foreach (var pod in pods.OrderBy(p => p.Object("metadata").String("name"), StringComparer.Ordinal))
        {
            if (pod.Object("metadata").String("deletionTimestamp") is null && WorkloadHealth.Pod(new StatusView(pod)) is var health && health.State > worst.State)
                (worst, name) = (health, pod.Object("metadata").String("name") ?? "");
        }
        if (worst.IsHealthy)
            return null;
        var text = $"pod {name}: {worst.Message}";
        return text.Length > LongestMessage ? $"{text.AsSpan(0, LongestMessage)}…" : text;
    }
}
