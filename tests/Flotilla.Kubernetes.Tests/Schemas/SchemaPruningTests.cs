using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.Schemas;

public sealed class SchemaPruningTests
{
    [Theory]
    [InlineData("""{"a":{"type":"object"}}""", """{"a":{"x":1}}""", """{"a":{}}""", "a.x")]
    [InlineData("""{"a":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}""", """{"a":{"x":{"y":1}}}""", """{"a":{"x":{"y":1}}}""", "")]
    [InlineData("""{"a":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"p":{"type":"object"}}}}""", """{"a":{"x":1,"p":{"q":1}}}""", """{"a":{"x":1,"p":{}}}""", "a.p.q")]
    [InlineData("""{"a":{"type":"array","items":{"type":"object","properties":{"k":{"type":"string"}}}}}""", """{"a":[{"k":"1"},{"l":1}]}""", """{"a":[{"k":"1"},{}]}""", "a[1].l")]
    [InlineData("""{"a":{"type":"array","x-kubernetes-preserve-unknown-fields":true}}""", """{"a":[{"l":1}]}""", """{"a":[{"l":1}]}""", "")]
    [InlineData("""{"a":{"type":"object","additionalProperties":true}}""", """{"a":{"k":{"l":1},"m":1}}""", """{"a":{"k":{},"m":1}}""", "a.k.l")]
    [InlineData("""{"a":{"type":"object","additionalProperties":{"type":"object"}}}""", """{"a":{"k":{"l":1}}}""", """{"a":{"k":{}}}""", "a.k.l")]
    [InlineData("""{"a":{"type":"string"}}""", """{"z":1,"b":1,"a":"x"}""", """{"a":"x"}""", "b z")]
    public void What_is_not_declared_is_dropped(string properties, string value, string expected, string unknown)
    {
        var fields = new List<string>();
        var obj = Parse(value);
        SchemaPruning.Prune(obj, SchemaValidationTests.Read($$"""{"type":"object","properties":{{properties}} }"""), isRoot: true, fields.Add);
        Assert.Equal(expected, obj.ToJsonString());
        Assert.Equal(unknown, string.Join(' ', fields));
    }

    [Fact]
    public void Metadata_is_known_at_the_root_and_in_embedded_objects()
    {
        var schema = SchemaValidationTests.Read("""
            {"type":"object","properties":{"t":{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"spec":{"type":"object"}}}}}
            """);
        var obj = Parse("""
            {"apiVersion":"v1","kind":"K","metadata":{"name":"n","odd":1},"t":{"apiVersion":"v1","kind":"P","metadata":{"labels":{"a":"b"},"odd":2},"spec":{},"status":{}}}
            """);
        var fields = new List<string>();
        SchemaPruning.Prune(obj, schema, isRoot: true, fields.Add);
        Assert.Equal(["metadata.odd", "t.status", "t.metadata.odd"], fields);
        Assert.Equal("""{"apiVersion":"v1","kind":"K","metadata":{"name":"n"},"t":{"apiVersion":"v1","kind":"P","metadata":{"labels":{"a":"b"}},"spec":{}}}""", obj.ToJsonString());
    }

    [Fact]
    public void Built_in_types_keep_what_is_free_and_lose_the_rest()
    {
        var fields = new List<string>();
        var obj = Parse("""
            {"spec":{"template":{"spec":{"containers":[{"name":"a","bad":1}]}},"odd":1},"metadata":{"managedFields":[{"fieldsV1":{"f:x":{}}}],"labels":{"k":"v"}}}
            """);
        SchemaPruning.Prune(obj, BuiltInTypes.Instance.Kind("apps/v1", "Deployment")!, isRoot: true, fields.Add);
        Assert.Equal(["spec.template.spec.containers[0].bad", "spec.odd"], fields);
        Assert.Equal("""{"f:x":{}}""", obj.Object("metadata").Array("managedFields")![0].Object("fieldsV1")!.ToJsonString());
    }

    [Fact]
    public void Schemas_inside_definitions_are_looked_into()
    {
        var fields = new List<string>();
        var obj = Parse("""
            {"spec":{"versions":[{"schema":{"openAPIV3Schema":{"properties":{"a":{"items":{"odd":1,"type":"string"},"default":{"odd":1}},"b":{"additionalProperties":{"odd":1}}}}}}]}}
            """);
        SchemaPruning.Prune(obj, BuiltInTypes.Instance.Kind("apiextensions.k8s.io/v1", "CustomResourceDefinition")!, isRoot: true, fields.Add);
        const string Root = "spec.versions[0].schema.openAPIV3Schema.properties";
        Assert.Equal([$"{Root}.a.items.odd", $"{Root}.b.additionalProperties.odd"], fields);
    }

    private static JsonObject Parse(string text) => (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(text))!;
}
