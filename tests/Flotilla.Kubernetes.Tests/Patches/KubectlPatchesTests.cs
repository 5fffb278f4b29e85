using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Patches;
using Flotilla.Kubernetes.Schemas;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Patches;

/// <summary>
/// What <c>kubectl patch --local</c> makes of patches, kept in <c>kubectl-patches.json</c>: it uses the libraries of kube-apiserver.
/// </summary>
public sealed class KubectlPatchesTests
{
    private static readonly JsonObject Table = (JsonObject)JsonText.Parse(
        File.ReadAllBytes(Path.Combine(Repository.Root, "tests/Flotilla.Kubernetes.Tests/Patches/kubectl-patches.json")))!;

    public static TheoryData<string, string, string> Cases => new(Table.Array("cases")!.Select(c =>
        (c.String("type")!, c.String("object")!, c.Member("patch")!.ToJsonString())));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Give_the_result_of_kubectl(string type, string original, string patch)
    {
        var known = Table.Array("cases")!.First(c => c.String("type") == type && c.String("object") == original && c.Member("patch")!.ToJsonString() == patch);
        var before = Table.Object("objects").Object(original)!;
        var untouched = before.ToJsonString();
        JsonNode? result = null;
        var problem = Record.Exception(() => result = Apply(type, before, JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(patch))));

        if (known.String("error") is { } error)
        {
            var refused = Assert.IsType<ApiStatusException>(problem);
            if (type == "strategic")
                Assert.Equal((400, error.TrimEnd()), (refused.Status.Code, refused.Message.TrimEnd()));
            else
                Assert.Equal((422, "Invalid", "the server rejected our request due to an error in our request"), (refused.Status.Code, refused.Status.Reason, refused.Status.Message));
        }
        else
        {
            Assert.Null(problem);
            Assert.True(JsonNodeExtensions.DeepEquals(known.Member("result"), result), $"want {known.Member("result")!.ToJsonString()}\ngot  {result?.ToJsonString()}");
        }
        Assert.Equal(untouched, before.ToJsonString());
    }

    [Fact]
    public void Kubectl_still_gives_what_the_table_says()
    {
        Assert.SkipUnless(Kubectl.IsInstalled, "kubectl is not installed");
        var folder = Directory.CreateTempSubdirectory("flotilla-patches-");
        try
        {
            // One of each kind, spread over the table: every run is a process.
            foreach (var known in Table.Array("cases")!.Where((_, i) => i % 12 == 0))
            {
                var file = Path.Combine(folder.FullName, "object.json");
                File.WriteAllBytes(file, JsonText.ToUtf8(Table.Object("objects").Object(known.String("object")!)));
                var (exit, output, error) = Kubectl.Run("patch", "--local", "-f", file, "--type", known.String("type")!, "-o", "json", "-p", known.Member("patch")!.ToJsonString());
                if (exit != 0)
                    Assert.Equal(known.String("error"), error.Trim().Replace("error: ", "", StringComparison.Ordinal));
                else
                    Assert.True(JsonNodeExtensions.DeepEquals(known.Member("result"), JsonNode.Parse(output)), output);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static JsonNode? Apply(string type, JsonObject original, JsonNode? patch) => type switch
    {
        "json" => JsonPatch.Apply(original, patch),
        "merge" => MergePatch.Apply(original, patch),
        _ => StrategicMergePatch.Apply(original, (JsonObject)patch!, BuiltInTypes.Instance.Kind(original.String("apiVersion")!, original.String("kind")!)!),
    };
}
