using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.ApiServer.Tests.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.CustomResources;

/// <summary>Conversations with a real server about custom resources, replayed against the rules alone: no HTTP, no storage.</summary>
public sealed class RecordedCustomResourceTests
{
    private readonly Dictionary<string, CustomResourceKind> kinds = [];
    private readonly Dictionary<string, JsonObject> objects = [];
    private int compared;

    [Theory]
    [InlineData("b10-crd-validation", 18)]
    [InlineData("b12-crd-defaults-and-pruning", 12)]
    [InlineData("b15-crd-cel", 15)]
    [InlineData("b14-crd-status-and-scale", 7)]
    public void Answers_are_those_of_a_real_server(string transcript, int atLeast)
    {
        Assert.SkipWhen(Transcripts.Folder is null, Transcripts.Missing);
        foreach (var step in Transcripts.Steps(transcript))
            Play(step);
        Assert.InRange(compared, atLeast, int.MaxValue);
    }

    private void Play(Transcripts.Step step)
    {
        if (step.Path.Contains("/customresourcedefinitions", StringComparison.Ordinal))
        {
            if (step.Answer?.String("kind") == "CustomResourceDefinition")
                Define(step.Answer);
            return;
        }
        var parts = step.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["apis", var group, var version, "namespaces", _, var plural, ..] || !kinds.TryGetValue($"{plural}.{group}/{version}", out var kind))
            return;
        var name = parts.Length > 6 ? parts[6] : null;
        var subresource = parts.Length > 7 ? parts[7] : "";
        switch (step.Method)
        {
            case "POST":
                Create(step, kind, (JsonObject)step.Body!.DeepClone());
                break;
            case "PUT" or "PATCH" when subresource is "" or "status" && step.Status is 200 or 422 && IsMergeOrPut(step):
                Update(step, kind, objects[name!], subresource == "status");
                break;
            case "GET" when subresource == "scale":
                Compare(step, kind.Scale!.Read(objects[name!]), ["spec", "status", "kind"]);
                break;
            case "PUT" or "PATCH" when subresource == "scale":
                Rescale(step, kind, objects[name!]);
                break;
            case "GET" when name is not null && step.Status == 200 && subresource == "":
                var read = (JsonObject)objects[name].DeepClone();
                kind.FromStorage(read);
                Compare(step, read, ["spec", "status"]);
                break;
        }
    }

    private void Define(JsonObject definition)
    {
        foreach (var version in CustomResourceKinds.Of(definition).Versions)
            kinds[$"{version.Resource.GroupResource}/{version.Resource.Version}"] = version;
    }

    private static bool IsMergeOrPut(Transcripts.Step step) =>
        step.Body.Object("metadata")?.ContainsKey("resourceVersion") == true || step.ContentType == "application/merge-patch+json";

    private void Create(Transcripts.Step step, CustomResourceKind kind, JsonObject body)
    {
        var unknown = new List<string>();
        Assert.Null(kind.Decode(body, unknown.Add));
        kind.Default(body);
        if (step.Status == 400)
        {
            Assert.EndsWith("strict decoding error: " + string.Join(", ", unknown.Select(u => $"unknown field \"{u}\"")), step.Answer.String("message"), StringComparison.Ordinal);
            return;
        }
        if (kind.HasStatus)
            body.Remove("status");
        if (!CompareErrors(step, [.. kind.Validate(body)]))
            return;
        Compare(step, body, ["spec", "status"]);
        objects[body.Object("metadata").String("name")!] = body;
    }

    private void Update(Transcripts.Step step, CustomResourceKind kind, JsonObject old, bool isStatus)
    {
        var updated = (JsonObject)old.DeepClone();
        Merge(updated, (JsonObject)step.Body!);
        Assert.Null(kind.Decode(updated));
        kind.Default(updated);
        foreach (var restored in isStatus ? new[] { "spec" } : kind.HasStatus ? ["status"] : [])
        {
            updated.Remove(restored);
            if (old[restored] is { } before)
                updated[restored] = before.DeepClone();
        }
        if (!CompareErrors(step, [.. isStatus ? kind.ValidateStatusUpdate(updated, old) : kind.ValidateUpdate(updated, old)]))
            return;
        Compare(step, updated, ["spec", "status"]);
        objects[old.Object("metadata").String("name")!] = updated;
    }

    private void Rescale(Transcripts.Step step, CustomResourceKind kind, JsonObject old)
    {
        var scale = kind.Scale!.ReadForUpdate(old);
        Merge(scale, (JsonObject)step.Body!);
        var updated = (JsonObject)old.DeepClone();
        kind.Scale.Write(updated, scale);
        if (!CompareErrors(step, [.. kind.ValidateUpdate(updated, old)]))
            return;
        Compare(step, kind.Scale.Read(updated), ["spec", "status", "kind"]);
        objects[old.Object("metadata").String("name")!] = updated;
    }

    private bool CompareErrors(Transcripts.Step step, IReadOnlyList<FieldError> errors)
    {
        compared++;
        var expected = step.Status == 422
            ? step.Answer.Object("details").Array("causes")!.Select(c => $"{c.String("reason")} {c.String("field")} {c.String("message")}").Order().ToList()
            : [];
        var actual = errors.Select(e => $"{e.Type.Reason()} {(e.Field.Length == 0 ? "<nil>" : e.Field)} {e.Message}").Order().ToList();
        Assert.True(expected.SequenceEqual(actual), $"{step.Name}\nexpected {string.Join("\n         ", expected)}\nactual   {string.Join("\n         ", actual)}");
        return step.Status < 400;
    }

    private static void Compare(Transcripts.Step step, JsonObject actual, string[] fields)
    {
        foreach (var field in fields)
        {
            var expected = step.Answer.Member(field);
            Assert.True(JsonNodeExtensions.DeepEquals(expected, actual[field]), $"{step.Name} {field}\nexpected {expected?.ToJsonString()}\nactual   {actual[field]?.ToJsonString()}");
        }
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
                target.Remove(key);
            else if (value is JsonObject map && target[key] is JsonObject existing)
                Merge(existing, map);
            else
                target[key] = value.DeepClone();
        }
    }
}
