using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>ReplicaSets, and what Deployments have in common with them.</summary>
internal sealed class ReplicaSetKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    public static void SelectorAndTemplate(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var selector = spec.Object("selector");
        if (!PodTemplateValidation.Selector(problems, path["selector"], selector, "empty selector is invalid for deployment"))
        {
            problems.Invalid(path["selector"], selector, "invalid label selector");
            return;
        }
        var template = spec.Object("template");
        PodTemplateValidation.Matches(problems, path["template"], template, selector);
        PodTemplateValidation.Check(problems, path["template"], template);
        PodTemplateValidation.OnlyAlways(problems, path["template"], template, "activeDeadlineSeconds in ReplicaSet is not Supported");
    }

    public static void Status(FieldProblems problems, JsonObject status)
    {
        var path = FieldPath.Status;
        NumberRules.NotNegative(problems, path, status, "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "terminatingReplicas", "observedGeneration");
        NumberRules.NotMoreThan(problems, path, status, "replicas", "status.replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas");
        NumberRules.NotMoreThan(problems, path, status, "readyReplicas", "readyReplicas", "availableReplicas");
    }

    public static string Replicas(JsonObject obj) => obj.Object("status").Number("replicas").ToString(System.Globalization.CultureInfo.InvariantCulture);

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) =>
        IsNew(obj, old) ? PodWarnings.OfName(obj, old).Concat(PodWarnings.OfTemplate(FieldPath.Spec["template"], SpecOf(obj).Object("template"))) : [];

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var spec = SpecOf(obj);
        NumberRules.NotNegative(problems, FieldPath.Spec, spec, "replicas", "minReadySeconds");
        SelectorAndTemplate(problems, FieldPath.Spec, spec);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec["selector"], SpecOf(obj).Member("selector"), SpecOf(old).Member("selector"));

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) => Status(problems, StatusOf(obj));
}
