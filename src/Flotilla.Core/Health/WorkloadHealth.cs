using Flotilla.Api;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Health;

/// <summary>Kinds that run pods.</summary>
internal static class WorkloadHealth
{
    public static ObjectHealth Deployment(StatusView view)
    {
        var wanted = view.Wanted("replicas", 1);
        if (Unobserved(view) is { } unobserved)
            return unobserved;
        if (view.Condition("Progressing").String("reason") == "ProgressDeadlineExceeded")
        {
            return ObjectHealth.Unhealthy(
                Reasons.ProgressDeadlineExceeded, $"{Ready(view, "readyReplicas", wanted)}, and no progress within its deadline{view.Because("Available")}");
        }
        if (view.Holds("ReplicaFailure") == "True")
            return ObjectHealth.Unhealthy(Reasons.ReplicaFailure, $"pods cannot be made{view.Because("ReplicaFailure")}");
        var (updated, total, available) = (view.Count("updatedReplicas"), view.Count("replicas"), view.Count("availableReplicas"));
        if (updated < wanted)
            return NotReady($"{updated} of {wanted} replicas are of the newest version");
        if (total > updated)
            return NotReady($"{total - updated} replicas of the old version are still there");
        if (available < wanted)
            return NotReady($"{available} of {wanted} replicas available{view.Because("Available")}");
        return ObjectHealth.Healthy;
    }

    public static ObjectHealth StatefulSet(StatusView view)
    {
        var wanted = view.Wanted("replicas", 1);
        if (Unobserved(view) is { } unobserved)
            return unobserved;
        if (view.Spec.Object("updateStrategy").String("type") == "OnDelete")
            return view.Count("readyReplicas") < wanted ? NotReady(Ready(view, "readyReplicas", wanted)) : ObjectHealth.Healthy;
        if (view.Count("readyReplicas") < wanted)
            return NotReady(Ready(view, "readyReplicas", wanted));
        if (view.Count("replicas") > wanted)
            return NotReady($"{view.Count("replicas") - wanted} replicas too many are still there");
        var partition = view.Spec.Object("updateStrategy").Object("rollingUpdate").Member("partition").AsInt64OrNull() ?? 0;
        if (partition > 0)
        {
            return view.Count("updatedReplicas") < wanted - partition
                ? NotReady($"{view.Count("updatedReplicas")} of {wanted - partition} replicas beyond the partition are of the newest version")
                : ObjectHealth.Healthy;
        }
        return view.Status.String("currentRevision") != view.Status.String("updateRevision")
            ? NotReady($"{view.Count("updatedReplicas")} of {wanted} replicas are of the newest version")
            : ObjectHealth.Healthy;
    }

    public static ObjectHealth DaemonSet(StatusView view)
    {
        if (Unobserved(view) is { } unobserved)
            return unobserved;
        var wanted = view.Count("desiredNumberScheduled");
        if (view.Spec.Object("updateStrategy").String("type") != "OnDelete" && view.Count("updatedNumberScheduled") < wanted)
            return NotReady($"the newest version runs on {view.Count("updatedNumberScheduled")} of {wanted} nodes");
        if (view.Count("numberAvailable") < wanted)
            return NotReady($"available on {view.Count("numberAvailable")} of {wanted} nodes");
        return view.Count("numberReady") < wanted ? NotReady($"ready on {view.Count("numberReady")} of {wanted} nodes") : ObjectHealth.Healthy;
    }

    public static ObjectHealth ReplicaSet(StatusView view)
    {
        var wanted = view.Wanted("replicas", 1);
        if (Unobserved(view) is { } unobserved)
            return unobserved;
        if (view.Holds("ReplicaFailure") == "True")
            return ObjectHealth.Unhealthy(Reasons.ReplicaFailure, $"pods cannot be made{view.Because("ReplicaFailure")}");
        if (view.Count("availableReplicas") < wanted)
            return NotReady($"{view.Count("availableReplicas")} of {wanted} replicas available");
        return view.Count("replicas") > wanted ? NotReady($"{view.Count("replicas") - wanted} replicas too many are still there") : ObjectHealth.Healthy;
    }

    public static ObjectHealth Pod(StatusView view)
    {
        var phase = view.Status.String("phase");
        if (phase == "Succeeded" || view.Holds("Ready") == "True")
            return ObjectHealth.Healthy;
        if (phase == "Failed")
            return ObjectHealth.Unhealthy(Reasons.PodFailed, $"failed{Said(view.Status.String("reason"), view.Status.String("message"))}");
        var containers = (view.Status.Array("initContainerStatuses") ?? []).Concat(view.Status.Array("containerStatuses") ?? []);
        foreach (var container in containers)
        {
            var waiting = container.Object("state").Object("waiting");
            if (waiting.String("reason") is "CrashLoopBackOff" or "ImagePullBackOff" or "ErrImagePull" or "InvalidImageName" or "CreateContainerConfigError" or "CreateContainerError")
                return ObjectHealth.Unhealthy(Reasons.PodNotReady, $"container {container.String("name")} does not start{Said(waiting.String("reason"), waiting.String("message"))}");
        }
        if (view.Holds("PodScheduled") == "False")
            return ObjectHealth.Progressing(Reasons.PodNotReady, $"has no node yet{view.Because("PodScheduled")}");
        return ObjectHealth.Progressing(Reasons.PodNotReady, $"is not ready{view.Because("Ready")}");
    }

    public static ObjectHealth Job(StatusView view)
    {
        if (view.Holds("Failed") == "True")
            return ObjectHealth.Unhealthy(Reasons.JobFailed, $"failed{view.Because("Failed")}");
        if (view.Holds("Complete") == "True" || view.Holds("Suspended") == "True")
            return ObjectHealth.Healthy;
        var wanted = view.Wanted("completions", 1);
        return ObjectHealth.Progressing(Reasons.JobRunning, $"{view.Count("succeeded")} of {wanted} pods have finished, {view.Count("active")} run");
    }

    /// <summary>These controllers always write which generation they looked at.</summary>
    private static ObjectHealth? Unobserved(StatusView view) => view.Status is null || (view.ObservedGeneration is null && view.Generation > 0)
        ? ObjectHealth.Progressing(Reasons.NotObserved, "its controller has not looked at it yet")
        : null;

    private static ObjectHealth NotReady(string message) => ObjectHealth.Progressing(Reasons.ReplicasNotReady, message);

    private static string Ready(StatusView view, string key, long wanted) => $"{view.Count(key)} of {wanted} replicas ready";

    private static string Said(string? reason, string? message) =>
        string.Join(": ", new[] { reason, message }.Where(s => !string.IsNullOrEmpty(s))) is { Length: > 0 } said ? $" ({said})" : "";
}
