using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>CronJobs.</summary>
internal sealed class CronJobKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    private const int LongestName = 52;

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        foreach (var warning in PodWarnings.OfName(obj, old))
            yield return warning;
        if (IsNew(obj, old))
        {
            foreach (var warning in PodWarnings.OfTemplate(FieldPath.Spec["jobTemplate"]["spec"]["template"], SpecOf(obj).Object("jobTemplate").Object("spec").Object("template")))
                yield return warning;
        }
        if (SpecOf(obj).Text("schedule").Contains("TZ", StringComparison.Ordinal))
            yield return "CRON_TZ or TZ used in schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details";
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var schedule = spec.Text("schedule");
        if (schedule.Length == 0)
            problems.Required(path["schedule"]);
        else
            Schedule(problems, path["schedule"], schedule, spec.Has("timeZone"));
        problems.NotNegative(path["startingDeadlineSeconds"], spec.Member("startingDeadlineSeconds"));
        if (spec.Has("timeZone"))
            TimeZone(problems, path["timeZone"], spec.Text("timeZone"));
        problems.RequiredOneOf(path["concurrencyPolicy"], spec.Text("concurrencyPolicy"), "Allow", "Forbid", "Replace");

        var (at, job) = (path["jobTemplate"]["spec"], spec.Object("jobTemplate").Object("spec") ?? []);
        JobSpecValidation.Check(problems, at, job);
        if (job.Has("selector"))
            problems.Invalid(at["selector"], job.Member("selector"), "`selector` will be auto-generated");
        if (job.IsTrue("manualSelector"))
            problems.NotSupported(at["manualSelector"], true, ["nil", "false"]);
        NumberRules.NotNegative(problems, path, spec, "successfulJobsHistoryLimit", "failedJobsHistoryLimit");
    }

    protected override void CheckCreate(FieldProblems problems, JsonObject obj)
    {
        // Jobs get a suffix of 11 characters.
        if (obj.Object("metadata").Text("name") is { Length: > LongestName } name)
            problems.Invalid(FieldPath.Metadata["name"], name, $"must be no more than {LongestName} characters");
    }

    private static void Schedule(FieldProblems problems, FieldPath path, string schedule, bool hasZone)
    {
        if (CronSchedule.Problem(schedule) is { } problem)
            problems.Invalid(path, schedule, problem);
        if (!schedule.Contains("TZ", StringComparison.Ordinal))
            return;
        problems.Invalid(path, schedule, hasZone
            ? "cannot use both timeZone field and TZ or CRON_TZ in schedule"
            : "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    }

    private static void TimeZone(FieldProblems problems, FieldPath path, string zone)
    {
        if (zone.Length == 0)
            problems.Invalid(path, zone, "timeZone must be nil or non-empty string");
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
            problems.Invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        else if (!CronSchedule.IsTimeZone(zone))
            problems.Invalid(path, zone, $"unknown time zone {zone}");
    }
}
