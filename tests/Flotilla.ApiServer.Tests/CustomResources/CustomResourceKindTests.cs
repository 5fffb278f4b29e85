using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.CustomResources;

public sealed class CustomResourceKindTests
{
    [Theory]
    [InlineData("""{"n":1}""", """{"n":2}""", "", "n may grow")]
    [InlineData("""{"n":2}""", """{"n":1}""", "spec.n: Invalid value: 1: only grows", "a transition rule compares with the value before")]
    [InlineData(null, """{"n":1}""", "", "without a value before it does not run")]
    [InlineData(null, """{"once":"x"}""", "spec.once: Invalid value: \"x\": starts empty", "with an optional it does")]
    [InlineData("""{"list":[{"k":"a","v":1},{"k":"b","v":2}]}""", """{"list":[{"k":"b","v":1},{"k":"a","v":1}]}""", "spec.list[0].v: Invalid value: 1: fixed", "elements of keyed lists find each other")]
    [InlineData("""{"map":{"a":1}}""", """{"map":{"a":2,"b":3}}""", "spec.map[a]: Invalid value: 2: fixed", "values of maps too")]
    [InlineData("""{"old":-1,"n":1}""", """{"old":-1,"n":2}""", "", "what was wrong and did not change is let through")]
    [InlineData("""{"old":-1}""", """{"old":-2}""", "spec.old: Invalid value: -2: failed rule: self >= 0", "another wrong value is not")]
    public void Rules_know_the_value_before(string? old, string value, string expected, string why)
    {
        var kind = Kind("""
            {"type":"object","properties":{"spec":{"type":"object","properties":{
             "n":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf","message":"only grows"}]},
             "once":{"type":"string","maxLength":9,"x-kubernetes-validations":[{"rule":"oldSelf.hasValue() || self == ''","message":"starts empty","optionalOldSelf":true}]},
             "old":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= 0"}]},
             "list":{"type":"array","maxItems":9,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],"properties":{
               "k":{"type":"string"},"v":{"type":"integer","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"fixed"}]}}}},
             "map":{"type":"object","maxProperties":9,"additionalProperties":{"type":"integer","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"fixed"}]}}}}}}
            """);
        var errors = old is null ? kind.Validate(Object(value)) : kind.ValidateUpdate(Object(value), Object(old));
        Assert.True(expected == string.Join(" | ", errors), $"{why}: {string.Join(" | ", errors)}");
    }

    [Fact]
    public void What_an_update_was_let_through_with_is_a_warning()
    {
        var kind = Kind("""{"type":"object","properties":{"spec":{"type":"object","properties":{"a":{"type":"integer","x-kubernetes-validations":[{"rule":"self > 0"}]},"b":{"type":"integer"}}}}}""");
        var old = Object("""{"a":0}""");
        var changed = Object("""{"a":0,"b":1}""");
        Assert.Empty(kind.ValidateUpdate(changed, old));
        Assert.Equal(["spec.a: Invalid value: 0: failed rule: self > 0"], kind.Warnings(changed, old));
    }

    [Fact]
    public void Finalizers_without_a_domain_are_warned_of_when_they_are_new()
    {
        var kind = Kind("""{"type":"object"}""");
        var old = Object("{}");
        var changed = Object("{}");
        changed.Object("metadata")!["finalizers"] = new JsonArray("mine", "a.b", "example.com/x", "orphan");
        Assert.Equal(
            [
                "metadata.finalizers: \"a.b\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers",
                "metadata.finalizers: \"mine\": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers",
            ],
            kind.Warnings(changed, old));
        Assert.Empty(kind.Warnings(changed, changed));
    }

    [Theory]
    [InlineData("""{"t":{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":1}}}}""", "spec.t.metadata: Invalid value")]
    [InlineData("""{"t":{"apiVersion":1}}""", "spec.t.apiVersion: Invalid value: 1: must be a string")]
    public void Embedded_objects_have_to_be_objects(string spec, string problem)
    {
        var kind = Kind("""{"type":"object","properties":{"spec":{"type":"object","properties":{"t":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}}""");
        Assert.StartsWith(problem, kind.Decode(Object(spec)), StringComparison.Ordinal);
    }

    [Fact]
    public void Embedded_metadata_follows_the_rules_for_metadata()
    {
        var kind = Kind("""{"type":"object","properties":{"spec":{"type":"object","properties":{"t":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}}""");
        var errors = kind.Validate(Object("""{"t":{"apiVersion":"v1","kind":"p_d","metadata":{"labels":{"-":"x"}}}}"""));
        Assert.Equal(["spec.t.kind", "spec.t.metadata.labels"], errors.Select(e => e.Field));
    }

    [Theory]
    [InlineData(".spec.a", "1")]
    [InlineData(".spec.list[0]", "\"x\"")]
    [InlineData(".spec.list[-1]", "\"y\"")]
    [InlineData(".spec.list[*]", "\"x\" \"y\"")]
    [InlineData(".spec['a.b']", "true")]
    [InlineData(".spec.a\\.b", "true")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", "\"True\"")]
    [InlineData(".status.conditions[?(@.n>1)].type", "\"Ready\"")]
    [InlineData("..type", "\"Old\" \"Ready\"")]
    [InlineData(".spec.none.at.all", "")]
    public void Paths_find_values(string path, string expected)
    {
        var obj = JsonText.Parse("""
            {"spec":{"a":1,"a.b":true,"list":["x","y"]},"status":{"conditions":[{"type":"Old","n":1},{"type":"Ready","status":"True","n":2}]}}
            """u8);
        Assert.Equal(expected, string.Join(' ', JsonPath.Parse(path)!.Find(obj).Select(n => n?.ToJsonString() ?? "null")));
    }

    [Theory]
    [InlineData(".a[")]
    [InlineData(".a[?(x]")]
    [InlineData(".a[1:2:3:4]")]
    public void Broken_paths_are_none(string path) => Assert.Null(JsonPath.Parse(path));

    [Fact]
    public void Selectable_fields_are_texts()
    {
        var definition = DefinitionRulesTests.Definition("""{"type":"object","properties":{"spec":{"type":"object","properties":{"s":{"type":"string"},"b":{"type":"boolean"},"i":{"type":"integer"}}}}}""");
        definition.Object("spec").Array("versions")![0]!["selectableFields"] = JsonText.Parse("""[{"jsonPath":".spec.s"},{"jsonPath":".spec.b"},{"jsonPath":".spec.i"}]"""u8);
        var kind = CustomResourceKinds.Of(definition).Storage;
        var values = kind.SelectableFields.ToDictionary(f => f.Key, f => f.Value(Object("""{"b":true,"i":3}""")));
        Assert.Equal(new Dictionary<string, string> { ["spec.s"] = "", ["spec.b"] = "true", ["spec.i"] = "3" }, values);
    }

    private static CustomResourceKind Kind(string schema) => CustomResourceKinds.Of(DefinitionRulesTests.Definition(schema)).Storage;

    private static JsonObject Object(string spec) => (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes(
        $$"""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":{{spec}} }"""))!;
}
