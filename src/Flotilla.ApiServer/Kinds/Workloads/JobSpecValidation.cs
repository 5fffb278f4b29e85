using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>The spec of a Job, alone or in a CronJob, without its selector.</summary>
internal static class JobSpecValidation
{
    private const int MaxParallelismIndexed = 100_000;
    private const int MaxRules = 20;

    public static void Check(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        NumberRules.NotNegative(problems, path, spec, "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
            "backoffLimitPerIndex", "maxFailedIndexes");
        if (spec.Has("maxFailedIndexes") && !spec.Has("backoffLimitPerIndex"))
            problems.Required(path["backoffLimitPerIndex"], "when maxFailedIndexes is specified");
        if (spec.Has("managedBy"))
            ManagedBy(problems, path["managedBy"], spec.Text("managedBy"));
        Mode(problems, path, spec);
        if (spec.Object("podFailurePolicy") is { } failure)
            FailurePolicy(problems, path["podFailurePolicy"], failure, spec);
        if (spec.Object("successPolicy") is { } success)
            SuccessPolicy(problems, path, success, spec);
        if (spec.Has("podReplacementPolicy"))
        {
            var allowed = spec.Has("podFailurePolicy") ? new[] { "Failed" } : ["Failed", "TerminatingOrFailed"];
            problems.OneOf(path["podReplacementPolicy"], spec.Text("podReplacementPolicy"), allowed);
        }

        PodTemplateValidation.Check(problems, path["template"], spec.Object("template"));
        var restart = spec.Object("template").Object("spec").Text("restartPolicy");
        var at = path["template"]["spec"]["restartPolicy"];
        if (restart == "Always")
            problems.Required(at, "valid values: \"OnFailure\", \"Never\"");
        else
            problems.OneOf(at, restart, "OnFailure", "Never");
        if (spec.Has("podFailurePolicy") && restart != "Never")
            problems.Invalid(at, restart, "only \"Never\" is supported when podFailurePolicy is specified");
    }

    private static void ManagedBy(FieldProblems problems, FieldPath path, string manager)
    {
        var slash = manager.IndexOf('/', StringComparison.Ordinal);
        if (manager.Length == 0)
            problems.Required(path);
        else if (slash <= 0 || slash == manager.Length - 1)
            problems.Invalid(path, manager, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        else
            problems.Invalid(path, manager[..slash], Names.DnsSubdomainProblems(manager[..slash]));
        if (manager.Length > 63)
            problems.TooLong(path, 63);
    }

    private static void Mode(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        if (spec.Has("completionMode"))
            problems.OneOf(path["completionMode"], spec.Text("completionMode"), "Indexed", "NonIndexed");
        if (spec.Text("completionMode") == "Indexed")
        {
            if (!spec.Has("completions"))
                problems.Required(path["completions"], "when completion mode is Indexed");
            if (spec.Number("parallelism") > MaxParallelismIndexed)
                problems.Invalid(path["parallelism"], spec.Number("parallelism"), $"must be less than or equal to {MaxParallelismIndexed} when completion mode is Indexed");
            if (spec.Has("maxFailedIndexes") && spec.Number("maxFailedIndexes") > spec.Number("completions"))
                problems.Invalid(path["maxFailedIndexes"], spec.Number("maxFailedIndexes"), "must be less than or equal to completions");
            return;
        }
        foreach (var field in (ReadOnlySpan<string>)["backoffLimitPerIndex", "maxFailedIndexes"])
        {
            if (spec.Has(field))
                problems.Invalid(path[field], spec.Member(field), "requires indexed completion mode");
        }
    }

    private static void FailurePolicy(FieldProblems problems, FieldPath path, JsonObject policy, JsonObject spec)
    {
        if (policy.Length("rules") > MaxRules)
            problems.TooMany(path["rules"], policy.Length("rules"), MaxRules);
        var pod = spec.Object("template").Object("spec");
        var containers = (pod.Array("containers") ?? []).Concat(pod.Array("initContainers") ?? []).Select(container => container.Text("name")).ToHashSet(StringComparer.Ordinal);
        foreach (var (at, rule) in policy.Each("rules", path))
        {
            var action = rule.Text("action");
            problems.RequiredOneOf(at["action"], action, "Count", "FailIndex", "FailJob", "Ignore");
            if (action == "FailIndex" && !spec.Has("backoffLimitPerIndex"))
                problems.Invalid(at["action"], action, "requires the backoffLimitPerIndex to be set");
            var (codes, conditions) = (rule.Object("onExitCodes"), rule.Length("onPodConditions") > 0);
            if (codes is not null && conditions)
                problems.Invalid(at, "", "specifying both OnExitCodes and OnPodConditions is not supported");
            if (codes is null && !conditions)
                problems.Invalid(at, "", "specifying one of OnExitCodes and OnPodConditions is required");
            if (codes is not null)
                ExitCodes(problems, at["onExitCodes"], codes, containers);
            foreach (var (conditionAt, condition) in rule.Each("onPodConditions", at))
            {
                if (condition.Text("type").Length == 0)
                    problems.Required(conditionAt["type"]);
                else
                    problems.Invalid(conditionAt["type"], condition.Text("type"), Names.QualifiedNameProblems(condition.Text("type")));
                problems.RequiredOneOf(conditionAt["status"], condition.Text("status"), "False", "True", "Unknown");
            }
        }
    }

    private static void ExitCodes(FieldProblems problems, FieldPath path, JsonObject codes, HashSet<string> containers)
    {
        problems.RequiredOneOf(path["operator"], codes.Text("operator"), "In", "NotIn");
        if (codes.Has("containerName") && !containers.Contains(codes.Text("containerName")))
            problems.Invalid(path["containerName"], codes.Text("containerName"), "must be one of the container or initContainer names in the pod template");
        var values = (codes.Array("values") ?? []).Select(value => value.AsInt64OrNull() ?? 0).ToList();
        if (values.Count == 0)
            problems.Invalid(path["values"], codes.Member("values"), "at least one value is required");
        if (values.Count > 255)
            problems.TooMany(path["values"], values.Count, 255);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] == 0 && codes.Text("operator") == "In")
                problems.Invalid(path["values"][i], 0, "must not be 0 for the In operator");
            if (values.IndexOf(values[i]) < i)
                problems.Duplicate(path["values"][i], values[i]);
        }
        if (!values.SequenceEqual(values.Order()))
            problems.Invalid(path["values"], codes.Member("values"), "must be ordered");
    }

    private static void SuccessPolicy(FieldProblems problems, FieldPath path, JsonObject policy, JsonObject spec)
    {
        var at = path["successPolicy"];
        if (spec.Text("completionMode") != "Indexed")
        {
            problems.Invalid(at, policy, "requires indexed completion mode");
            return;
        }
        if (policy.Length("rules") == 0)
            problems.Required(at["rules"], "at least one rules must be specified when the successPolicy is specified");
        if (policy.Length("rules") > MaxRules)
            problems.TooMany(at["rules"], policy.Length("rules"), MaxRules);
        foreach (var (ruleAt, rule) in policy.Each("rules", at))
        {
            if (!rule.Has("succeededCount") && !rule.Has("succeededIndexes"))
                problems.Required(ruleAt, "at least one of succeededCount or succeededIndexes must be specified");
            problems.NotNegative(ruleAt["succeededCount"], rule.Member("succeededCount"));
            if (spec.Has("completions") && rule.Number("succeededCount") > spec.Number("completions"))
                problems.Invalid(ruleAt["succeededCount"], rule.Member("succeededCount"), $"must be less than or equal to {spec.Number("completions")} (the number of specified completions)");
        }
    }
}
