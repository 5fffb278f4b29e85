using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.ApiServer.Tests;

/// <summary>Steps of the recorded conversations with a real API server.</summary>
internal static class Recorded
{
    /// <summary>The recorded body of a step; skips the test when recordings are not at hand.</summary>
    public static JsonObject Body(string transcript, string step)
    {
        Assert.SkipWhen(Repository.Shared is null, "the recorded conversations are not beside this checkout");
        var text = File.ReadAllBytes(Path.Combine(Repository.Shared!, "kubernetes", "transcripts", transcript + ".json"));
        var found = JsonText.Parse(text).Array("steps")!.First(s => s.String("name") == step);
        return found.Object("response").Object("body")!;
    }

    /// <summary>Group and version of a kind in a recorded OpenAPI document.</summary>
    public static (string Group, string Version) Group(JsonObject document, string kind)
    {
        var found = document.Object("components").Object("schemas")!
            .SelectMany(s => s.Value.Array("x-kubernetes-group-version-kind") ?? [])
            .First(k => k.String("kind") == kind);
        return (found.String("group")!, found.String("version")!);
    }
}
