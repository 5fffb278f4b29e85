using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Jobs: unless told otherwise the server makes their selector.</summary>
internal sealed class JobKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    private const string ControllerUid = "batch.kubernetes.io/controller-uid";
    private const string JobName = "batch.kubernetes.io/job-name";

    private static readonly Dictionary<string, Func<JsonObject, string>> Fields = new()
    {
        ["status.successful"] = job => job.Object("status").Number("succeeded").ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => Fields;

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole;

    public override string UnknownFieldLabel(string label) => $"field label \"{label}\" not supported for Job";

    public override bool OrphansByDefault => true;

    public override string PropagationWarning =>
        "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

    public override void PrepareForCreate(JsonObject obj)
    {
        var spec = obj.ObjectOrNew("spec");
        if (!spec.IsTrue("manualSelector"))
            MakeSelector(obj.ObjectOrNew("metadata"), spec);
        // What is read back from storage is defaulted again, and a Job has the labels of its template by default.
        if (spec.Object("template").Object("metadata").Object("labels") is { Count: > 0 } labels && obj.Object("metadata").Object("labels") is not { Count: > 0 })
            obj.ObjectOrNew("metadata")["labels"] = labels.DeepClone();
    }

    public override IEnumerable<string> Warnings(JsonObject obj, JsonObject? old)
    {
        var spec = SpecOf(obj);
        if (!IsNew(obj, old))
            yield break;
        foreach (var warning in PodWarnings.OfName(obj, old))
            yield return warning;
        if (spec.Text("completionMode") == "Indexed" && spec.Number("completions") > 100_000 && spec.Number("parallelism") > 10_000)
            yield return "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
        foreach (var warning in PodWarnings.OfTemplate(FieldPath.Spec["template"], spec.Object("template")))
            yield return warning;
    }

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        GeneratedSelector(problems, obj);
        WholeSpec(problems, SpecOf(obj));
        var (metadata, spec) = (obj.Object("metadata"), SpecOf(obj));
        if (spec.Text("completionMode") == "Indexed" && spec.Number("completions") > 0)
        {
            var podName = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{metadata.Text("name")}-{spec.Number("completions") - 1}");
            var wrong = string.Join(' ', Names.DnsLabelProblems(podName));
            if (wrong.Length > 0)
                problems.Invalid(FieldPath.Metadata["name"], metadata.Text("name"), $"will not able to create pod with invalid DNS label: {podName}");
        }
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        // The strategy validates the whole and then the change, which holds the spec again.
        WholeSpec(problems, SpecOf(obj));
        var (path, spec, oldSpec) = (FieldPath.Spec, SpecOf(obj), SpecOf(old));
        Completions(problems, path["completions"], spec, oldSpec);
        problems.Unchanged(path["selector"], spec.Member("selector"), oldSpec.Member("selector"));
        Template(problems, path["template"], spec, old);
        foreach (var field in (ReadOnlySpan<string>)["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"])
            problems.Unchanged(path[field], spec.Member(field), oldSpec.Member(field));
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) => JobStatusValidation.Check(problems, obj, old);

    private static void MakeSelector(JsonObject metadata, JsonObject spec)
    {
        var (uid, name) = (metadata.Text("uid"), metadata.Text("name"));
        var labels = spec.ObjectOrNew("template").ObjectOrNew("metadata").ObjectOrNew("labels");
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)[("job-name", name), (JobName, name), ("controller-uid", uid), (ControllerUid, uid)])
        {
            if (!labels.ContainsKey(key))
                labels[key] = value;
        }
        var selected = spec.ObjectOrNew("selector").ObjectOrNew("matchLabels");
        if (!selected.ContainsKey(ControllerUid))
            selected[ControllerUid] = uid;
    }

    private static void GeneratedSelector(FieldProblems problems, JsonObject obj)
    {
        var spec = SpecOf(obj);
        if (spec.IsTrue("manualSelector") || spec.Object("selector") is not { } selector)
            return;
        var (uid, name) = (obj.Object("metadata").Text("uid"), obj.Object("metadata").Text("name"));
        if (uid.Length == 0)
            problems.Required(FieldPath.Metadata["uid"]);
        var labels = spec.Object("template").Object("metadata").Object("labels");
        var path = FieldPath.Spec["template"]["metadata"]["labels"];
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)[("controller-uid", uid), ("job-name", name), (ControllerUid, uid), (JobName, name)])
        {
            if (!labels.Has(key))
                problems.Required(path.Key(key), $"must be '{value}'");
            else if (labels.Text(key) != value)
                problems.Invalid(path.Key(key), labels, $"must be '{value}'");
        }
        var expected = new JsonObject { [ControllerUid] = uid, ["controller-uid"] = uid, ["job-name"] = name, [JobName] = name };
        if (!LabelRules.Matches(selector, expected))
            problems.Invalid(FieldPath.Spec["selector"], selector, "`selector` not auto-generated");
    }

    private static void WholeSpec(FieldProblems problems, JsonObject spec)
    {
        var path = FieldPath.Spec;
        JobSpecValidation.Check(problems, path, spec);
        var selector = spec.Object("selector");
        if (selector is null)
            problems.Required(path["selector"]);
        else
            LabelRules.Selector(problems, path["selector"], selector);
        PodTemplateValidation.Matches(problems, path["template"], spec.Object("template"), selector);
    }

    private static void Completions(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject old)
    {
        if (spec.Text("completionMode") != "Indexed")
        {
            problems.Unchanged(path, spec.Member("completions"), old.Member("completions"));
            return;
        }
        if (JsonNodeExtensions.DeepEquals(spec.Member("completions"), old.Member("completions")))
            return;
        if (!spec.Has("completions") || !spec.Has("parallelism") || spec.Number("completions") != spec.Number("parallelism"))
            problems.Invalid(path, spec.Member("completions"), "can only be modified in tandem with spec.parallelism");
    }

    private static void Template(FieldProblems problems, FieldPath path, JsonObject spec, JsonObject old)
    {
        var template = spec.Object("template");
        var expected = SpecOf(old).Object("template");
        if (SpecOf(old).IsTrue("suspend") && !StatusOf(old).Has("startTime") && template is not null && expected is not null)
        {
            // Where Pods run may change until the Job has started once.
            expected = (JsonObject)expected.DeepClone();
            expected.ObjectOrNew("metadata").CopyFrom(template.Object("metadata"), "labels");
            expected.ObjectOrNew("metadata").CopyFrom(template.Object("metadata"), "annotations");
            foreach (var field in (ReadOnlySpan<string>)["nodeSelector", "tolerations", "schedulingGates", "affinity"])
                expected.ObjectOrNew("spec").CopyFrom(template.Object("spec"), field);
        }
        problems.Unchanged(path, template, expected);
    }
}
