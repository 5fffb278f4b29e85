using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>StatefulSets. kube-apiserver does not look into their Pods' spec (volumes come from claims that do not exist yet).</summary>
internal sealed class StatefulSetKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status, Names.DnsLabelProblems)
{
    private static readonly string[] Mutable =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        if (!IsNew(obj, old))
            yield break;
        if (SpecOf(obj).Number("revisionHistoryLimit") < 0)
            yield return "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended";
        foreach (var warning in PodWarnings.OfTemplate(FieldPath.Spec["template"], SpecOf(obj).Object("template")))
            yield return warning;
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        if (spec.Text("podManagementPolicy") is not ("OrderedReady" or "Parallel"))
            problems.Invalid(path["podManagementPolicy"], spec.Text("podManagementPolicy"), "must be 'OrderedReady' or 'Parallel'");
        Strategy(problems, path["updateStrategy"], spec.Object("updateStrategy") ?? []);
        foreach (var field in (ReadOnlySpan<string>)["whenDeleted", "whenScaled"])
            problems.OneOf(path["persistentVolumeClaimRetentionPolicy"][field], spec.Object("persistentVolumeClaimRetentionPolicy").Text(field), "Delete", "Retain");
        NumberRules.NotNegative(problems, path, spec, "replicas", "minReadySeconds");
        problems.NotNegative(path["ordinals"]["start"], spec.Object("ordinals").Member("start"));

        var (selector, template) = (spec.Object("selector"), spec.Object("template"));
        if (PodTemplateValidation.Selector(problems, path["selector"], selector, "empty selector is invalid for statefulset"))
            Template(problems, path["template"], template, selector);
        else
            problems.Invalid(path["selector"], selector, "");
        PodTemplateValidation.OnlyAlways(problems, path["template"], template, "activeDeadlineSeconds in StatefulSet is not Supported");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        if (!EqualBesides(SpecOf(obj), SpecOf(old), Mutable))
            problems.Forbidden(FieldPath.Spec, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
                "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        var (path, status) = (FieldPath.Status, StatusOf(obj));
        NumberRules.NotNegative(problems, path, status, "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "observedGeneration", "collisionCount");
        NumberRules.NotMoreThan(problems, path, status, "replicas", "status.replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas");
        NumberRules.NotMoreThan(problems, path, status, "readyReplicas", "status.readyReplicas", "availableReplicas");
        NumberRules.NotDecremented(problems, path, status, StatusOf(old), "collisionCount");
    }

    private static void Template(FieldProblems problems, FieldPath path, JsonObject? template, JsonObject? selector)
    {
        var metadata = template.Object("metadata");
        PodTemplateValidation.Matches(problems, path, template, selector);
        LabelRules.Labels(problems, path["labels"], metadata.Object("labels"));
        LabelRules.Annotations(problems, path["annotations"], metadata.Object("annotations"));
        PodAnnotations.Check(problems, path["annotations"], metadata.Object("annotations"), template.Object("spec"));
    }

    private static void Strategy(FieldProblems problems, FieldPath path, JsonObject strategy)
    {
        var rolling = strategy.Object("rollingUpdate");
        switch (strategy.Text("type"))
        {
            case "":
                problems.Required(path);
                break;
            case "OnDelete":
                if (rolling is not null)
                    problems.Invalid(path["rollingUpdate"], rolling, "only allowed for updateStrategy 'RollingUpdate'");
                break;
            case "RollingUpdate":
                problems.NotNegative(path["rollingUpdate"]["partition"], rolling.Member("partition"));
                if (rolling.Has("maxUnavailable"))
                {
                    var at = path["rollingUpdate"]["maxUnavailable"];
                    NumberRules.CountOrPercent(problems, at, rolling.Member("maxUnavailable"));
                    if (NumberRules.Value(rolling.Member("maxUnavailable")) == 0)
                        problems.Invalid(at, rolling.Member("maxUnavailable"), "cannot be 0");
                    NumberRules.AtMostAll(problems, at, rolling.Member("maxUnavailable"));
                }
                break;
            default:
                problems.Invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }
}
