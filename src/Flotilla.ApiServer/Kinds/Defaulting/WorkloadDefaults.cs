using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>apps and batch, and ReplicationControllers.</summary>
internal static class WorkloadDefaults
{
    private const string RollingUpdate = "RollingUpdate";

    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.apps.v1.Deployment"] = Deployment,
        ["api.apps.v1.DaemonSet"] = DaemonSet,
        ["api.apps.v1.StatefulSet"] = StatefulSet,
        ["api.apps.v1.ReplicaSet"] = set => set.ObjectOrNew("spec").SetMissing("replicas", 1),
        ["api.core.v1.ReplicationController"] = ReplicationController,
        ["api.batch.v1.Job"] = Job,
        ["api.batch.v1.CronJob"] = CronJob,
        ["api.batch.v1.PodFailurePolicyOnPodConditionsPattern"] = pattern => pattern.SetEmpty("status", "True"),
    };

    private static void Deployment(JsonObject deployment)
    {
        var spec = deployment.ObjectOrNew("spec");
        spec.SetMissing("replicas", 1);
        var strategy = spec.ObjectOrNew("strategy");
        strategy.SetMissing("type", RollingUpdate);
        if (strategy.String("type") == RollingUpdate)
        {
            var rolling = strategy.ObjectOrNew("rollingUpdate");
            rolling.SetMissing("maxUnavailable", "25%");
            rolling.SetMissing("maxSurge", "25%");
        }
        spec.SetMissing("revisionHistoryLimit", 10);
        spec.SetMissing("progressDeadlineSeconds", 600);
    }

    private static void DaemonSet(JsonObject set)
    {
        var spec = set.ObjectOrNew("spec");
        var strategy = spec.ObjectOrNew("updateStrategy");
        strategy.SetMissing("type", RollingUpdate);
        if (strategy.String("type") == RollingUpdate)
        {
            var rolling = strategy.ObjectOrNew("rollingUpdate");
            rolling.SetMissing("maxUnavailable", 1);
            rolling.SetMissing("maxSurge", 0);
        }
        spec.SetMissing("revisionHistoryLimit", 10);
        // Kept from a field that older versions had; what creates or updates then counts.
        set.ObjectOrNew("metadata").ObjectOrNew("annotations").SetMissing("deprecated.daemonset.template.generation", "0");
    }

    private static void StatefulSet(JsonObject set)
    {
        var spec = set.ObjectOrNew("spec");
        spec.SetMissing("podManagementPolicy", "OrderedReady");
        var strategy = spec.ObjectOrNew("updateStrategy");
        if (strategy.String("type") is null)
        {
            strategy["type"] = RollingUpdate;
            strategy.ObjectOrNew("rollingUpdate");
        }
        if (strategy.String("type") == RollingUpdate)
            strategy.Object("rollingUpdate")?.SetMissing("partition", 0);
        var retention = spec.ObjectOrNew("persistentVolumeClaimRetentionPolicy");
        retention.SetMissing("whenDeleted", "Retain");
        retention.SetMissing("whenScaled", "Retain");
        spec.SetMissing("replicas", 1);
        spec.SetMissing("revisionHistoryLimit", 10);
        // Claims in a list carry their type, so that those who compare find what they wrote.
        foreach (var claim in (spec.Array("volumeClaimTemplates") ?? []).OfType<JsonObject>())
        {
            claim["apiVersion"] = "v1";
            claim["kind"] = "PersistentVolumeClaim";
        }
    }

    private static void ReplicationController(JsonObject controller)
    {
        var spec = controller.ObjectOrNew("spec");
        if (spec.Object("template").Object("metadata").Object("labels") is not { Count: > 0 } labels)
            return;
        spec.SetMissing("selector", labels.DeepClone);
        controller.ObjectOrNew("metadata").SetMissing("labels", labels.DeepClone);
    }

    private static void Job(JsonObject job)
    {
        var spec = job.ObjectOrNew("spec");
        if (!spec.ContainsKey("parallelism"))
            spec.SetMissing("completions", 1);
        spec.SetMissing("parallelism", 1);
        spec.SetMissing("backoffLimit", spec.ContainsKey("backoffLimitPerIndex") ? int.MaxValue : 6);
        if (spec.Object("template").Object("metadata").Object("labels") is { Count: > 0 } labels)
            job.ObjectOrNew("metadata").SetMissing("labels", labels.DeepClone);
        spec.SetMissing("completionMode", "NonIndexed");
        spec.SetMissing("suspend", false);
        spec.SetMissing("podReplacementPolicy", spec.ContainsKey("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        spec.SetMissing("manualSelector", false);
    }

    private static void CronJob(JsonObject job)
    {
        var spec = job.ObjectOrNew("spec");
        spec.SetMissing("concurrencyPolicy", "Allow");
        spec.SetMissing("suspend", false);
        spec.SetMissing("successfulJobsHistoryLimit", 3);
        spec.SetMissing("failedJobsHistoryLimit", 1);
    }
}
