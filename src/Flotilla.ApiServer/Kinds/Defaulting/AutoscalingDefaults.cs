using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Defaulting;

/// <summary>Horizontal autoscalers.</summary>
internal static class AutoscalingDefaults
{
    public static readonly Dictionary<string, Action<JsonObject>> Rules = new()
    {
        ["api.autoscaling.v1.HorizontalPodAutoscaler"] = autoscaler => autoscaler.ObjectOrNew("spec").SetMissing("minReplicas", 1),
        ["api.autoscaling.v2.HorizontalPodAutoscaler"] = Autoscaler,
    };

    /// <summary>What is measured when nothing else was said: 80 % of the CPU that Pods ask for.</summary>
    public static JsonArray CpuMetric() =>
    [
        new JsonObject
        {
            ["type"] = "Resource",
            ["resource"] = new JsonObject
            {
                ["name"] = "cpu",
                ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80L },
            },
        },
    ];

    private static void Autoscaler(JsonObject autoscaler)
    {
        var spec = autoscaler.ObjectOrNew("spec");
        spec.SetMissing("minReplicas", 1);
        spec.SetMissing("metrics", CpuMetric);
        if (spec.Object("behavior") is not { } behavior)
            return;
        var up = behavior.ObjectOrNew("scaleUp");
        up.SetMissing("stabilizationWindowSeconds", 0);
        Policies(up, Policy("Pods", 4), Policy("Percent", 100));
        Policies(behavior.ObjectOrNew("scaleDown"), Policy("Percent", 100));
    }

    private static void Policies(JsonObject rules, params JsonNode[] policies)
    {
        rules.SetMissing("selectPolicy", "Max");
        rules.SetMissing("policies", () => new JsonArray(policies));
    }

    private static JsonObject Policy(string type, long value) => new() { ["type"] = type, ["value"] = value, ["periodSeconds"] = 15L };
}
