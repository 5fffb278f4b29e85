using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Api.Tests.Definitions;

/// <summary>The definitions as an API server takes them.</summary>
public sealed class CustomResourceDefinitionsTests(ApiWithOurKinds api) : IClassFixture<ApiWithOurKinds>
{
    [Fact]
    public async Task The_server_takes_all_definitions_without_a_warning()
    {
        Assert.Equal(4, api.Definitions.Count);
        foreach (var answer in api.Definitions)
        {
            Assert.True(answer.Code == 201, answer.Body.ToJsonString());
            Assert.Empty(answer.Warnings);
            var name = answer.Body.Object("metadata").String("name");
            var now = await api.SendAsync("GET", $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
            var conditions = now.Body.Object("status").Array("conditions")!.OfType<JsonObject>().ToDictionary(c => c.String("type")!, c => c.String("status"));
            Assert.Equal("True", conditions["NamesAccepted"]);
            Assert.Equal("True", conditions["Established"]);
            Assert.DoesNotContain("NonStructuralSchema", conditions.Keys);
        }
    }

    [Fact]
    public void Every_field_says_what_it_is()
    {
        foreach (var kind in CustomResourceDefinitions.Kinds)
            AssertDescribed(kind.Name, CustomResourceDefinitions.SchemaOf(kind), isRoot: true);
    }

    private static void AssertDescribed(string path, JsonObject schema, bool isRoot = false)
    {
        foreach (var (name, property) in schema.Object("properties") ?? [])
        {
            if (isRoot && name is "apiVersion" or "kind" or "metadata")
                continue;
            Assert.True(!string.IsNullOrEmpty(property.String("description")), $"{path}.{name} has no description");
            AssertDescribed($"{path}.{name}", (JsonObject)property!);
        }
        if (schema.Object("items") is { } items)
            AssertDescribed($"{path}[]", items);
    }
}
