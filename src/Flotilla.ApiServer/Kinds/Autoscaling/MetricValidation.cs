using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Autoscaling;

/// <summary>What an autoscaler measures.</summary>
internal static class MetricValidation
{
    private const string RawOrUtilization = "must set either a target raw value or a target utilization";

    private static readonly string[] Types = ["ContainerResource", "External", "Object", "Pods", "Resource"];
    private static readonly string[] Sources = ["object", "external", "pods", "resource", "containerResource"];

    public static void Reference(FieldProblems problems, FieldPath path, JsonObject? reference)
    {
        foreach (var field in (ReadOnlySpan<string>)["kind", "name"])
        {
            if (reference.Text(field).Length == 0)
                problems.Required(path[field]);
            else
                problems.Invalid(path[field], reference.Text(field), Names.PathSegmentProblems(reference.Text(field)));
        }
        var version = reference.Text("apiVersion");
        if (version.Count('/') > 1)
            problems.Invalid(path["apiVersion"], version, $"unexpected GroupVersion string: {version}");
    }

    public static void Check(FieldProblems problems, FieldPath path, JsonObject metric)
    {
        var type = metric.Text("type");
        if (type.Length == 0)
            problems.Required(path["type"], "must specify a metric source type");
        if (!Types.Contains(type))
        {
            problems.NotSupported(path["type"], type, Types);
            problems.NotSupported(path["type"], type, Types);
        }
        var present = Sources.Where(metric.ContainsKey).ToList();
        if (present.Count > 0)
            Source(problems, path[present[0]], present[0], metric.Object(present[0]) ?? []);
        var expected = type.Length > 0 ? char.ToLowerInvariant(type[0]) + type[1..] : "";
        if (Sources.Contains(expected) && !present.Contains(expected))
            problems.Required(path[expected], "must populate information for the given metric source");
        if (present.Count == 1)
            return;
        foreach (var other in present.Where(source => source != expected))
            problems.Forbidden(path[other], "must populate the given metric source only");
    }

    private static void Source(FieldProblems problems, FieldPath path, string kind, JsonObject source)
    {
        var target = source.Object("target");
        var (value, average, utilization) = (target.Has("value"), target.Has("averageValue"), target.Has("averageUtilization"));
        if (kind == "object")
            Reference(problems, path["describedObject"], source.Object("describedObject"));
        if (kind is "object" or "external" or "pods")
            Identifier(problems, path["metric"]["name"], source.Object("metric").Text("name"));
        if (kind is "resource" or "containerResource" && source.Text("name").Length == 0)
            problems.Required(path["name"], "must specify a resource name");
        if (kind == "containerResource" && source.Text("container").Length == 0)
            problems.Required(path["container"], "must specify a container");
        else if (kind == "containerResource")
            problems.Invalid(path["container"], source.Text("container"), Names.DnsLabelProblems(source.Text("container")));
        Target(problems, path["target"], target);
        switch (kind)
        {
            case "object" when !value && !average:
                problems.Required(path["target"]["averageValue"], "must set either a target value or averageValue");
                break;
            case "external" when !value && !average:
                problems.Required(path["target"]["averageValue"], "must set either a target value for metric or a per-pod target");
                break;
            case "external" when value && average:
                problems.Forbidden(path["target"]["value"], "may not set both a target value for metric and a per-pod target");
                break;
            case "pods" when !average:
                problems.Required(path["target"]["averageValue"], "must specify a positive target averageValue");
                break;
            case "resource" or "containerResource" when !utilization && !average:
                problems.Required(path["target"]["averageUtilization"], RawOrUtilization);
                break;
            case "resource" or "containerResource" when utilization && average:
                problems.Forbidden(path["target"]["averageValue"], "may not set both a target raw value and a target utilization");
                break;
        }
    }

    private static void Identifier(FieldProblems problems, FieldPath path, string name)
    {
        if (name.Length == 0)
            problems.Required(path, "must specify a metric name");
        else
            problems.Invalid(path, name, Names.PathSegmentProblems(name));
    }

    private static void Target(FieldProblems problems, FieldPath path, JsonObject? target)
    {
        if (target.Text("type").Length == 0)
            problems.Required(path["type"], "must specify a metric target type");
        if (target.Text("type") is not ("Utilization" or "Value" or "AverageValue"))
            problems.Invalid(path["type"], target.Text("type"), "must be either Utilization, Value, or AverageValue");
        foreach (var field in (ReadOnlySpan<string>)["value", "averageValue"])
        {
            if (target.Has(field) && target.Member(field).Amount() is { IsZero: true } or { IsNegative: true })
                problems.Invalid(path[field], target.Member(field), "must be positive");
        }
        if (target.Member("averageUtilization").AsInt64OrNull() < 1)
            problems.Invalid(path["averageUtilization"], target.Member("averageUtilization"), "must be greater than 0");
    }
}
