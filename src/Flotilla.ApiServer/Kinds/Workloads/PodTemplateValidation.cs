using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Templates of Pods, and the selectors of those who make Pods from them.</summary>
internal static class PodTemplateValidation
{
    private const string DoesNotMatch = "`selector` does not match template `labels`";

    /// <summary>All problems of a template.</summary>
    public static void Check(FieldProblems problems, FieldPath path, JsonObject? template)
    {
        var metadata = template.Object("metadata");
        LabelRules.Labels(problems, path["labels"], metadata.Object("labels"));
        LabelRules.Annotations(problems, path["annotations"], metadata.Object("annotations"));
        PodAnnotations.Check(problems, path["annotations"], metadata.Object("annotations"), template.Object("spec"));
        PodSpecValidation.Check(problems, path["spec"], template.Object("spec") ?? []);
        if (template.Object("spec").Length("ephemeralContainers") > 0)
            problems.Forbidden(path["spec"]["ephemeralContainers"], "ephemeral containers not allowed in pod template");
    }

    /// <summary>Problems of a required selector; whether it can be evaluated.</summary>
    public static bool Selector(FieldProblems problems, FieldPath path, JsonObject? selector, string emptyProblem)
    {
        if (selector is null)
        {
            problems.Required(path);
            return true;
        }
        var before = problems.Count;
        LabelRules.Selector(problems, path, selector);
        var valid = problems.Count == before;
        if (LabelRules.IsEmpty(selector))
            problems.Invalid(path, selector, emptyProblem);
        return valid;
    }

    /// <summary>The template's Pods must be selected (an empty selector is complained of elsewhere).</summary>
    public static void Matches(FieldProblems problems, FieldPath path, JsonObject? template, JsonObject? selector)
    {
        var labels = template.Object("metadata").Object("labels");
        if (!(selector is not null && LabelRules.IsEmpty(selector)) && !LabelRules.Matches(selector, labels))
            problems.Invalid(path["metadata"]["labels"], InOrder(labels), DoesNotMatch);
    }

    /// <summary>Pods of most workloads are always restarted, and not ended after a while.</summary>
    public static void OnlyAlways(FieldProblems problems, FieldPath path, JsonObject? template, string? deadlineProblem = null)
    {
        var spec = template.Object("spec");
        problems.OneOf(path["spec"]["restartPolicy"], spec.Text("restartPolicy"), "Always");
        if (!spec.Has("activeDeadlineSeconds"))
            return;
        if (deadlineProblem is null)
            problems.Invalid(path["spec"]["activeDeadlineSeconds"], spec.Member("activeDeadlineSeconds"), "must not be specified");
        else
            problems.Forbidden(path["spec"]["activeDeadlineSeconds"], deadlineProblem);
    }

    /// <summary>Go prints maps in the order of their keys.</summary>
    private static JsonObject? InOrder(JsonObject? map) =>
        map is null ? null : new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));
}
