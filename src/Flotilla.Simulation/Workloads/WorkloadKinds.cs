using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Simulation.Workloads;

internal sealed record DeploymentKind() : WorkloadKind("deployments.apps", "apps/v1", "Deployment")
{
    public override bool IsReady(JsonObject workload, int nodes) =>
        Observed(workload) == Generation(workload) && Number(workload, "availableReplicas") == Replicas(workload);

    public override JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now)
    {
        var wanted = Replicas(workload);
        var well = ready ? wanted : 0;
        var status = new JsonObject { ["observedGeneration"] = Generation(workload) };
        Count(status, "replicas", wanted);
        Count(status, "updatedReplicas", wanted);
        Count(status, "readyReplicas", well);
        Count(status, "availableReplicas", well);
        Count(status, "unavailableReplicas", wanted - well);
        status["conditions"] = new JsonArray(
            Condition(workload, "Available", ready, ready ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                ready ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", now),
            Condition(workload, "Progressing", true, ready ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                ready ? "ReplicaSet has successfully progressed." : "ReplicaSet is progressing.", now));
        return status;
    }
}

internal sealed record DaemonSetKind() : WorkloadKind("daemonsets.apps", "apps/v1", "DaemonSet")
{
    public override bool IsReady(JsonObject workload, int nodes) =>
        Observed(workload) == Generation(workload) && Number(workload, "numberAvailable") == nodes;

    public override JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now)
    {
        var status = new JsonObject
        {
            ["currentNumberScheduled"] = (long)nodes,
            ["desiredNumberScheduled"] = (long)nodes,
            ["numberMisscheduled"] = 0L,
            ["numberReady"] = ready ? nodes : 0L,
            ["observedGeneration"] = Generation(workload),
            ["updatedNumberScheduled"] = (long)nodes,
        };
        status[ready ? "numberAvailable" : "numberUnavailable"] = (long)nodes;
        return status;
    }
}

internal sealed record StatefulSetKind() : WorkloadKind("statefulsets.apps", "apps/v1", "StatefulSet")
{
    public override bool IsReady(JsonObject workload, int nodes) =>
        Observed(workload) == Generation(workload) && Number(workload, "availableReplicas") == Replicas(workload);

    public override JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now)
    {
        var (wanted, revision) = (Replicas(workload), $"{workload.Object("metadata").String("name")}-{Generation(workload)}");
        var status = new JsonObject
        {
            ["observedGeneration"] = Generation(workload),
            ["replicas"] = wanted,
            ["availableReplicas"] = ready ? wanted : 0,
            ["currentRevision"] = revision,
            ["updateRevision"] = revision,
        };
        Count(status, "readyReplicas", ready ? wanted : 0);
        Count(status, "currentReplicas", wanted);
        Count(status, "updatedReplicas", wanted);
        return status;
    }
}

internal sealed record JobKind() : WorkloadKind("jobs.batch", "batch/v1", "Job")
{
    public override bool IsReady(JsonObject workload, int nodes) => Holds(workload, "Complete");

    public override JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now)
    {
        var started = workload.Object("status").String("startTime") ?? Text(now);
        if (!ready)
            return new JsonObject { ["startTime"] = started, ["active"] = 1L, ["ready"] = 0L };
        return new JsonObject
        {
            ["startTime"] = started,
            ["completionTime"] = workload.Object("status").String("completionTime") ?? Text(now),
            ["succeeded"] = workload.Object("spec").Member("completions").AsInt64OrNull() ?? 1,
            ["conditions"] = new JsonArray(
                Condition(workload, "SuccessCriteriaMet", true, "CompletionsReached", "Reached expected number of succeeded pods", now),
                Condition(workload, "Complete", true, "CompletionsReached", "Reached expected number of succeeded pods", now)),
        };
    }
}

internal sealed record ClaimKind() : WorkloadKind("persistentvolumeclaims", "v1", "PersistentVolumeClaim")
{
    public override bool HasPods => false;

    public override bool IsReady(JsonObject workload, int nodes) => workload.Object("status").String("phase") == "Bound";

    public override JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now)
    {
        if (!ready)
            return new JsonObject { ["phase"] = "Pending" };
        var status = new JsonObject { ["phase"] = "Bound" };
        if (workload.Object("spec").Array("accessModes") is { } modes)
            status["accessModes"] = modes.DeepClone();
        if (workload.Object("spec").Object("resources").Object("requests") is { } capacity)
            status["capacity"] = capacity.DeepClone();
        return status;
    }
}

/// <summary>Services of type LoadBalancer; the status of others is left empty.</summary>
internal sealed record LoadBalancerKind() : WorkloadKind("services", "v1", "Service")
{
    public override bool HasPods => false;

    public override bool IsReady(JsonObject workload, int nodes) =>
        workload.Object("spec").String("type") != "LoadBalancer" || workload.Object("status").Object("loadBalancer").Array("ingress") is { Count: > 0 };

    public override JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now)
    {
        var balancer = new JsonObject();
        // An address of the range for documentation (RFC 5737).
        if (ready && workload.Object("spec").String("type") == "LoadBalancer")
            balancer["ingress"] = new JsonArray(new JsonObject { ["ip"] = "192.0.2.10", ["ipMode"] = "VIP" });
        return new JsonObject { ["loadBalancer"] = balancer };
    }
}

internal sealed record ApiServiceKind() : WorkloadKind("apiservices.apiregistration.k8s.io", "apiregistration.k8s.io/v1", "APIService")
{
    public override bool HasPods => false;

    public override bool IsReady(JsonObject workload, int nodes) => Holds(workload, "Available");

    public override JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now) => new()
    {
        ["conditions"] = new JsonArray(ready
            ? Condition(workload, "Available", true, "Passed", "all checks passed", now)
            : Condition(workload, "Available", false, "MissingEndpoints", "endpoints for the service have no addresses", now)),
    };
}
