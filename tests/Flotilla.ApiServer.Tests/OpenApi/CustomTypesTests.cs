using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.OpenApi;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.OpenApi;

public sealed class CustomTypesTests
{
    private const string Site = """
        {"type":"object","description":"A site.","required":["spec"],"properties":{
          "metadata":{"type":"object"},
          "spec":{"type":"object","required":["size"],"properties":{
            "size":{"type":"integer","description":"How big.","default":1},
            "port":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]},
            "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"a":{"type":"string"}}},
            "embedded":{"type":"object","x-kubernetes-embedded-resource":true,"required":["spec"],"properties":{"spec":{"type":"object"}}},
            "maybe":{"type":"string","nullable":true},
            "list":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["n"],"items":{"type":"object","properties":{"n":{"type":"string"}}}}}}}}
        """;

    [Fact]
    public void Operations_of_custom_resources_are_as_recorded()
    {
        var recorded = Recorded.Body("b09-crd-lifecycle", "openapi document");
        var (group, version) = Recorded.Group(recorded, "Widget");
        var type = new CustomType(Resource(group, version, "Widget", "widgets", []), null);
        var ours = OpenApiDocumentsTests.Parse(OpenApiDocuments.With([type]).Find($"apis/{group}/{version}")!.Body);
        Assert.Equal(recorded.Object("info")!.ToJsonString(), ours.Object("info")!.ToJsonString());
        Assert.Equal(recorded.Object("paths")!.Select(p => p.Key), ours.Object("paths")!.Select(p => p.Key));
        var expected = OpenApiDocumentsTests.Operations(recorded).OrderBy(o => o.Path + o.Method, StringComparer.Ordinal).ToList();
        var actual = OpenApiDocumentsTests.Operations(ours).OrderBy(o => o.Path + o.Method, StringComparer.Ordinal).ToList();
        Assert.Equal(expected.Count, actual.Count);
        foreach (var ((path, method, recordedOperation), (_, _, operation)) in expected.Zip(actual))
        {
            foreach (var part in (string[])["tags", "operationId", "requestBody", "responses", "x-kubernetes-action", "x-kubernetes-group-version-kind"])
                Assert.True(JsonNodeExtensions.DeepEquals(recordedOperation[part], operation[part]), $"{method} {path}: {part} is {operation[part]?.ToJsonString()}");
        }
    }

    [Fact]
    public void The_schema_is_kept_with_what_all_objects_have()
    {
        var schema = Schema(Site);
        Assert.Equal("A site.", schema.String("description"));
        Assert.Equal("""[{"group":"flotilla.dev","kind":"Site","version":"v1alpha1"}]""", schema.Array("x-kubernetes-group-version-kind")!.ToJsonString());
        Assert.Equal(["spec"], schema.Array("required")!.Select(r => r.AsStringOrNull()));
        var properties = schema.Object("properties")!;
        Assert.Equal(["apiVersion", "kind", "metadata", "spec"], properties.Select(p => p.Key));
        Assert.Equal("#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", properties.Object("metadata").Array("allOf")![0].String("$ref"));
        var declared = JsonText.Parse(Encoding.UTF8.GetBytes(Site)).Object("properties").Object("spec").Object("properties")!;
        foreach (var name in (string[])["size", "port", "free", "maybe", "list"])
            Assert.True(JsonNodeExtensions.DeepEquals(declared[name], properties.Object("spec").Object("properties")![name]), name);
    }

    [Fact]
    public void Embedded_resources_get_what_all_objects_have()
    {
        var embedded = Schema(Site).Object("properties").Object("spec").Object("properties").Object("embedded");
        Assert.Equal(["spec", "apiVersion", "kind"], embedded.Array("required")!.Select(r => r.AsStringOrNull()));
        Assert.Equal(["apiVersion", "kind", "metadata", "spec"], embedded.Object("properties")!.Select(p => p.Key));
    }

    [Fact]
    public void Swagger_leaves_out_what_it_cannot_say()
    {
        var swagger = OpenApiDocumentsTests.Parse(OpenApiDocuments.With([Type(Site)]).Swagger.Body);
        var spec = swagger.Object("definitions").Object("dev.flotilla.v1alpha1.Site").Object("properties").Object("spec").Object("properties");
        Assert.Equal("""{"x-kubernetes-int-or-string":true}""", spec.Object("port")!.ToJsonString());
        Assert.Equal("""{"type":"object","x-kubernetes-preserve-unknown-fields":true}""", spec.Object("free")!.ToJsonString());
        Assert.Equal("{}", spec.Object("maybe")!.ToJsonString());
        Assert.Contains("/apis/flotilla.dev/v1alpha1/namespaces/{namespace}/sites/{name}", swagger.Object("paths")!);
    }

    [Fact]
    public void A_list_refers_to_its_objects()
    {
        var list = Document(Type(Site)).Object("components").Object("schemas").Object("dev.flotilla.v1alpha1.SiteList");
        Assert.Equal("#/components/schemas/dev.flotilla.v1alpha1.Site", list.Object("properties").Object("items").Object("items").String("$ref"));
    }

    [Fact]
    public void A_type_without_schema_takes_anything() =>
        Assert.Equal(
            """{"type":"object","x-kubernetes-group-version-kind":[{"group":"flotilla.dev","kind":"Site","version":"v1alpha1"}]}""",
            Document(Type(null)).Object("components").Object("schemas").Object("dev.flotilla.v1alpha1.Site")!.ToJsonString());

    [Fact]
    public void Servers_with_the_same_types_share_documents()
    {
        var (one, two, other) = (OpenApiDocuments.With([Type(Site)]), OpenApiDocuments.With([Type(Site)]), OpenApiDocuments.With([Type("""{"type":"object"}""")]));
        const string path = "apis/flotilla.dev/v1alpha1";
        Assert.Same(one.Find(path), two.Find(path));
        Assert.Same(one.Swagger, two.Swagger);
        Assert.NotEqual(one.Find(path)!.Hash, other.Find(path)!.Hash);
        Assert.NotEqual(one.Index.Hash, other.Index.Hash);
        Assert.Same(OpenApiDocuments.BuiltIn.Find("apis/apps/v1"), other.Find("apis/apps/v1"));
    }

    private static JsonObject Schema(string schema) => Document(Type(schema)).Object("components").Object("schemas").Object("dev.flotilla.v1alpha1.Site")!;

    private static JsonObject Document(CustomType type) => OpenApiDocumentsTests.Parse(OpenApiDocuments.With([type]).Find("apis/flotilla.dev/v1alpha1")!.Body);

    private static CustomType Type(string? schema) => new(
        Resource("flotilla.dev", "v1alpha1", "Site", "sites", [new SubresourceType("status", "Site", null, null, ["get", "patch", "update"])]),
        schema is null ? null : (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(schema))!);

    private static ResourceType Resource(string group, string version, string kind, string plural, SubresourceType[] subresources) => new()
    {
        Group = group,
        Version = version,
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        Kind = kind,
        ListKind = kind + "List",
        Namespaced = true,
        Verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
        Subresources = subresources,
    };
}
