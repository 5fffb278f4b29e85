using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Autoscaling;

/// <summary>HorizontalPodAutoscalers, stored as v2.</summary>
internal sealed class AutoscalerKind() : BuiltInKind(KindTraits.Status)
{
    private const int LongestPeriod = 1800;
    private const int LongestWindow = 3600;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var (min, max) = (spec.Member("minReplicas").AsInt64OrNull(), spec.Number("maxReplicas"));
        if (min < 1)
            problems.Invalid(path["minReplicas"], min, "must be greater than or equal to 1");
        if (max < 1)
            problems.Invalid(path["maxReplicas"], max, "must be greater than 0");
        if (max < min)
            problems.Invalid(path["maxReplicas"], max, "must be greater than or equal to `minReplicas`");
        MetricValidation.Reference(problems, path["scaleTargetRef"], spec.Object("scaleTargetRef"));
        foreach (var (at, metric) in spec.Each("metrics", path))
            MetricValidation.Check(problems, at, (JsonObject)metric!);
        if (min == 0 && !(spec.Array("metrics") ?? []).Any(metric => metric.Text("type") is "Object" or "External"))
            problems.Forbidden(path["metrics"], "must specify at least one Object or External metric to support scaling to zero replicas");
        foreach (var direction in (ReadOnlySpan<string>)["scaleUp", "scaleDown"])
        {
            if (spec.Object("behavior").Object(direction) is { } rules)
                Rules(problems, path["behavior"][direction], rules);
        }
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) =>
        NumberRules.NotNegative(problems, FieldPath.Status, StatusOf(obj), "currentReplicas", "desiredReplicas");

    private static void Rules(FieldProblems problems, FieldPath path, JsonObject rules)
    {
        var window = rules.Member("stabilizationWindowSeconds").AsInt64OrNull();
        if (window < 0)
            problems.Invalid(path["stabilizationWindowSeconds"], window, "must be greater than or equal to zero");
        if (window > LongestWindow)
            problems.Invalid(path["stabilizationWindowSeconds"], window, $"must be less than or equal to {LongestWindow}");
        if (rules.Has("selectPolicy"))
            problems.OneOf(path["selectPolicy"], rules.Text("selectPolicy"), "Disabled", "Max", "Min");
        if (rules.Length("policies") == 0)
            problems.Required(path["policies"], "must specify at least one Policy");
        foreach (var (at, policy) in rules.Each("policies", path))
        {
            problems.OneOf(at["type"], policy.Text("type"), "Percent", "Pods");
            if (policy.Number("value") <= 0)
                problems.Invalid(at["value"], policy.Number("value"), "must be greater than zero");
            if (policy.Number("periodSeconds") <= 0)
                problems.Invalid(at["periodSeconds"], policy.Number("periodSeconds"), "must be greater than zero");
            if (policy.Number("periodSeconds") > LongestPeriod)
                problems.Invalid(at["periodSeconds"], policy.Number("periodSeconds"), $"must be less than or equal to {LongestPeriod}");
        }
        if (rules.Has("tolerance") && rules.Member("tolerance").Amount().IsNegative)
            problems.Invalid(path["tolerance"], rules.Member("tolerance"), FieldProblems.Negative);
    }
}
