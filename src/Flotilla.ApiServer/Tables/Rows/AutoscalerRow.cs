using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables.Rows;

/// <summary>The row of a HorizontalPodAutoscaler; v1 knows only CPU utilisation.</summary>
internal static class AutoscalerRow
{
    private const int Shown = 2;

    public static JsonNode?[] V1(JsonObject obj, DateTimeOffset now)
    {
        var metrics = CellText.None;
        if (obj.Spec().Scalar("targetCPUUtilizationPercentage") is { } target)
        {
            var current = obj.Status().Scalar("currentCPUUtilizationPercentage");
            metrics = $"cpu: {(current is null ? CellText.Unknown : current + "%")}/{target}%";
        }
        return Cells(obj, metrics, now);
    }

    public static JsonNode?[] V2(JsonObject obj, DateTimeOffset now)
    {
        var current = obj.Status().Items("currentMetrics").ToList();
        var metrics = obj.Spec().Items("metrics").Select((spec, i) => Metric(spec, i < current.Count ? current[i] : null)).ToList();
        return Cells(obj, CellText.Some(metrics, Shown, CellText.None, ", "), now);
    }

    private static JsonNode?[] Cells(JsonObject obj, string metrics, DateTimeOffset now)
    {
        var target = obj.Spec().Object("scaleTargetRef");
        return
        [
            obj.Name(), $"{target.Text("kind")}/{target.Text("name")}", metrics, obj.Spec().Scalar("minReplicas") ?? CellText.Unset,
            obj.Spec().Number("maxReplicas"), obj.Status().Number("currentReplicas"), obj.Age(now),
        ];
    }

    private static string Metric(JsonObject spec, JsonObject? status) => spec.String("type") switch
    {
        "External" => Amount(spec.Object("external"), status.Object("external")),
        "Object" => Amount(spec.Object("object"), status.Object("object")),
        "Pods" => $"{Current(status.Object("pods"), "averageValue")}/{spec.Object("pods").Object("target").Quantity("averageValue")}",
        "Resource" => Resource(spec.Object("resource"), status.Object("resource")),
        "ContainerResource" => Resource(spec.Object("containerResource"), status.Object("containerResource")),
        _ => "<unknown type>",
    };

    private static string Amount(JsonObject? spec, JsonObject? status) => spec.Object("target").Scalar("averageValue") is { } average
        ? $"{Current(status, "averageValue")}/{average} (avg)"
        : $"{Current(status, "value")}/{spec.Object("target").Quantity("value")}";

    private static string Resource(JsonObject? spec, JsonObject? status)
    {
        var target = spec.Object("target");
        if (target.Scalar("averageValue") is { } average)
            return $"{spec.Text("name")}: {Current(status, "averageValue")}/{average}";
        var current = status.Object("current").Scalar("averageUtilization") is { } used ? used + "%" : CellText.Unknown;
        return $"{spec.Text("name")}: {current}/{(target.Scalar("averageUtilization") is { } wanted ? wanted + "%" : "<auto>")}";
    }

    private static string Current(JsonObject? status, string value) => status.Object("current").Scalar(value) ?? CellText.Unknown;
}
