using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.Schemas;

public sealed class SchemaValidationTests
{
    [Theory]
    [InlineData("""{"type":"integer"}""", "1", "")]
    [InlineData("""{"type":"integer"}""", "1.0", "")]
    [InlineData("""{"type":"number"}""", "1", "")]
    [InlineData("""{"type":"string"}""", "null", "a: Invalid value: \"null\": a in body must be of type string: \"null\"")]
    [InlineData("""{"type":"string","nullable":true}""", "null", "")]
    [InlineData("""{"type":"string","nullable":true,"enum":["x"]}""", "null", "a: Unsupported value: null: supported values: \"x\"")]
    [InlineData("""{"type":"boolean"}""", "\"true\"", "a: Invalid value: \"string\": a in body must be of type boolean: \"string\"")]
    [InlineData("""{"type":"object"}""", "[]", "a: Invalid value: \"array\": a in body must be of type object: \"array\"")]
    [InlineData("""{"x-kubernetes-int-or-string":true}""", "true", "a: Invalid value: \"boolean\": a in body must be of type integer,string: \"boolean\"")]
    [InlineData("""{"type":"string","format":"date"}""", "5", "a: Invalid value: \"int64\": a in body must be of type date: \"int64\"")]
    [InlineData("""{"type":"string","format":"unknown"}""", "5", "a: Invalid value: \"integer\": a in body must be of type string: \"integer\"")]
    [InlineData("""{"type":"string","format":"date"}""", "[1]", "")]
    public void Types_are_those_of_go(string schema, string value, string expected) => Assert.Equal(expected, Errors(schema, value));

    [Theory]
    [InlineData("""{"type":"integer","minimum":2}""", "1", "a: Invalid value: 1: a in body should be greater than or equal to 2")]
    [InlineData("""{"type":"integer","minimum":2,"exclusiveMinimum":true}""", "2", "a: Invalid value: 2: a in body should be greater than 2")]
    [InlineData("""{"type":"number","maximum":1000000}""", "1000001.5", "a: Invalid value: 1.0000015e+06: a in body should be less than or equal to 1e+06")]
    [InlineData("""{"type":"number","multipleOf":0.1}""", "0.3", "")]
    [InlineData("""{"type":"number","multipleOf":0.5}""", "1", "a: Invalid value: 0: factor MultipleOf declared for a must be positive: 0")]
    [InlineData("""{"type":"integer","multipleOf":3}""", "7", "a: Invalid value: 7: a in body should be a multiple of 3")]
    [InlineData("""{"type":"integer","format":"int32"}""", "2147483648", "<nil>: Invalid value: \"\": Checked value must be of type integer with format int32 in a")]
    [InlineData("""{"type":"integer","format":"int64"}""", "1.5", "a: Invalid value: \"float64\": a in body must be of type int64: \"float64\" | <nil>: Invalid value: \"\": Checked value must be of type integer with format int64 in a")]
    [InlineData("""{"type":"number","enum":[1,2]}""", "1.5", "")]
    [InlineData("""{"type":"integer","enum":[1,2]}""", "3", "a: Unsupported value: 3: supported values: \"1\", \"2\"")]
    public void Numbers_are_compared_as_kube_openapi_does(string schema, string value, string expected) => Assert.Equal(expected, Errors(schema, value));

    [Theory]
    [InlineData("""{"type":"string","maxLength":2}""", "\"äöü\"", "a: Too long: may not be more than 2 bytes")]
    [InlineData("""{"type":"string","maxLength":3}""", "\"😀😀😀\"", "")]
    [InlineData("""{"type":"string","minLength":4}""", "\"😀😀😀\"", "a: Invalid value: \"😀😀😀\": a in body should be at least 4 chars long")]
    [InlineData("""{"type":"string","maxLength":1,"pattern":"^x"}""", "\"yy\"", "a: Too long: may not be more than 1 bytes")]
    [InlineData("""{"type":"string","pattern":"^x$"}""", "\"x\\n\"", "a: Invalid value: \"x\\n\": a in body should match '^x$'")]
    [InlineData("""{"type":"string","pattern":"("}""", "\"x\"", "a: Invalid value: \"x\": a in body should match '(, but pattern is invalid: error parsing regexp: missing closing ): `(`'")]
    public void Texts_are_measured_in_characters(string schema, string value, string expected) => Assert.Equal(expected, Errors(schema, value));

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"string"},"maxItems":1}""", """["x",2]""", "a[1]: Invalid value: \"integer\": a[1] in body must be of type string: \"integer\" | a: Too many: 2: must have at most 1 items")]
    [InlineData("""{"type":"array","items":{"type":"string"},"minItems":1}""", "[]", "a: Invalid value: 0: a in body should have at least 1 items")]
    [InlineData("""{"type":"object","minProperties":1}""", "{}", "a: Invalid value: 0: a in body should have at least 1 properties")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"},"maxProperties":1}""", """{"k":1,"l":"x"}""", "a: Too many: 2: must have at most 1 items | a.k: Invalid value: \"integer\": a.k in body must be of type string: \"integer\"")]
    [InlineData("""{"type":"object","required":["x","y"]}""", "{}", "a.x: Required value | a.y: Required value")]
    public void Lists_and_objects_tell_all_their_problems(string schema, string value, string expected) => Assert.Equal(expected, Errors(schema, value));

    [Theory]
    [InlineData("""{"anyOf":[{"required":["x"]},{"required":["y"]}]}""", """{"y":1}""", "")]
    [InlineData("""{"anyOf":[{"required":["x"]},{"required":["y"]}]}""", "{}", "<nil>: Invalid value: \"\": \"a\" must validate at least one schema (anyOf) | a.x: Required value")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"string","maxLength":1}]}""", "\"xx\"", "<nil>: Invalid value: \"\": \"a\" must validate at least one schema (anyOf) | a: Too long: may not be more than 1 bytes")]
    [InlineData("""{"oneOf":[{"required":["x"]},{"required":["y"]}]}""", "{}", "<nil>: Invalid value: \"\": \"a\" must validate one and only one schema (oneOf). Found none valid | a.x: Required value")]
    [InlineData("""{"oneOf":[{"required":["x"]},{"required":["y"]}]}""", """{"x":1,"y":1}""", "<nil>: Invalid value: \"\": \"a\" must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [InlineData("""{"allOf":[{"required":["x"]},{"required":["y"]}]}""", """{"x":1}""", "a.y: Required value | <nil>: Invalid value: \"\": \"a\" must validate all the schemas (allOf)")]
    [InlineData("""{"allOf":[{"required":["x"]}]}""", "{}", "a.x: Required value | <nil>: Invalid value: \"\": \"a\" must validate all the schemas (allOf). None validated")]
    [InlineData("""{"not":{"required":["x"]}}""", """{"x":1}""", "<nil>: Invalid value: \"\": \"a\" must not validate the schema (not)")]
    public void Of_failing_alternatives_the_best_match_tells_why(string schema, string value, string expected) => Assert.Equal(expected, Errors(schema, value));

    [Fact]
    public void A_part_of_an_object_is_named_in_fields_but_not_in_sentences()
    {
        var schema = Read("""{"type":"object","properties":{"phase":{"type":"string","minLength":3}}}""");
        var errors = SchemaValidation.Validate(JsonNode.Parse("""{"phase":"x"}"""), schema, "status");
        Assert.Equal("status.phase: Invalid value: \"x\": phase in body should be at least 3 chars long", Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("""{"n":9,"m":1}""", """{"n":9,"m":2}""", "", "what did not change is let through")]
    [InlineData("""{"n":9}""", """{"n":8}""", "n", "another wrong value is still wrong")]
    [InlineData("""{"atomic":[9]}""", """{"atomic":[9]}""", "", "a list that did not change at all")]
    [InlineData("""{"atomic":[9]}""", """{"atomic":[9,1]}""", "atomic[0]", "elements of plain lists have no predecessors")]
    [InlineData("""{"map":[{"k":"a","n":9},{"k":"b","n":1}]}""", """{"map":[{"k":"b","n":2},{"k":"a","n":9}]}""", "", "elements with keys have them")]
    [InlineData("""{"map":[{"k":"a","n":9}]}""", """{"map":[{"k":"c","n":9}]}""", "map[0].n", "a new element has none")]
    public void A_change_is_judged_where_something_changed(string old, string value, string fields, string why)
    {
        var schema = Read("""
            {"type":"object","properties":{"n":{"type":"integer","maximum":5},"m":{"type":"integer"},
             "atomic":{"type":"array","items":{"type":"integer","maximum":5}},
             "map":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],
                    "items":{"type":"object","properties":{"k":{"type":"string"},"n":{"type":"integer","maximum":5}}}}}}
            """);
        var errors = SchemaValidation.ValidateUpdate(JsonText.Parse(Encoding.UTF8.GetBytes(value)), JsonText.Parse(Encoding.UTF8.GetBytes(old)), schema);
        Assert.True(fields == string.Join(' ', errors.Select(e => e.Field)), why);
    }

    private static string Errors(string schema, string value)
    {
        var obj = new JsonObject { ["a"] = JsonText.Parse(Encoding.UTF8.GetBytes(value)) };
        var root = Read($$"""{"type":"object","properties":{"a":{{schema}} } }""");
        return string.Join(" | ", SchemaValidation.Validate(obj, root));
    }

    internal static Schema Read(string schema) => new SchemaReader().Read((JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(schema))!);
}
