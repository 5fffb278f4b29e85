using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Conversion;

/// <summary>Metrics of autoscalers, between what autoscaling/v1 keeps in annotations (flat) and autoscaling/v2 (nested).</summary>
internal static class AutoscalerMetrics
{
    /// <summary>How often each Pod's share of CPU is used: a metric (<c>target</c>) or what was measured (<c>current</c>).</summary>
    public static JsonObject CpuUtilization(string field, long percent)
    {
        var value = new JsonObject { ["averageUtilization"] = percent };
        if (field == "target")
            value["type"] = "Utilization";
        return new JsonObject { ["type"] = "Resource", ["resource"] = new JsonObject { ["name"] = "cpu", [field] = value } };
    }

    public static JsonArray ToV2(JsonArray v1) => [.. v1.OfType<JsonObject>().Select(ToV2)];

    /// <param name="v2">The metrics.</param>
    /// <param name="current">Whether they are measured rather than wanted.</param>
    public static JsonArray ToV1(IEnumerable<JsonObject> v2, bool current) => [.. v2.Select(metric => ToV1(metric, current))];

    /// <summary>The field that holds a metric of some type: <c>ContainerResource</c> is in <c>containerResource</c>.</summary>
    private static string FieldOf(string type) => type.Length == 0 ? type : char.ToLowerInvariant(type[0]) + type[1..];

    private static JsonObject ToV2(JsonObject metric)
    {
        var type = metric.Text("type");
        if (metric.Object(FieldOf(type)) is not { } flat)
            return (JsonObject)metric.DeepClone();
        var nested = new JsonObject();
        var isTarget = !flat.Any(member => member.Key.StartsWith("current", StringComparison.Ordinal));
        if (type is "Resource" or "ContainerResource")
        {
            Copy(flat, "name", nested, "name");
            Copy(flat, "container", nested, "container");
        }
        else
        {
            var identity = new JsonObject();
            Copy(flat, "metricName", identity, "name");
            Copy(flat, type == "External" ? "metricSelector" : "selector", identity, "selector");
            nested["metric"] = identity;
        }
        if (type == "Object")
            Copy(flat, "target", nested, "describedObject");

        var values = new JsonObject();
        var prefix = isTarget ? "target" : "current";
        Copy(flat, prefix + "Value", values, "value");
        Copy(flat, prefix + "AverageValue", values, "averageValue");
        Copy(flat, prefix + "AverageUtilization", values, "averageUtilization");
        Copy(flat, "averageValue", values, "averageValue");
        if (isTarget)
            values["type"] = TargetType(type, values);
        nested[isTarget ? "target" : "current"] = values;
        return new JsonObject { ["type"] = type, [FieldOf(type)] = nested };
    }

    private static string TargetType(string type, JsonObject values) => type switch
    {
        "Resource" or "ContainerResource" => values.Has("averageUtilization") ? "Utilization" : "AverageValue",
        "External" => values.Has("value") ? "Value" : "AverageValue",
        "Object" => values.Has("averageValue") ? "AverageValue" : "Value",
        _ => "AverageValue",
    };

    private static JsonObject ToV1(JsonObject metric, bool current)
    {
        var type = metric.Text("type");
        var nested = metric.Object(FieldOf(type));
        var values = nested.Object(current ? "current" : "target");
        var prefix = current ? "current" : "target";
        var flat = new JsonObject();
        if (type == "Object")
            Copy(nested, "describedObject", flat, "target");
        Copy(nested, "name", flat, "name");
        Copy(nested.Object("metric"), "name", flat, "metricName");
        Copy(values, "averageUtilization", flat, prefix + "AverageUtilization");
        Copy(values, "value", flat, prefix + "Value");
        Copy(values, "averageValue", flat, type == "Object" ? "averageValue" : prefix + "AverageValue");
        Copy(nested, "container", flat, "container");
        Copy(nested.Object("metric"), "selector", flat, type == "External" ? "metricSelector" : "selector");
        if (Always(type, current) is { } always && !flat.ContainsKey(always))
            flat[always] = "0";
        return new JsonObject { ["type"] = type, [FieldOf(type)] = flat };
    }

    /// <summary>The amount that v1 always writes.</summary>
    private static string? Always(string type, bool current) => (type, current) switch
    {
        ("Object", _) => current ? "currentValue" : "targetValue",
        ("Pods", false) => "targetAverageValue",
        ("External", true) => "currentValue",
        (_, true) => "currentAverageValue",
        _ => null,
    };

    private static void Copy(JsonNode? from, string field, JsonObject to, string name)
    {
        if (from.Member(field) is { } value)
            to[name] = value.DeepClone();
    }
}
