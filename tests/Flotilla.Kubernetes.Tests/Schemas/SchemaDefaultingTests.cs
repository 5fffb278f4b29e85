using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.Schemas;

public sealed class SchemaDefaultingTests
{
    private const string Properties = """
        {"n":{"type":"integer","default":3},"maybe":{"type":"string","nullable":true,"default":"d"},"plain":{"type":"string"},
         "deep":{"type":"object","default":{},"properties":{"port":{"type":"integer","default":80}}},
         "lazy":{"type":"object","properties":{"x":{"type":"integer","default":7}}},
         "list":{"type":"array","items":{"type":"object","properties":{"w":{"type":"integer","default":1}}}},
         "filled":{"type":"array","items":{"type":"string","default":"x"}},
         "map":{"type":"object","additionalProperties":{"type":"object","properties":{"w":{"type":"integer","default":1}}}}}
        """;

    [Theory]
    [InlineData("{}", """{"n":3,"maybe":"d","deep":{"port":80}}""")]
    [InlineData("""{"n":0,"maybe":"","deep":{"port":1}}""", """{"n":0,"maybe":"","deep":{"port":1}}""")]
    [InlineData("""{"n":null,"maybe":null,"deep":{}}""", """{"n":3,"maybe":null,"deep":{"port":80}}""")]
    [InlineData("""{"plain":null,"lazy":null}""", """{"n":3,"maybe":"d","deep":{"port":80}}""")]
    [InlineData("""{"lazy":{},"list":[{},null],"filled":[null],"map":{"a":{},"b":null}}""", """{"n":3,"maybe":"d","deep":{"port":80},"lazy":{"x":7},"list":[{"w":1},null],"filled":["x"],"map":{"a":{"w":1}}}""")]
    public void Absent_fields_and_forbidden_nulls_get_their_default(string value, string expected)
    {
        var schema = SchemaValidationTests.Read($$"""{"type":"object","properties":{{Properties}} }""");
        var obj = (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(value))!;
        SchemaDefaulting.Default(obj, schema);
        Assert.True(JsonNodeExtensions.DeepEquals(JsonText.Parse(Encoding.UTF8.GetBytes(expected)), obj), obj.ToJsonString());
        var again = obj.DeepClone();
        SchemaDefaulting.Default(again, schema);
        Assert.True(JsonNodeExtensions.DeepEquals(obj, again), "defaulting twice is defaulting once");
    }

    [Theory]
    [InlineData("""{"s":["a","b","a","a"]}""", "s[2]: Duplicate value: \"a\"")]
    [InlineData("""{"s":[{"x":1},{"x":1}]}""", "s[1]: Duplicate value: {\"x\":1}")]
    [InlineData("""{"m":[{"k":"a","v":1},{"k":"b"},{"k":"a","v":2}]}""", "m[2]: Duplicate value: {\"k\":\"a\"}")]
    [InlineData("""{"m":[{"v":1},{"v":2}]}""", "m[1]: Duplicate value: {}")]
    [InlineData("""{"m":[{"k":"a"},"x"]}""", "m[1]: Invalid value: \"x\": must be an object for an array of list-type map")]
    [InlineData("""{"two":[{"a":1,"b":1},{"a":1,"b":2},{"b":2,"a":1}]}""", "two[2]: Duplicate value: {\"a\":1,\"b\":2}")]
    [InlineData("""{"deep":{"k":{"s":["x","x"]}}}""", "deep[k].s[1]: Duplicate value: \"x\"")]
    public void Sets_and_keyed_lists_hold_nothing_twice(string value, string expected)
    {
        var schema = SchemaValidationTests.Read("""
            {"type":"object","properties":{
             "s":{"type":"array","x-kubernetes-list-type":"set","items":{}},
             "m":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object"}},
             "two":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["b","a"],"items":{"type":"object"}},
             "deep":{"type":"object","additionalProperties":{"type":"object","properties":{"s":{"type":"array","x-kubernetes-list-type":"set"}}}}}}
            """);
        Assert.Equal(expected, string.Join(" | ", ListTypes.Validate((JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(value))!, schema)));
    }
}
