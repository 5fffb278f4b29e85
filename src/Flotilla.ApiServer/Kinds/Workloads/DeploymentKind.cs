using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Deployments.</summary>
internal sealed class DeploymentKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    // Annotations count too: the rollback command and some old clients change nothing else.
    public override bool ChangesGeneration(JsonObject obj, JsonObject old) =>
        base.ChangesGeneration(obj, old) || !JsonNodeExtensions.DeepEquals(obj.Object("metadata").Object("annotations"), old.Object("metadata").Object("annotations"));

    public override void PrepareForStatusUpdate(JsonObject obj, JsonObject old)
    {
        base.PrepareForStatusUpdate(obj, old);
        KeepLabels(obj, old);
    }

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) =>
        IsNew(obj, old) ? PodWarnings.OfName(obj, old).Concat(PodWarnings.OfTemplate(FieldPath.Spec["template"], SpecOf(obj).Object("template"))) : [];

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var path = FieldPath.Spec;
        var spec = SpecOf(obj);
        problems.NotNegative(path["replicas"], spec.Member("replicas"));
        ReplicaSetKind.SelectorAndTemplate(problems, path, spec);
        Strategy(problems, path["strategy"], spec.Object("strategy") ?? []);
        NumberRules.NotNegative(problems, path, spec, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds");
        if (spec.Has("progressDeadlineSeconds") && spec.Number("progressDeadlineSeconds") <= spec.Number("minReadySeconds"))
            problems.Invalid(path["progressDeadlineSeconds"], spec.Number("progressDeadlineSeconds"), "must be greater than minReadySeconds");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec["selector"], SpecOf(obj).Member("selector"), SpecOf(old).Member("selector"));

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        var (path, status) = (FieldPath.Status, StatusOf(obj));
        NumberRules.NotNegative(problems, path, status, "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
            "unavailableReplicas", "terminatingReplicas", "collisionCount");
        NumberRules.NotMoreThan(problems, path, status, "replicas", "status.replicas", "updatedReplicas", "readyReplicas", "availableReplicas");
        NumberRules.NotMoreThan(problems, path, status, "readyReplicas", "readyReplicas", "availableReplicas");
        NumberRules.NotDecremented(problems, path, status, StatusOf(old), "collisionCount");
    }

    private static void Strategy(FieldProblems problems, FieldPath path, JsonObject strategy)
    {
        var rolling = strategy.Object("rollingUpdate");
        var at = path["rollingUpdate"];
        switch (strategy.Text("type"))
        {
            case "Recreate":
                if (rolling is not null)
                    problems.Forbidden(at, "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "RollingUpdate":
                NumberRules.CountOrPercent(problems, at["maxUnavailable"], rolling.Member("maxUnavailable"));
                NumberRules.CountOrPercent(problems, at["maxSurge"], rolling.Member("maxSurge"));
                if (NumberRules.Value(rolling.Member("maxUnavailable")) == 0 && NumberRules.Value(rolling.Member("maxSurge")) == 0)
                    problems.Invalid(at["maxUnavailable"], rolling.Member("maxUnavailable"), "may not be 0 when `maxSurge` is 0");
                NumberRules.AtMostAll(problems, at["maxUnavailable"], rolling.Member("maxUnavailable"));
                break;
            case var other:
                problems.NotSupported(path["type"], other, ["Recreate", "RollingUpdate"]);
                break;
        }
    }
}
