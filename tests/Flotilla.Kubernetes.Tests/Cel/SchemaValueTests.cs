using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.Cel;

/// <summary>What rules see of data under a schema.</summary>
public sealed class SchemaValueTests
{
    private static readonly Schema Schema = new SchemaReader().Read((JsonObject)JsonNode.Parse("""
        {
          "type": "object",
          "properties": {
            "n": {"type": "integer"}, "x": {"type": "number"}, "b": {"type": "boolean"}, "s": {"type": "string"}, "nothing": {"type": "string", "nullable": true},
            "when": {"type": "string", "format": "date-time"}, "day": {"type": "string", "format": "date"}, "wait": {"type": "string", "format": "duration"},
            "data": {"type": "string", "format": "byte"}, "port": {"x-kubernetes-int-or-string": true}, "free": {"x-kubernetes-preserve-unknown-fields": true},
            "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"known": {"type": "integer"}}},
            "a-b": {"type": "integer"}, "a.b": {"type": "integer"}, "a/b": {"type": "integer"}, "a__b": {"type": "integer"}, "namespace": {"type": "string"}, "1st": {"type": "integer"}, "a b": {"type": "integer"},
            "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
            "atomic": {"type": "array", "items": {"type": "string"}},
            "keyed": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], "items": {"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "integer"}}}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "nested": {"type": "object", "properties": {"list": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}}},
            "template": {"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}
          }
        }
        """)!);

    private static readonly JsonNode Data = JsonNode.Parse("""
        {
          "n": 3, "x": 2, "b": true, "s": "text", "nothing": null, "when": "2024-02-29T12:00:00.5Z", "day": "2024-02-29", "wait": "1h30m", "data": "aGk=", "port": "http",
          "free": {"anything": [1]}, "open": {"known": 1, "unknown": 2}, "a-b": 1, "a.b": 2, "a/b": 3, "a__b": 4, "namespace": "ns", "1st": 5,
          "set": ["a", "b"], "atomic": ["a", "b"], "keyed": [{"k": "x", "v": 1}, {"k": "y", "v": 2}], "labels": {"app": "web"}, "nested": {"list": [[1], [2, 3]]},
          "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {}}, "spec": {}},
          "metadata": {"name": "thing"}, "kind": "Thing"
        }
        """)!;

    private static readonly JsonNode Other = JsonNode.Parse("""
        {"set": ["b", "a"], "atomic": ["b", "a"], "keyed": [{"k": "y", "v": 2}, {"k": "x", "v": 1}], "n": 3}
        """)!;

    [Theory]
    [InlineData("self.n == 3 && type(self.n) == int")]
    [InlineData("self.x == 2.0 && type(self.x) == double")]
    [InlineData("self.b && self.s == 'text'")]
    [InlineData("self.when.getHours() == 12 && self.when > timestamp('2024-01-01T00:00:00Z')")]
    [InlineData("self.day == timestamp('2024-02-29T00:00:00Z')")]
    [InlineData("self.wait == duration('90m')")]
    [InlineData("self.data == b'hi'")]
    [InlineData("type(self.port) == string && self.port == 'http'")]
    [InlineData("!has(self.nothing)")]
    [InlineData("self.a__dash__b == 1 && self.a__dot__b == 2 && self.a__slash__b == 3 && self.a__underscores__b == 4 && self.__namespace__ == 'ns'")]
    [InlineData("self.open.known == 1")]
    [InlineData("self.labels['app'] == 'web' && 'app' in self.labels && self.labels.all(k, k == 'app')")]
    [InlineData("self.nested.list.map(x, x.size()) == [1, 2]")]
    [InlineData("self.set == oldSelf.set && oldSelf.set == self.set")]
    [InlineData("self.atomic != oldSelf.atomic")]
    [InlineData("self.keyed == oldSelf.keyed")]
    [InlineData("self.set + ['b', 'c'] == ['a', 'b', 'c']")]
    [InlineData("(self.atomic + ['b']).size() == 3")]
    [InlineData("(self.keyed + oldSelf.keyed).size() == 2")]
    [InlineData("self.keyed.filter(e, e.k == 'y')[0].v == 2")]
    [InlineData("self.metadata.name == 'thing' && self.kind == 'Thing'")]
    [InlineData("self.template.kind == 'Pod' && self.template.metadata.name == 'p'")]
    [InlineData("type(self) == map && type(self.set) == list")]
    [InlineData("self.?s.orValue('') == 'text' && !self.?nothing.hasValue()")]
    [InlineData("has(self.n) && !has(self.metadata.generateName)")]
    [InlineData("self == self && self != oldSelf")]
    public void Rules_see_data_by_its_schema(string rule)
    {
        var bindings = new CelBindings().Set("self", CelValue.FromJson(Data, Schema, isResource: true)).Set("oldSelf", CelValue.FromJson(Other, Schema, isResource: true));
        var program = CelProgram.Compile(rule, CelEnvironment.ForRules(Schema, isResource: true)!);
        Assert.True(program.Evaluate(bindings, new CelBudget(), TestContext.Current.CancellationToken).IsTrue);
    }

    [Theory]
    [InlineData("self.unknown == 1", "undefined field 'unknown'")]
    [InlineData("self.free.anything == 1", "undefined field 'free'")]
    [InlineData("self.open.unknown == 1", "undefined field 'unknown'")]
    [InlineData("self.namespace == 'x'", "undefined field 'namespace'")]
    [InlineData("self.metadata.labels.size() == 0", "undefined field 'labels'")]
    [InlineData("self.template.spec == 1", "undefined field 'spec'")]
    [InlineData("self.n == 'x'", "found no matching overload for '_==_' applied to '(int, string)'")]
    [InlineData("self.wait > 5", "found no matching overload for '_>_' applied to '(duration, int)'")]
    [InlineData("self['n'] == 3", "found no matching overload for '_[_]' applied to '(selfType, string)'")]
    [InlineData("self.nested == self.labels", "found no matching overload for '_==_' applied to '(selfType.nested, map(string, string))'")]
    [InlineData("self.keyed[0] == self.nested", "found no matching overload for '_==_' applied to '(selfType.keyed.@idx, selfType.nested)'")]
    public void Rules_that_do_not_fit_the_schema_do_not_compile(string rule, string problem)
    {
        var failure = Assert.Throws<CelException>(() => CelProgram.Compile(rule, CelEnvironment.ForRules(Schema, isResource: true)!));
        Assert.Equal(problem, Assert.Single(failure.Problems).Message);
    }

    [Theory]
    [InlineData("""{"n": "x"}""", "self.n == 1", "invalid data, expected int, got string")]
    [InlineData("""{"n": 1.5}""", "self.n == 1", "invalid data, expected int, got float64")]
    [InlineData("""{"s": 1}""", "self.s == ''", "invalid data, expected string, got int64")]
    [InlineData("""{"wait": "soon"}""", "self.wait == duration('1s')", "Invalid duration soon: unable to parse soon as duration")]
    [InlineData("""{}""", "self.n == 1", "no such key: n")]
    [InlineData("""{"labels": {"a": null}}""", "self.labels.a == ''", "invalid data, got null for schema with nullable=false")]
    [InlineData("""{"set": "x"}""", "self.set == []", "invalid data, expected an array for the provided schema with type=array")]
    public void Data_that_does_not_fit_its_schema_is_an_error_when_touched(string data, string rule, string problem)
    {
        var program = CelProgram.Compile(rule, CelEnvironment.ForRules(Schema, isResource: false)!);
        var bindings = new CelBindings().Set("self", CelValue.FromJson(JsonNode.Parse(data), Schema));
        var failure = Assert.Throws<CelEvaluationException>(() => program.Evaluate(bindings, new CelBudget(), TestContext.Current.CancellationToken));
        Assert.Equal(problem, failure.Message);
    }

    [Fact]
    public void A_rule_that_mentions_oldSelf_is_a_transition_rule()
    {
        var environment = CelEnvironment.ForRules(Schema, isResource: true)!;
        Assert.True(CelProgram.Compile("self.n >= oldSelf.n", environment).References("oldSelf"));
        Assert.False(CelProgram.Compile("self.n >= 0 && [1].all(oldSelf, oldSelf > 0)", environment).References("oldSelf"));
    }

    [Fact]
    public void OldSelf_may_be_optional()
    {
        var environment = CelEnvironment.ForRules(Schema, isResource: true, optionalOldSelf: true)!;
        var program = CelProgram.Compile("oldSelf.?n.orValue(0) <= self.n && (!oldSelf.hasValue() || oldSelf.value().n == 3)", environment);
        var self = CelValue.FromJson(Data, Schema, isResource: true);
        Assert.True(program.Evaluate(new CelBindings().Set("self", self).Set("oldSelf", CelValue.OptionalNone), new CelBudget(), TestContext.Current.CancellationToken).IsTrue);
        Assert.True(program.Evaluate(new CelBindings().Set("self", self).Set("oldSelf", CelValue.OptionalOf(self)), new CelBudget(), TestContext.Current.CancellationToken).IsTrue);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a-b", "a__dash__b")]
    [InlineData("a.b/c", "a__dot__b__slash__c")]
    [InlineData("a__b", "a__underscores__b")]
    [InlineData("namespace", "__namespace__")]
    [InlineData("_", "_")]
    [InlineData("1a", null)]
    [InlineData("a b", null)]
    [InlineData("", null)]
    [InlineData("é", null)]
    public void Property_names_are_escaped(string property, string? name)
    {
        Assert.Equal(name, CelFieldNames.Escape(property));
        if (name is not null)
            Assert.Equal(property, CelFieldNames.Unescape(name));
    }

    [Theory]
    [InlineData("__foo__")]
    [InlineData("a__if__")]
    public void Escapes_that_do_not_exist_name_nothing(string name) => Assert.Null(CelFieldNames.Unescape(name));
}
