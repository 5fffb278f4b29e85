using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Defaulting;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Conversion;

/// <summary>HorizontalPodAutoscalers: v1 knows one metric; it keeps all else in annotations.</summary>
internal static class AutoscalerForms
{
    private const string Prefix = "autoscaling.alpha.kubernetes.io/";
    private const string Metrics = Prefix + "metrics";
    private const string CurrentMetrics = Prefix + "current-metrics";
    private const string Conditions = Prefix + "conditions";
    private const string Behavior = Prefix + "behavior";

    private static readonly string[] Annotations =
        [Metrics, CurrentMetrics, Conditions, Behavior, Prefix + "scale-down-tolerance", Prefix + "scale-up-tolerance"];

    public static JsonObject ToV2(JsonObject v1, bool readAnnotations)
    {
        var obj = (JsonObject)v1.DeepClone();
        var annotations = readAnnotations ? v1.Object("metadata").Object("annotations") : null;
        var spec = obj.ObjectOrNew("spec");
        var metrics = List(annotations, Metrics) is { } others ? AutoscalerMetrics.ToV2(others) : [];
        if (spec.Member("targetCPUUtilizationPercentage").AsInt64OrNull() is { } target)
            metrics.Add((JsonNode)AutoscalerMetrics.CpuUtilization("target", target));
        spec.Remove("targetCPUUtilizationPercentage");
        spec["metrics"] = metrics.Count > 0 ? metrics : AutoscalingDefaults.CpuMetric();
        if (Read(annotations, Behavior) is JsonObject { Count: > 0 } behavior)
            spec["behavior"] = WithFirstLetters(behavior, char.ToLowerInvariant);

        var status = obj.ObjectOrNew("status");
        if (List(annotations, CurrentMetrics) is { } current)
            status["currentMetrics"] = AutoscalerMetrics.ToV2(current);
        else if (status.Member("currentCPUUtilizationPercentage").AsInt64OrNull() is { } utilization)
            status["currentMetrics"] = new JsonArray(AutoscalerMetrics.CpuUtilization("current", utilization));
        status.Remove("currentCPUUtilizationPercentage");
        if (List(annotations, Conditions) is { } conditions)
            status["conditions"] = conditions;
        Annotate(obj, []);
        return obj;
    }

    public static JsonObject FromV2(JsonObject v2)
    {
        var obj = (JsonObject)v2.DeepClone();
        var (spec, status) = (obj.ObjectOrNew("spec"), obj.ObjectOrNew("status"));
        var kept = new List<(string, JsonNode)>();
        var metrics = (spec.Array("metrics") ?? []).OfType<JsonObject>().ToList();
        if (metrics.Find(IsCpuTarget) is { } cpu)
            spec["targetCPUUtilizationPercentage"] = cpu.Object("resource").Object("target").Number("averageUtilization");
        metrics.RemoveAll(IsCpuTarget);
        if (metrics.Count > 0)
            kept.Add((Metrics, AutoscalerMetrics.ToV1(metrics, current: false)));

        var measured = (status.Array("currentMetrics") ?? []).OfType<JsonObject>().ToList();
        if (measured.FindLast(metric => Utilization(metric, "current") is not null) is { } measuredCpu)
            status["currentCPUUtilizationPercentage"] = Utilization(measuredCpu, "current");
        if (measured.Count > 0)
            kept.Add((CurrentMetrics, AutoscalerMetrics.ToV1(measured, current: true)));
        if (spec.Object("behavior") is { } behavior)
            kept.Add((Behavior, WithFirstLetters(behavior, char.ToUpperInvariant)));
        if (status.Array("conditions") is { Count: > 0 } conditions)
            kept.Add((Conditions, conditions));
        Annotate(obj, kept);
        foreach (var (owner, field) in ((JsonObject, string)[])[(spec, "metrics"), (spec, "behavior"), (status, "currentMetrics"), (status, "conditions")])
            owner.Remove(field);
        return obj;
    }

    private static bool IsCpuTarget(JsonObject metric) => Utilization(metric, "target") is not null;

    private static long? Utilization(JsonObject metric, string field) =>
        metric.Text("type") == "Resource" && metric.Object("resource").Text("name") == "cpu"
            ? metric.Object("resource").Object(field).Member("averageUtilization").AsInt64OrNull()
            : null;

    private static void Annotate(JsonObject obj, List<(string Name, JsonNode Value)> kept)
    {
        var metadata = obj.ObjectOrNew("metadata");
        if (kept.Count == 0 && metadata.Object("annotations") is null)
            return;
        var annotations = metadata.ObjectOrNew("annotations");
        foreach (var name in Annotations)
            annotations.Remove(name);
        foreach (var (name, value) in kept)
            annotations[name] = Encoding.UTF8.GetString(JsonText.ToUtf8(value));
        if (annotations.Count == 0)
            metadata.Remove("annotations");
    }

    private static JsonArray? List(JsonObject? annotations, string name) => Read(annotations, name) as JsonArray;

    /// <summary>What an annotation holds; null when it is not there or is not JSON (then nobody can say what it meant).</summary>
    private static JsonNode? Read(JsonObject? annotations, string name)
    {
        var text = annotations.Text(name);
        if (text.Length == 0)
            return null;
        try
        {
            return JsonText.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The annotation holds Go's internal type, whose fields begin with capitals.</summary>
    private static JsonNode WithFirstLetters(JsonNode node, Func<char, char> change) => node switch
    {
        JsonObject obj => new JsonObject(obj.Select(member =>
            KeyValuePair.Create(change(member.Key[0]) + member.Key[1..], member.Value is null ? null : WithFirstLetters(member.Value, change)))),
        JsonArray list => new JsonArray([.. list.Select(item => item is null ? null : WithFirstLetters(item, change))]),
        _ => node.DeepClone(),
    };
}
