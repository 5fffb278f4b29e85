using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>Rows of what makes Pods.</summary>
internal static class WorkloadRows
{
    public static JsonNode?[] PodTemplate(JsonObject obj, DateTimeOffset now)
    {
        var template = obj.Object("template");
        return [obj.Name(), Containers(template), Images(template), CellText.Labels(template.Object("metadata").Object("labels"))];
    }

    public static JsonNode?[] ReplicationController(JsonObject obj, DateTimeOffset now) =>
        [.. Replicas(obj, now), CellText.Labels(obj.Spec().Object("selector"))];

    public static JsonNode?[] ReplicaSet(JsonObject obj, DateTimeOffset now) =>
        [.. Replicas(obj, now), CellText.Selector(obj.Spec().Object("selector"))];

    public static JsonNode?[] Deployment(JsonObject obj, DateTimeOffset now)
    {
        var (spec, status) = (obj.Spec(), obj.Status());
        var template = spec.Object("template");
        return
        [
            obj.Name(), $"{status.Number("readyReplicas")}/{spec.Number("replicas")}", status.Number("updatedReplicas"), status.Number("availableReplicas"),
            obj.Age(now), Containers(template), Images(template), CellText.Selector(spec.Object("selector"), empty: ""),
        ];
    }

    public static JsonNode?[] StatefulSet(JsonObject obj, DateTimeOffset now)
    {
        var template = obj.Spec().Object("template");
        return [obj.Name(), $"{obj.Status().Number("readyReplicas")}/{obj.Spec().Number("replicas")}", obj.Age(now), Containers(template), Images(template)];
    }

    public static JsonNode?[] DaemonSet(JsonObject obj, DateTimeOffset now)
    {
        var status = obj.Status();
        var template = obj.Spec().Object("template");
        return
        [
            obj.Name(), status.Number("desiredNumberScheduled"), status.Number("currentNumberScheduled"), status.Number("numberReady"),
            status.Number("updatedNumberScheduled"), status.Number("numberAvailable"), CellText.Labels(template.Object("spec").Object("nodeSelector")),
            obj.Age(now), Containers(template), Images(template), CellText.Selector(obj.Spec().Object("selector")),
        ];
    }

    public static JsonNode?[] Job(JsonObject obj, DateTimeOffset now)
    {
        var (spec, status) = (obj.Spec(), obj.Status());
        var template = spec.Object("template");
        return
        [
            obj.Name(), JobStatus(obj), Completions(spec, status), Duration(status, now), obj.Age(now),
            Containers(template), Images(template), CellText.Selector(spec.Object("selector")),
        ];
    }

    public static JsonNode?[] CronJob(JsonObject obj, DateTimeOffset now)
    {
        var (spec, status) = (obj.Spec(), obj.Status());
        var job = spec.Object("jobTemplate").Object("spec");
        var template = job.Object("template");
        var suspended = spec.Member("suspend").AsBoolOrNull() switch { true => "True", false => "False", null => CellText.Unset };
        var last = status.Member("lastScheduleTime") is null ? CellText.None : status.Since("lastScheduleTime", now);
        return
        [
            obj.Name(), spec.Text("schedule"), spec.Text("timeZone", CellText.None), suspended, status.Count("active"), last, obj.Age(now),
            Containers(template), Images(template), CellText.Selector(job.Object("selector")),
        ];
    }

    public static JsonNode?[] PodDisruptionBudget(JsonObject obj, DateTimeOffset now) =>
    [
        obj.Name(), obj.Spec().Scalar("minAvailable") ?? "N/A", obj.Spec().Scalar("maxUnavailable") ?? "N/A",
        obj.Status().Number("disruptionsAllowed"), obj.Age(now),
    ];

    public static JsonNode?[] ControllerRevision(JsonObject obj, DateTimeOffset now)
    {
        var owner = obj.Object("metadata").Items("ownerReferences").FirstOrDefault(r => r.Flag("controller"));
        return [obj.Name(), owner is null ? CellText.None : Owner(owner), obj.Number("revision"), obj.Age(now)];
    }

    private static string Owner(JsonObject reference)
    {
        var apiVersion = reference.Text("apiVersion");
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var kind = slash < 0 ? reference.Text("kind") : $"{reference.Text("kind")}.{apiVersion[..slash]}";
        return $"{kind.ToLowerInvariant()}/{reference.Text("name")}";
    }

    private static JsonNode?[] Replicas(JsonObject obj, DateTimeOffset now)
    {
        var template = obj.Spec().Object("template");
        return
        [
            obj.Name(), obj.Spec().Number("replicas"), obj.Status().Number("replicas"), obj.Status().Number("readyReplicas"), obj.Age(now),
            Containers(template), Images(template),
        ];
    }

    private static string JobStatus(JsonObject job)
    {
        var status = job.Status();
        if (status.IsTrue("Complete"))
            return "Complete";
        if (status.IsTrue("Failed"))
            return "Failed";
        if (job.IsBeingDeleted())
            return "Terminating";
        foreach (var type in (ReadOnlySpan<string>)["Suspended", "FailureTarget", "SuccessCriteriaMet"])
        {
            if (status.IsTrue(type))
                return type;
        }
        return "Running";
    }

    private static string Completions(JsonObject? spec, JsonObject? status)
    {
        var succeeded = status.Number("succeeded");
        if (spec.Member("completions").AsInt64OrNull() is { } wanted)
            return $"{succeeded}/{wanted}";
        return spec.Number("parallelism") is > 1 and var workers ? $"{succeeded}/1 of {workers}" : $"{succeeded}/1";
    }

    private static string Duration(JsonObject? status, DateTimeOffset now) =>
        status.Time("startTime") is { } start ? HumanDuration.Format((status.Time("completionTime") ?? now) - start) : "";

    private static string Containers(JsonObject? template) => string.Join(",", template.Object("spec").Items("containers").Select(c => c.Text("name")));

    private static string Images(JsonObject? template) => string.Join(",", template.Object("spec").Items("containers").Select(c => c.Text("image")));
}
