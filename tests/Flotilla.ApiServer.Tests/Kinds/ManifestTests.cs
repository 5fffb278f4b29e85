using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.ApiServer.Tests.Kinds;

/// <summary>Manifests that people apply, of well-known projects.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void Built_in_objects_in_manifests_have_no_problems_and_are_done_after_one_pass()
    {
        Assert.SkipWhen(Repository.Shared is null, "the manifests are not beside this checkout");
        var objects = Objects(Path.Combine(Repository.Shared!, "manifests")).ToList();
        Assert.True(objects.Count > 200, $"{objects.Count} objects");
        Assert.All(objects, item =>
        {
            List<string> unknown = [];
            var written = Written.Create(item.Object, onUnknownField: unknown.Add);
            Assert.True(written.Texts.SequenceEqual(Incomplete.GetValueOrDefault(item.Name, [])) && unknown.Count == 0, $"{item.Name}: {string.Join("; ", written.Texts)} {string.Join(", ", unknown)}");
            var again = (JsonObject)written.Object.DeepClone();
            written.Resource.Decode(again, _ => { });
            written.Resource.Rules.Default(again);
            Assert.True(JsonNodeExtensions.DeepEquals(written.Object, again), $"{item.Name}\nonce  {written.Object.ToJsonString()}\ntwice {again.ToJsonString()}");
        });
    }

    /// <summary>What some manifests leave to kustomize, which adds labels and namespaces.</summary>
    private static readonly Dictionary<string, string[]> Incomplete = new()
    {
        ["metrics-server/0.8.1/manifests/base/deployment.yaml Deployment metrics-server"] = NoSelector,
        ["metrics-server/0.9.0/manifests/base/deployment.yaml Deployment metrics-server"] = NoSelector,
        ["system-upgrade-controller/0.20.1.yaml ClusterRoleBinding system-upgrade-drainer"] = ["subjects[0].namespace: Required value"],
        ["system-upgrade-controller/0.20.1.yaml ClusterRoleBinding system-upgrade"] = ["subjects[0].namespace: Required value"],
    };

    private static string[] NoSelector => ["spec.selector: Required value", "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`"];

    private static IEnumerable<(string Name, JsonObject Object)> Objects(string folder)
    {
        var kinds = BuiltInTypes.Instance.Resources.Where(r => r.Kind != "CustomResourceDefinition").Select(r => (r.ApiVersion, r.Kind)).ToHashSet();
        foreach (var file in Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (var document in YamlReader.ReadAll(File.ReadAllBytes(file)))
            {
                if (document.Content is JsonObject obj && kinds.Contains((obj.String("apiVersion") ?? "", obj.String("kind") ?? "")))
                    yield return ($"{Path.GetRelativePath(folder, file)} {obj.String("kind")} {obj.Object("metadata").String("name")}", obj);
            }
        }
    }
}
