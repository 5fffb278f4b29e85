using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds.Core;

public sealed class CoreKindsTests
{
    [Fact]
    public void A_namespace_is_born_active_labelled_and_held()
    {
        var ns = Written.Create("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"},"status":{"phase":"Terminating"}}""");
        Assert.Equal("Active", ns.Object.Object("status").String("phase"));
        Assert.Equal("n", ns.Object.Object("metadata").Object("labels").String("kubernetes.io/metadata.name"));
        Assert.Equal("kubernetes", ns.Object.Object("spec").Array("finalizers")![0].AsStringOrNull());
        Assert.Empty(ns.Update("finalize", obj => obj.Object("spec")!["finalizers"] = new JsonArray()).Texts);
        Assert.Equal(["spec.finalizers[0]: Invalid value: \"x\": name is neither a standard finalizer name nor is it fully qualified"],
            ns.Update("finalize", obj => obj.Object("spec")!["finalizers"] = new JsonArray("x")).Texts);
    }

    [Fact]
    public void Texts_of_a_secret_become_data_and_its_type_stays()
    {
        var secret = Written.Create("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"eA=="},"stringData":{"a":"y","b":"z"}}""");
        Assert.Equal("""{"a":"eQ==","b":"eg=="}""", secret.Object.Object("data")!.ToJsonString());
        Assert.False(secret.Object.ContainsKey("stringData"));
        Assert.Equal("Opaque", secret.Object.String("type"));
        Assert.Contains("type: Invalid value: \"x/y\": field is immutable", secret.Update(obj => obj["type"] = "x/y").Texts);
    }

    [Theory]
    [InlineData("Secret")]
    [InlineData("ConfigMap")]
    public void What_is_immutable_stays_immutable(string kind)
    {
        var fixedOne = Written.Create($$"""{"apiVersion":"v1","kind":"{{kind}}","metadata":{"name":"c"},"data":{"a":"eA=="},"immutable":true}""");
        Assert.Equal(["data: Forbidden: field is immutable when `immutable` is set"], fixedOne.Update(obj => obj["data"] = new JsonObject { ["a"] = "eQ==" }).Texts);
        Assert.Equal(["immutable: Forbidden: field is immutable when `immutable` is set"], fixedOne.Update(obj => obj["immutable"] = false).Texts);
        Assert.Empty(fixedOne.Update(obj => obj.Object("metadata")!["labels"] = new JsonObject { ["a"] = "b" }).Texts);
    }

    [Theory]
    [InlineData("kubernetes.io/tls", """{"tls.crt":"eA=="}""", "data[tls.key]: Required value")]
    [InlineData("kubernetes.io/dockerconfigjson", """{".dockerconfigjson":"eA=="}""",
        "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid character 'x' looking for beginning of value")]
    public void Known_types_of_secrets_must_hold_what_they_are_for(string type, string data, string problem) =>
        Assert.Equal([problem], Written.Create($$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"type":"{{type}}","data":{{data}}}""").Texts);

    [Theory]
    [InlineData("""{"podCIDR":"10.1.0.0/24"}""")]
    [InlineData("""{"podCIDRs":["10.1.0.0/24"]}""")]
    public void A_node_has_its_range_in_both_fields(string spec)
    {
        var node = Written.Create($$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"spec":{{spec}}}""").Object.Object("spec");
        Assert.Equal("10.1.0.0/24", node.String("podCIDR"));
        Assert.Equal("""["10.1.0.0/24"]""", node.Array("podCIDRs")!.ToJsonString());
    }

    [Fact]
    public void A_node_brings_its_status_when_it_registers() =>
        Assert.Equal("v1.36.2", Written.Create("""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"status":{"nodeInfo":{"kubeletVersion":"v1.36.2"}}}""")
            .Object.Object("status").Object("nodeInfo").String("kubeletVersion"));
}
