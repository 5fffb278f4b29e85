using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Conversion;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds.Conversion;

public sealed class StoredFormsTests
{
    [Fact]
    public void An_event_has_the_same_content_under_both_names()
    {
        var recent = Decoded("""
            {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e","namespace":"n"},"regarding":{"kind":"Pod","name":"p"},"note":"hello","reportingController":"x/y",
            "reportingInstance":"i","reason":"R","type":"Normal","action":"A","eventTime":"2026-01-02T03:04:05.000006Z","deprecatedCount":3,"deprecatedSource":{"component":"c"}}
            """);
        var stored = StoredForms.ToStorage(recent);
        Assert.Equal("v1", stored.String("apiVersion"));
        Assert.Equal("p", stored.Object("involvedObject").String("name"));
        Assert.Equal("hello", stored.String("message"));
        Assert.Equal("x/y", stored.String("reportingComponent"));
        Assert.Equal(3L, stored.Member("count").AsInt64OrNull());
        Assert.Equal("c", stored.Object("source").String("component"));
        Same(recent, StoredForms.FromStorage("events.k8s.io/v1", stored));
    }

    [Theory]
    [InlineData("""{"maxReplicas":3,"minReplicas":1,"scaleTargetRef":{"kind":"Deployment","name":"d"},"targetCPUUtilizationPercentage":50}""", """{"currentReplicas":1,"desiredReplicas":2}""")]
    [InlineData("""{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"d"},"targetCPUUtilizationPercentage":50}""", """{"currentReplicas":0,"desiredReplicas":0,"currentCPUUtilizationPercentage":40}""")]
    public void An_autoscaler_of_v1_survives_the_way_through_v2(string spec, string status)
    {
        var old = Decoded($$"""{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"h"},"spec":{{spec}},"status":{{status}}}""");
        var back = StoredForms.FromStorage("autoscaling/v1", StoredForms.ToStorage(old));
        back.Object("metadata")!.Remove("annotations");
        Same(old, back);
    }

    [Fact]
    public void What_v1_cannot_say_is_kept_in_annotations()
    {
        var recent = Decoded("""
            {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"h","annotations":{"a":"b"}},
            "spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"d"},"metrics":[
              {"type":"Pods","pods":{"metric":{"name":"hits","selector":{"matchLabels":{"x":"y"}}},"target":{"type":"AverageValue","averageValue":"10"}}},
              {"type":"Object","object":{"describedObject":{"kind":"Ingress","name":"i"},"metric":{"name":"hits"},"target":{"type":"Value","value":"5"}}},
              {"type":"External","external":{"metric":{"name":"queue"},"target":{"type":"AverageValue","averageValue":"7"}}},
              {"type":"ContainerResource","containerResource":{"name":"cpu","container":"c","target":{"type":"Utilization","averageUtilization":70}}},
              {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":60}}}],
              "behavior":{"scaleDown":{"stabilizationWindowSeconds":60,"selectPolicy":"Max","policies":[{"type":"Pods","value":1,"periodSeconds":15}]}}},
            "status":{"currentReplicas":1,"desiredReplicas":1,"currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":30,"averageValue":"100m"}}}],
              "conditions":[{"type":"AbleToScale","status":"True","lastTransitionTime":"2026-01-02T03:04:05Z"}]}}
            """);
        var old = StoredForms.FromStorage("autoscaling/v1", recent);
        Assert.Equal(60L, old.Object("spec").Member("targetCPUUtilizationPercentage").AsInt64OrNull());
        Assert.Equal(30L, old.Object("status").Member("currentCPUUtilizationPercentage").AsInt64OrNull());
        var annotations = old.Object("metadata").Object("annotations");
        Assert.Equal("b", annotations.String("a"));
        Assert.Equal("""[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":30,"currentAverageValue":"100m"}}]""", annotations.String("autoscaling.alpha.kubernetes.io/current-metrics"));
        Assert.Contains("\"StabilizationWindowSeconds\":60", annotations.String("autoscaling.alpha.kubernetes.io/behavior")!, StringComparison.Ordinal);
        Same(recent, StoredForms.ToStorage(old));
    }

    [Fact]
    public void An_annotation_that_holds_nonsense_counts_for_nothing()
    {
        var old = Decoded("""
            {"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"h","annotations":{"autoscaling.alpha.kubernetes.io/metrics":"[{\"type\":7}]"}},
            "spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"d"}}}
            """);
        Assert.Equal("""[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]""",
            StoredForms.ToStorage(old).Object("spec").Array("metrics")!.ToJsonString());
    }

    private static JsonObject Decoded(string json)
    {
        var obj = Written.Parse(json);
        Written.Find(obj).Decode(obj, _ => { });
        return obj;
    }

    private static void Same(JsonObject want, JsonObject got) => Assert.True(JsonNodeExtensions.DeepEquals(want, got), $"want {want.ToJsonString()}\ngot  {got.ToJsonString()}");
}
