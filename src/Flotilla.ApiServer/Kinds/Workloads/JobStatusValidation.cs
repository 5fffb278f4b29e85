using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>The status of a Job: counts, and an end that stays one.</summary>
internal static class JobStatusValidation
{
    public static void Check(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        var (path, status, oldStatus) = (FieldPath.Status, obj.Object("status") ?? [], old.Object("status") ?? []);
        NumberRules.NotNegative(problems, path, status, "active", "succeeded", "failed", "ready", "terminating");
        if (status.Has("ready") && status.Number("ready") > status.Number("active"))
            problems.Invalid(path["ready"], status.Member("ready"), "more ready than active pods");

        var (complete, failed) = (IsTrue(status, "Complete"), IsTrue(status, "Failed"));
        if (complete && failed)
            problems.Invalid(path["conditions"], status.Member("conditions"), "cannot set Complete=True and Failed=true conditions");
        foreach (var (type, lasts) in (ReadOnlySpan<(string, bool)>)[("Complete", complete), ("Failed", failed)])
        {
            if (IsTrue(oldStatus, type) && !lasts)
                problems.Invalid(path["conditions"], status.Member("conditions"), $"cannot disable the terminal {type}=True condition");
        }
        if (status.Has("completionTime") && !complete)
            problems.Invalid(path["completionTime"], status.Member("completionTime"), "cannot set completionTime when there is no Complete=True condition");
        if (complete && !status.Has("completionTime"))
            problems.Required(path["completionTime"], "completionTime is required for Complete jobs");
        if ((complete || failed) && status.Number("active") > 0)
            problems.Invalid(path["active"], status.Member("active"), "active>0 is invalid for finished job");
        if (status.Has("completionTime") && status.Has("startTime") && string.CompareOrdinal(status.Text("completionTime"), status.Text("startTime")) < 0)
            problems.Invalid(path["completionTime"], status.Member("completionTime"), "completionTime cannot be set before startTime");
        if (oldStatus.Has("startTime") && !status.Has("startTime") && !obj.Object("spec").IsTrue("suspend"))
            problems.Required(path["startTime"], "startTime cannot be removed for unsuspended job");
    }

    private static bool IsTrue(JsonObject status, string type) =>
        (status.Array("conditions") ?? []).Any(condition => condition.Text("type") == type && condition.Text("status") == "True");
}
