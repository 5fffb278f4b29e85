using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Policy;

/// <summary>PodDisruptionBudgets.</summary>
internal sealed class DisruptionBudgetKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status | KindTraits.ConditionalUpdate)
{
    public override MetadataChecks MetadataChecksOnCreate => MetadataChecks.None;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.None;

    public override MetadataChecks MetadataChecksOnStatusUpdate => MetadataChecks.None;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        if (spec.Has("minAvailable") && spec.Has("maxUnavailable"))
            problems.Invalid(path, spec, "minAvailable and maxUnavailable cannot be both set");
        foreach (var field in (ReadOnlySpan<string>)["minAvailable", "maxUnavailable"])
        {
            NumberRules.CountOrPercent(problems, path[field], spec.Member(field));
            NumberRules.AtMostAll(problems, path[field], spec.Member(field));
        }
        LabelRules.Selector(problems, path["selector"], spec.Object("selector"));
        if (spec.Has("unhealthyPodEvictionPolicy"))
            problems.OneOf(path["unhealthyPodEvictionPolicy"], spec.Text("unhealthyPodEvictionPolicy"), "AlwaysAllow", "IfHealthyBudget");
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        foreach (var (at, condition) in StatusOf(obj).Each("conditions", FieldPath.Status))
            problems.OneOf(at["status"], condition.Text("status"), "False", "True", "Unknown");
        NumberRules.NotNegative(problems, FieldPath.Status, StatusOf(obj), "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods");
    }
}
