using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>
/// Events, stored in their core form. The core API takes nearly anything (<paramref name="strict"/> is false);
/// events.k8s.io wants the new fields and lets only the series change.
/// </summary>
internal sealed class EventKind(bool strict) : BuiltInKind(KindTraits.CreateOnUpdate)
{
    private const int LongText = 128;
    private const int LongNote = 1024;

    private static readonly Dictionary<string, Func<JsonObject, string>> CoreFields = new()
    {
        ["involvedObject.kind"] = e => About(e).Text("kind"),
        ["involvedObject.namespace"] = e => About(e).Text("namespace"),
        ["involvedObject.name"] = e => About(e).Text("name"),
        ["involvedObject.uid"] = e => About(e).Text("uid"),
        ["involvedObject.apiVersion"] = e => About(e).Text("apiVersion"),
        ["involvedObject.resourceVersion"] = e => About(e).Text("resourceVersion"),
        ["involvedObject.fieldPath"] = e => About(e).Text("fieldPath"),
        ["reason"] = e => e.Text("reason"),
        ["reportingComponent"] = Reporter,
        ["source"] = Source,
        ["type"] = e => e.Text("type"),
    };

    private static readonly Dictionary<string, Func<JsonObject, string>> NewFields = CoreFields.Where(field => field.Key != "source").ToDictionary(
        field => field.Key == "reportingComponent" ? "reportingController" : field.Key.Replace("involvedObject.", "regarding.", StringComparison.Ordinal),
        field => field.Value);

    public override IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields => strict ? NewFields : CoreFields;

    public override MetadataChecks MetadataChecksOnCreate => strict ? MetadataChecks.Whole : MetadataChecks.None;

    public override MetadataChecks MetadataChecksOnUpdate => strict ? MetadataChecks.Change : MetadataChecks.None;

    public override string? GroupInErrors => "";

    public override string UnknownFieldLabel(string label) => $"field label not supported: {label}";

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var controllerField = strict ? "reportingController" : "reportingComponent";
        var (ns, about) = (obj.Object("metadata").Text("namespace"), obj.Object("involvedObject").Text("namespace"));
        var aboutPath = FieldPath.Of("involvedObject")["namespace"];
        if (!obj.Has("eventTime"))
        {
            if (about.Length == 0 ? ns is not ("" or "default") : ns != about)
                problems.Invalid(aboutPath, about, "does not match event.namespace");
        }
        else
        {
            if (about.Length == 0 && ns is not ("default" or "kube-system"))
                problems.Invalid(aboutPath, about, "does not match event.namespace");
            var controller = obj.Text("reportingComponent");
            if (controller.Length == 0)
                problems.Required(FieldPath.Of(controllerField));
            problems.Invalid(FieldPath.Of(controllerField), controller, Names.QualifiedNameProblems(controller));
            foreach (var field in (ReadOnlySpan<string>)["reportingInstance", "action", "reason"])
            {
                if (obj.Text(field).Length == 0)
                    problems.Required(FieldPath.Of(field));
                if (obj.Text(field).Length > LongText)
                    problems.Invalid(FieldPath.Of(field), "", $"can have at most {LongText} characters");
            }
            if (obj.Text("message").Length > LongNote)
                problems.Invalid(FieldPath.Of("message"), "", $"can have at most {LongNote} characters");
        }
        problems.Invalid(FieldPath.Of("namespace"), ns, Names.DnsSubdomainProblems(ns));
    }

    protected override void CheckCreate(FieldProblems problems, JsonObject obj)
    {
        if (!strict)
            return;
        Series(problems, obj);
        if (!obj.Has("eventTime"))
            problems.Required(FieldPath.Of("eventTime"));
        if (obj.Text("type") is not ("Normal" or "Warning"))
            problems.Invalid(FieldPath.Of("type"), "", $"has invalid value: {obj.Text("type")}");
        foreach (var field in (ReadOnlySpan<string>)["firstTimestamp", "lastTimestamp", "count"])
        {
            if (obj.Has(field))
                problems.Invalid(FieldPath.Of(field), "", "needs to be unset");
        }
        if (obj.Object("source") is { Count: > 0 })
            problems.Invalid(FieldPath.Of("source"), "", "needs to be unset");
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        if (!strict)
            return;
        if (!JsonNodeExtensions.DeepEquals(obj.Member("series"), old.Member("series")))
            Series(problems, obj);
        foreach (var field in (ReadOnlySpan<string>)
            ["involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason", "type", "eventTime", "action", "related"])
            problems.Unchanged(FieldPath.Of(field), obj.Member(field), old.Member(field));
        problems.Unchanged(FieldPath.Of("reportingController"), obj.Member("reportingComponent"), old.Member("reportingComponent"));
        problems.Unchanged(FieldPath.Of("reportingInstance"), obj.Member("reportingInstance"), old.Member("reportingInstance"));
    }

    private static void Series(FieldProblems problems, JsonObject obj)
    {
        if (obj.Object("series") is not { } series)
            return;
        if (series.Number("count") < 2)
            problems.Invalid(FieldPath.Of("series")["count"], "", "should be at least 2");
        if (!series.Has("lastObservedTime"))
            problems.Required(FieldPath.Of("series")["lastObservedTime"]);
    }

    private static string Source(JsonObject e) => e.Object("source").Text("component") is { Length: > 0 } component ? component : Reporter(e);

    private static JsonObject? About(JsonObject e) => e.Object("involvedObject") ?? e.Object("regarding");

    private static string Reporter(JsonObject e) => e.Text("reportingComponent") is { Length: > 0 } component ? component : e.Text("reportingController");
}
