using System.Text.Json.Nodes;
using Flotilla.ApiServer.OpenApi;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.OpenApi;

public sealed class OpenApiDocumentsTests
{
    public static TheoryData<string> Versions => [.. Parse(OpenApiDocuments.BuiltIn.Index.Body).Object("paths")!.Select(p => p.Key)];

    [Fact]
    public void The_index_names_every_version_with_its_hash()
    {
        var paths = Parse(OpenApiDocuments.BuiltIn.Index.Body).Object("paths")!;
        var versions = BuiltInTypes.Instance.Resources.Select(Path).Distinct();
        Assert.Equal(versions.Order(StringComparer.Ordinal), paths.Select(p => p.Key));
        Assert.Equal($"/openapi/v3/apis/apps/v1?hash={OpenApiDocuments.BuiltIn.Find("apis/apps/v1")!.Hash}", paths.Object("apis/apps/v1").String("serverRelativeURL"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_version_brings_all_types_that_it_refers_to(string path)
    {
        var document = Parse(OpenApiDocuments.BuiltIn.Find(path)!.Body);
        var schemas = document.Object("components").Object("schemas")!;
        var missing = References(document).Select(r => r["#/components/schemas/".Length..]).Where(name => !schemas.ContainsKey(name));
        Assert.Empty(missing.Distinct());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Whoever_can_be_patched_takes_the_parameters_that_kubectl_looks_for(string path)
    {
        var patches = Operations(Parse(OpenApiDocuments.BuiltIn.Find(path)!.Body)).Where(o => o.Method == "patch" && o.Body.String("x-kubernetes-action") == "patch").ToList();
        Assert.All(patches, patch => Assert.Superset(
            new HashSet<string?> { "dryRun", "fieldManager", "fieldValidation", "force" }, patch.Body.Array("parameters")!.Select(p => p.String("name")).ToHashSet()));
        var patchable = BuiltInTypes.Instance.Resources
            .Where(r => path == Path(r) && r.Verbs.Contains("patch")).Select(r => r.Kind).Distinct();
        Assert.Superset(patchable.ToHashSet(), patches.Select(p => p.Body.Object("x-kubernetes-group-version-kind").String("kind")!).ToHashSet());
    }

    [Fact]
    public void Merge_keys_and_strategies_are_kept()
    {
        var schemas = Parse(OpenApiDocuments.BuiltIn.Find("apis/apps/v1")!.Body).Object("components").Object("schemas");
        var containers = schemas.Object("io.k8s.api.core.v1.PodSpec").Object("properties").Object("containers");
        Assert.Equal(("name", "merge"), (containers.String("x-kubernetes-patch-merge-key"), containers.String("x-kubernetes-patch-strategy")));
        Assert.Equal("#/components/schemas/io.k8s.api.core.v1.Container", containers.Object("items").String("$ref"));
        var strategy = schemas.Object("io.k8s.api.apps.v1.DeploymentSpec").Object("properties").Object("strategy");
        Assert.Equal("retainKeys", strategy.String("x-kubernetes-patch-strategy"));
        Assert.Equal("#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy", strategy.Array("allOf")![0].String("$ref"));
    }

    [Fact]
    public void Swagger_holds_everything_with_unique_names()
    {
        var swagger = Parse(OpenApiDocuments.BuiltIn.Swagger.Body);
        var definitions = swagger.Object("definitions")!;
        Assert.All(References(swagger), reference => Assert.True(definitions.ContainsKey(reference["#/definitions/".Length..]), reference));
        var ids = Operations(swagger).Select(o => o.Body.String("operationId")!).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Superset(
            new HashSet<string> { "listCoreV1NamespacedPod", "listCoreV1PodForAllNamespaces", "readCoreV1Node", "replaceAppsV1NamespacedDeploymentScale", "createRbacAuthorizationV1ClusterRole", "deleteBatchV1CollectionNamespacedJob", "connectCoreV1PostNamespacedPodExec" },
            ids.ToHashSet());
    }

    [Fact]
    public void Swagger_knows_quantities_and_ports_as_strings()
    {
        var definitions = Parse(OpenApiDocuments.BuiltIn.Swagger.Body).Object("definitions");
        Assert.Equal("""{"type":"string"}""", definitions.Object("io.k8s.apimachinery.pkg.api.resource.Quantity")!.ToJsonString());
        Assert.Equal("""{"type":"string","format":"int-or-string"}""", definitions.Object("io.k8s.apimachinery.pkg.util.intstr.IntOrString")!.ToJsonString());
        Assert.Equal("""{"$ref":"#/definitions/io.k8s.api.core.v1.PodSpec"}""", definitions.Object("io.k8s.api.core.v1.Pod").Object("properties").Object("spec")!.ToJsonString());
    }

    internal static JsonObject Parse(ReadOnlyMemory<byte> document) => (JsonObject)JsonText.Parse(document.Span)!;

    internal static IEnumerable<(string Path, string Method, JsonObject Body)> Operations(JsonObject document)
    {
        foreach (var (path, item) in document.Object("paths")!)
        {
            foreach (var (method, operation) in (JsonObject)item!)
            {
                if (operation is JsonObject body)
                    yield return (path, method, body);
            }
        }
    }

    private static string Path(ResourceType resource) => resource.Group.Length == 0 ? $"api/{resource.Version}" : $"apis/{resource.ApiVersion}";

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => m.Key == "$ref" && m.Value.AsStringOrNull() is { } reference ? [reference] : References(m.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
