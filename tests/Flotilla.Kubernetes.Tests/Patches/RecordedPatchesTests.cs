using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Patches;
using Flotilla.Kubernetes.Schemas;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Patches;

/// <summary>Each recorded PATCH, applied to the recorded object before it, must give the recorded object after it.</summary>
public sealed class RecordedPatchesTests
{
    [Theory]
    [InlineData("a19-json-patch")]
    [InlineData("a21-strategic-merge-patch")]
    [InlineData("a18-finalizers")]
    [InlineData("b20-deployment")]
    public void Give_the_recorded_result(string transcript)
    {
        Assert.SkipWhen(Repository.Shared is null, "no recordings beside this checkout");
        var file = Path.Combine(Repository.Shared, "kubernetes", "transcripts", transcript + ".json");
        var objects = new Dictionary<string, JsonObject>();
        var compared = 0;
        foreach (var step in JsonText.Parse(File.ReadAllBytes(file)).Array("steps")!)
        {
            var body = step.Object("response").Object("body");
            var name = step.String("name")!;
            if (step.String("method") == "PATCH" && objects.TryGetValue(step.String("path")!, out var before) && Apply(step, before) is { } outcome)
            {
                compared++;
                if (outcome.Error is { } error)
                    AssertError(name, body!, error);
                else if (body.String("kind") != "Status")
                    AssertIn(name, outcome.Result!, body!);
            }
            if (body.Object("metadata").String("name") is { } objectName)
            {
                var path = step.String("path")!;
                objects[path.EndsWith("/" + objectName, StringComparison.Ordinal) ? path : $"{path}/{objectName}"] = body!;
            }
        }
        Assert.True(compared > 0, "no patch was compared");
    }

    private static (JsonObject? Result, ApiStatusException? Error)? Apply(JsonNode? step, JsonObject before)
    {
        if (step.Member("body") is not { } patch || step.Member("query") is not null)
            return null;
        try
        {
            return step.String("contentType") switch
            {
                "application/json-patch+json" => ((JsonObject)JsonPatch.Apply(before, patch)!, null),
                "application/merge-patch+json" => (MergePatch.Apply(before, patch), null),
                "application/strategic-merge-patch+json" when BuiltInTypes.Instance.Kind(before.String("apiVersion")!, before.String("kind")!) is { } schema =>
                    (StrategicMergePatch.Apply(before, (JsonObject)patch, schema), null),
                _ => null,
            };
        }
        catch (ApiStatusException e)
        {
            return (null, e);
        }
    }

    private static void AssertError(string name, JsonObject recorded, ApiStatusException error)
    {
        Assert.True(recorded.String("kind") == "Status", $"{name}: {error.Message}, but it worked");
        // Malformed patches to which the server says 500 are a plain 400 here.
        if (recorded.Member("code").AsInt64OrNull() == 500)
            Assert.Equal((name, 400, error.Status.Message), (name, error.Status.Code, recorded.String("message")));
        else
            Assert.Equal((name, recorded.String("message")), (name, error.Status.ToJson().String("message")));
    }

    /// <summary>What the patch made must be in the recorded object, which may have more (defaults), but not in its lists.</summary>
    private static void AssertIn(string path, JsonNode? made, JsonNode? recorded)
    {
        switch (made)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    if (key is not ("managedFields" or "resourceVersion" or "generation" or "status"))
                        AssertIn($"{path}.{key}", value, recorded.Member(key));
                }
                break;
            case JsonArray list:
                Assert.True(list.Count == (recorded as JsonArray)?.Count, $"{path}: want {recorded?.ToJsonString()}, got {list.ToJsonString()}");
                for (var i = 0; i < list.Count; i++)
                    AssertIn($"{path}[{i}]", list[i], recorded![i]);
                break;
            default:
                Assert.True(JsonNodeExtensions.DeepEquals(made, recorded), $"{path}: want {recorded?.ToJsonString()}, got {made?.ToJsonString()}");
                break;
        }
    }
}
