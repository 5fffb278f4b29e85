using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>DaemonSets. Changes of the template are counted in an annotation, a leftover of old API versions.</summary>
internal sealed class DaemonSetKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    private const string TemplateGeneration = "deprecated.daemonset.template.generation";

    public override void PrepareForCreate(JsonObject obj)
    {
        var annotations = obj.ObjectOrNew("metadata").ObjectOrNew("annotations");
        if (!long.TryParse(annotations.Text(TemplateGeneration), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var counted) || counted < 1)
            annotations[TemplateGeneration] = "1";
    }

    public override void PrepareForUpdate(JsonObject obj, JsonObject old)
    {
        _ = long.TryParse(old.Object("metadata").Object("annotations").Text(TemplateGeneration), NumberStyles.None, CultureInfo.InvariantCulture, out var counted);
        if (!JsonNodeExtensions.DeepEquals(SpecOf(obj).Member("template"), SpecOf(old).Member("template")))
            counted++;
        obj.ObjectOrNew("metadata").ObjectOrNew("annotations")[TemplateGeneration] = counted.ToString(CultureInfo.InvariantCulture);
    }

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old) =>
        IsNew(obj, old) ? PodWarnings.OfTemplate(FieldPath.Spec["template"], SpecOf(obj).Object("template")) : [];

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var (selector, template) = (spec.Object("selector"), spec.Object("template"));
        LabelRules.Selector(problems, path["selector"], selector);
        PodTemplateValidation.Matches(problems, path["template"], template, selector);
        if (selector is not null && LabelRules.IsEmpty(selector))
            problems.Invalid(path["selector"], selector, "empty selector is invalid for daemonset");
        PodTemplateValidation.Check(problems, path["template"], template);
        PodTemplateValidation.OnlyAlways(problems, path["template"], template, "activeDeadlineSeconds in DaemonSet is not Supported");
        NumberRules.NotNegative(problems, path, spec, "minReadySeconds");
        Strategy(problems, path["updateStrategy"], spec.Object("updateStrategy") ?? []);
        NumberRules.NotNegative(problems, path, spec, "revisionHistoryLimit");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) =>
        problems.Unchanged(FieldPath.Spec["selector"], SpecOf(obj).Member("selector"), SpecOf(old).Member("selector"));

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        NumberRules.NotNegative(problems, FieldPath.Status, StatusOf(obj), "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
            "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable", "collisionCount");
        NumberRules.NotDecremented(problems, FieldPath.Status, StatusOf(obj), StatusOf(old), "collisionCount");
    }

    private static void Strategy(FieldProblems problems, FieldPath path, JsonObject strategy)
    {
        if (strategy.Text("type") != "RollingUpdate")
        {
            if (strategy.Text("type") != "OnDelete")
                problems.NotSupported(path, strategy.DeepClone(), ["RollingUpdate", "OnDelete"]);
            return;
        }
        var at = path["rollingUpdate"];
        var rolling = strategy.Object("rollingUpdate");
        foreach (var field in (ReadOnlySpan<string>)["maxUnavailable", "maxSurge"])
        {
            NumberRules.CountOrPercent(problems, at[field], rolling.Member(field));
            NumberRules.AtMostAll(problems, at[field], rolling.Member(field));
        }
        var (unavailable, surge) = (NumberRules.Value(rolling.Member("maxUnavailable")) != 0, NumberRules.Value(rolling.Member("maxSurge")) != 0);
        if (unavailable && surge)
            problems.Invalid(at["maxSurge"], rolling.Member("maxSurge"), "may not be set when maxUnavailable is non-zero");
        if (!unavailable && !surge)
            problems.Required(at["maxUnavailable"], "cannot be 0 when maxSurge is 0");
    }
}
