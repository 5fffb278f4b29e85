using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Kinds;

/// <summary>New objects of built-in kinds, against what a real server made of them.</summary>
public sealed partial class RecordedCreatesTests
{
    // What the cluster chooses: identity, time, owners of fields, addresses, the requester, defaults that admission fills.
    private static readonly string[] Metadata = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "name", "generateName", "finalizers"];
    private static readonly string[] Chosen =
    [
        "clusterIP", "clusterIPs", "nodePort", "username", "uid", "groups", "extra", "controller-uid", "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name", "job-name", "tolerations", "priority", "enableServiceLinks", "storageClassName", "serviceAccountName", "serviceAccount",
        "kubernetes.io/metadata.name", "lastPhaseTransitionTime", "healthCheckNodePort", "preemptionPolicy",
    ];

    [Fact]
    public void What_is_stored_is_what_a_real_server_stores()
    {
        Assert.SkipWhen(Transcripts.Folder is null, Transcripts.Missing);
        var creates = Creates().Where(step => step.Status == 201 && step.Answer.String("kind") == step.Body.String("kind")).ToList();
        Assert.True(creates.Count > 100, $"{creates.Count} creates");
        Assert.All(creates, step =>
        {
            var written = Written.Create((JsonObject)step.Body!, Namespace(step.Path));
            Assert.Empty(written.Texts);
            var (want, got) = (Comparable(step.Answer!), Comparable(written.Object));
            Assert.True(JsonNodeExtensions.DeepEquals(want, got), $"{step.Name}\nwant {want.ToJsonString()}\ngot  {got.ToJsonString()}");
        });
    }

    [Fact]
    public void What_is_wrong_is_what_a_real_server_finds_wrong()
    {
        Assert.SkipWhen(Transcripts.Folder is null, Transcripts.Missing);
        // Not those about the request's options, or about what another step's answer was.
        var refused = Creates().Where(step => step.Status == 422 && step.Answer.Object("details").String("kind") == step.Body.String("kind")
            && !step.Body!.ToJsonString().Contains("${", StringComparison.Ordinal)).ToList();
        Assert.True(refused.Count > 10, $"{refused.Count} refused");
        Assert.All(refused, step =>
        {
            var written = Written.Create((JsonObject)step.Body!, Namespace(step.Path));
            var want = step.Answer.Object("details").Array("causes")!.Select(cause => $"{cause.String("field")}: {cause.String("message")}");
            Assert.Equal(Sorted(want), Sorted(written.Texts));
        });
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> texts) => texts.Select(text => Uid().Replace(text, "UID")).Order(StringComparer.Ordinal);

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uid();

    private static IEnumerable<Transcripts.Step> Creates()
    {
        var resources = BuiltInTypes.Instance.Resources.ToDictionary(r => (r.ApiVersion, r.Kind));
        foreach (var step in Transcripts.Steps().Where(step => step is { Method: "POST", Body: JsonObject } && !step.Path.Contains('?', StringComparison.Ordinal)))
        {
            if (resources.GetValueOrDefault((step.Body.String("apiVersion") ?? "", step.Body.String("kind") ?? "")) is { } resource
                && resource.Verbs.Contains("get") && resource.Kind != "CustomResourceDefinition" && step.Path.EndsWith("/" + resource.Plural, StringComparison.Ordinal))
                yield return step;
        }
    }

    private static string Namespace(string path) => path.Split('/') is var parts && Array.IndexOf(parts, "namespaces") is >= 0 and var at && at + 2 < parts.Length ? parts[at + 1] : "";

    private static JsonObject Comparable(JsonObject obj)
    {
        var copy = (JsonObject)obj.DeepClone();
        foreach (var field in Metadata)
            copy.Object("metadata")?.Remove(field);
        Forget(copy);
        return copy;
    }

    private static void Forget(JsonNode? node)
    {
        if (node is JsonObject obj)
        {
            foreach (var field in Chosen)
                obj.Remove(field);
            foreach (var (_, child) in obj)
                Forget(child);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
                Forget(item);
        }
    }
}
