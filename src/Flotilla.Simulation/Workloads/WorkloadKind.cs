using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Simulation.Workloads;

/// <summary>What the status of a kind says, when it is ready and when it is not.</summary>
/// <param name="Resource">Storage name of its resource.</param>
internal abstract record WorkloadKind(string Resource, string ApiVersion, string Kind)
{
    /// <summary>All kinds that something outside the API server gives a status to.</summary>
    public static IReadOnlyList<WorkloadKind> All { get; } =
    [
        new DeploymentKind(), new DaemonSetKind(), new StatefulSetKind(), new JobKind(), new ClaimKind(), new LoadBalancerKind(), new ApiServiceKind(),
    ];

    /// <summary>Whether it has a template of pods.</summary>
    public virtual bool HasPods => true;

    /// <summary>Whether its status says already that all is well with the present generation.</summary>
    public abstract bool IsReady(JsonObject workload, int nodes);

    /// <summary>The whole status.</summary>
    public abstract JsonObject Status(JsonObject workload, bool ready, int nodes, DateTimeOffset now);

    protected static long Generation(JsonObject workload) => workload.Object("metadata").Member("generation").AsInt64OrNull() ?? 0;

    protected static long Observed(JsonObject workload) => Number(workload, "observedGeneration");

    protected static long Replicas(JsonObject workload) => workload.Object("spec").Member("replicas").AsInt64OrNull() ?? 1;

    protected static long Number(JsonObject workload, string field) => workload.Object("status").Member(field).AsInt64OrNull() ?? 0;

    protected static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether a condition is True.</summary>
    protected static bool Holds(JsonObject workload, string type) => ConditionOf(workload, type).String("status") == "True";

    /// <summary>Sets a count; those of zero are left out, as on a real server.</summary>
    protected static void Count(JsonObject status, string field, long count)
    {
        if (count > 0)
            status[field] = count;
    }

    /// <summary>A condition; its time stays while its status does.</summary>
    protected static JsonObject Condition(JsonObject workload, string type, bool status, string reason, string message, DateTimeOffset now)
    {
        var value = status ? "True" : "False";
        var before = ConditionOf(workload, type);
        var time = before.String("status") == value && before.String("lastTransitionTime") is { } kept ? kept : Text(now);
        return new JsonObject { ["type"] = type, ["status"] = value, ["reason"] = reason, ["message"] = message, ["lastTransitionTime"] = time };
    }

    private static JsonObject? ConditionOf(JsonObject workload, string type) =>
        (workload.Object("status").Array("conditions") ?? []).OfType<JsonObject>().FirstOrDefault(c => c.String("type") == type);
}
