using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Patches;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.Patches;

public sealed class PatchLimitsTests
{
    private static readonly JsonObject Empty = [];

    [Theory]
    [InlineData("""{"op":"add"}""", "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")]
    [InlineData("\"text\"", "error decoding patch: json: cannot unmarshal string into Go value of type []handlers.jsonPatchOp")]
    [InlineData("[7]", "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp")]
    [InlineData("""[{"op":true}]""", "error decoding patch: json: cannot unmarshal bool into Go struct field jsonPatchOp.op of type string")]
    [InlineData("""[{"op":"add","path":["a"]}]""", "error decoding patch: json: cannot unmarshal array into Go struct field jsonPatchOp.path of type string")]
    public void A_json_patch_of_another_form_is_a_bad_request(string patch, string message) =>
        Assert.Equal((400, message), Refused(() => JsonPatch.Apply(Empty, Read(patch))));

    [Theory]
    [InlineData("null", "Invalid JSON Patch")]
    [InlineData("[]", "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("1", "error decoding patch: json: cannot unmarshal number into Go value of type map[string]interface {}")]
    public void A_merge_patch_of_another_form_is_a_bad_request(string patch, string message) =>
        Assert.Equal((400, message), Refused(() => MergePatch.Apply(Empty, Read(patch))));

    [Fact]
    public void Null_is_a_json_patch_that_does_nothing() => Assert.Empty((JsonObject)JsonPatch.Apply(Empty, null)!);

    [Fact]
    public void Ten_thousand_operations_are_allowed_and_no_more()
    {
        var patch = new JsonArray();
        for (var i = 0; i < JsonPatch.MaxOperations; i++)
            patch.Add((JsonNode)new JsonObject { ["op"] = "add", ["path"] = "/a", ["value"] = (long)i });
        Assert.Equal(9999, JsonPatch.Apply(Empty, patch).Member("a").AsInt64OrNull());
        patch.Add((JsonNode)new JsonObject { ["op"] = "remove", ["path"] = "/a" });
        Assert.Equal((413, "Request entity is too large: The allowed maximum operations in a JSON patch is 10000, got 10001"), Refused(() => JsonPatch.Apply(Empty, patch)));
    }

    [Fact]
    public void Copies_may_not_add_more_than_3_MiB()
    {
        var patch = new JsonArray { (JsonNode)new JsonObject { ["op"] = "add", ["path"] = "/a", ["value"] = new string('x', 1024) } };
        for (var i = 0; i < 12; i++)
        {
            patch.Add((JsonNode)new JsonObject { ["op"] = "copy", ["from"] = "", ["path"] = "/b" });
            patch[i + 1]!["from"] = i == 0 ? "/a" : "/b";
        }
        for (var i = 0; i < 4000; i++)
            patch.Add((JsonNode)new JsonObject { ["op"] = "copy", ["from"] = "/a", ["path"] = "/c" + i });
        Assert.Equal(422, Refused(() => JsonPatch.Apply(Empty, patch)).Code);
    }

    [Fact]
    public void Operations_cannot_build_what_is_too_deep_to_read()
    {
        var chain = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200);
        var patch = new StringBuilder($$"""[{"op":"add","path":"/a","value":{{chain}}}""");
        var path = "/a" + string.Concat(Enumerable.Repeat("/a", 199));
        patch.Append($$""","{"op":"copy","from":"/a","path":"{{path}}"}""".Replace(",\"{", ",{", StringComparison.Ordinal));
        Assert.Equal(400, Depth(JsonPatch.Apply(Empty, Read(patch + "]"))));
        patch.Append($$""","{"op":"copy","from":"/a","path":"{{path}}"}""".Replace(",\"{", ",{", StringComparison.Ordinal));
        Assert.Equal(422, Refused(() => JsonPatch.Apply(Empty, Read(patch + "]"))).Code);
    }

    [Fact]
    public void Unknown_fields_of_operations_are_named() =>
        Assert.Equal(["json patch unknown field \"[1].extra\""], JsonPatch.UnknownFields(Read("""[{"op":"add","path":"/a","value":1},{"op":"test","path":"/a","extra":1}]""")));

    [Theory]
    [InlineData("""{"spec":{"template":{"spec":{"$setElementOrder/tolerations":[{"key":"a"}],"tolerations":[{"key":"a"}]}}}}""", 400)]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[null]}}}}""", 400)]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[["a"]]}}}}""", 422)]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"name":{"a":"b"}}]}}}}""", 400)]
    public void Strategic_merge_patches_that_break_the_real_server_are_refused(string patch, int code)
    {
        var deployment = (JsonObject)Read("""{"spec":{"template":{"spec":{"containers":[{"name":"a"}],"tolerations":[{"key":"a"}]}}}}""")!;
        Assert.Equal(code, Refused(() => StrategicMergePatch.Apply(deployment, (JsonObject)Read(patch)!, BuiltInTypes.Instance.Kind("apps/v1", "Deployment")!)).Code);
    }

    private static JsonNode? Read(string text) => JsonText.Parse(Encoding.UTF8.GetBytes(text));

    private static (int Code, string Message) Refused(Action patching)
    {
        var status = Assert.Throws<ApiStatusException>(patching).Status;
        return (status.Code, status.Message);
    }

    private static int Depth(JsonNode? node)
    {
        var depth = 0;
        for (; node is JsonObject map; depth++)
            node = map.FirstOrDefault().Value;
        return depth;
    }
}
