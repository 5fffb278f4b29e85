using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.Cel;

/// <summary>Costs are Kubernetes' to the unit: they decide which rules a server takes and when it stops one.</summary>
public sealed class CostTests
{
    private static readonly Schema Schema = Read("""
        {
          "type": "object",
          "properties": {
            "n": {"type": "integer"}, "s": {"type": "string"}, "short": {"type": "string", "maxLength": 10}, "choice": {"type": "string", "enum": ["a", "bb"]},
            "bytes": {"type": "string", "format": "byte"}, "wait": {"type": "string", "format": "duration"}, "port": {"x-kubernetes-int-or-string": true},
            "list": {"type": "array", "items": {"type": "integer"}}, "few": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 5}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}}, "tags": {"type": "object", "maxProperties": 4, "additionalProperties": {"type": "string", "maxLength": 8}},
            "inner": {"type": "object", "properties": {"m": {"type": "integer"}, "deep": {"type": "object", "properties": {"k": {"type": "integer"}}}}},
            "things": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "size": {"type": "integer"}}}}
          }
        }
        """);

    private static readonly JsonNode Data = JsonNode.Parse("""
        {
          "n": 1, "s": "0123456789abcdefghij", "short": "abc", "list": [1, 2, 3], "few": ["a", "b"], "labels": {"a": "x", "b": "y"}, "inner": {"m": 1, "deep": {"k": 2}},
          "things": [{"name": "a", "size": 1}, {"name": "b"}], "port": 80, "wait": "1m"
        }
        """)!;

    [Theory]
    [InlineData("true", 0)]
    [InlineData("self.n == 1", 2)]
    [InlineData("self.n == self.inner.m", 5)]
    [InlineData("has(self.inner.deep.k)", 3)]
    [InlineData("has(self.n) && self.n > 0", 4)]
    [InlineData("self.s == 'x'", 3)]
    [InlineData("self.s == self.s", 314577)]
    [InlineData("self.short == self.short", 8)]
    [InlineData("self.s.size() > 3", 4)]
    [InlineData("self.s.contains('test')", 314575)]
    [InlineData("self.short.contains('test')", 6)]
    [InlineData("self.s.startsWith('test')", 3)]
    [InlineData("self.s.matches('^[a-z]+$')", 629148)]
    [InlineData("self.short.matches('^[a-z]+$')", 12)]
    [InlineData("self.choice.contains('a')", 3)]
    [InlineData("self.choice == 'a'", 3)]
    [InlineData("self.bytes == b'x'", 3)]
    [InlineData("self.wait < duration('1h')", 4)]
    [InlineData("self.list.size() == 2", 4)]
    [InlineData("1 in self.list", 1572865)]
    [InlineData("self.n in [1, 2, 3]", 15)]
    [InlineData("self.list.all(x, x > 0)", 7864318)]
    [InlineData("self.few.all(x, x != '')", 43)]
    [InlineData("self.few.exists(x, x == 'a')", 63)]
    [InlineData("self.few.exists_one(x, x == 'a')", 44)]
    [InlineData("self.few.map(x, x + 'a').size() == 10", 175)]
    [InlineData("self.few.filter(x, x != '').size() == 1", 155)]
    [InlineData("self.few.all(x, self.few.all(y, x != y))", 763)]
    [InlineData("self.few.join(',').size() < 10", 25)]
    [InlineData("self.few.isSorted()", 32)]
    [InlineData("self.labels.all(k, self.labels[k] != '')", 2752508)]
    [InlineData("self.tags.all(k, self.tags[k].startsWith(k))", 35)]
    [InlineData("'a' in self.labels", 3)]
    [InlineData("self.things.all(t, t.name != '' && (!has(t.size) || t.size > 0))", 2419783)]
    [InlineData("self.things.all(t, self.things.exists_one(u, u.name == t.name))", 18419655072758085)]
    [InlineData("type(self.port) == int ? self.port > 0 : self.port == 'http'", 7)]
    [InlineData("self.short.replace('a', 'bb').size() < 10", 12)]
    [InlineData("self.short.split('').size() < 10", 12)]
    [InlineData("self.short.lowerAscii() == self.short", 12)]
    [InlineData("quantity(self.short).isLessThan(quantity('1Gi'))", 8)]
    [InlineData("isIP(self.short)", 6)]
    [InlineData("self.?inner.?deep.?k.orValue(0) == 0", 6)]
    public void A_rule_costs_at_most(string rule, ulong cost)
    {
        var program = CelProgram.Compile(rule, CelEnvironment.ForRules(Schema, isResource: false)!);
        Assert.Equal(cost, program.EstimateCost(Schema, isResource: false));
    }

    [Theory]
    [InlineData("true", 0)]
    [InlineData("self.n == 1", 3)]
    [InlineData("has(self.inner.deep.k)", 3)]
    [InlineData("has(self.choice) || true", 1)]
    [InlineData("self.s == 'x'", 3)]
    [InlineData("self.s == self.s", 6)]
    [InlineData("self.s.contains('ab')", 4)]
    [InlineData("self.s.matches('^[a-z0-9]+$')", 11)]
    [InlineData("self.n in [1, 2, 3]", 2)]
    [InlineData("self.n in self.list", 7)]
    [InlineData("self.list.all(x, x > 0)", 18)]
    [InlineData("self.list.exists(x, x == 2)", 18)]
    [InlineData("self.list.map(x, x * 2).size() == 3", 47)]
    [InlineData("self.list.filter(x, x > 1).size() == 2", 37)]
    [InlineData("self.inner.deep.k == 2 ? self.n == 1 : self.n == 2", 8)]
    [InlineData("self.list[self.n] == 2", 5)]
    [InlineData("duration('1h') > self.wait", 3)]
    [InlineData("self.few.join(',') == 'a,b'", 4)]
    [InlineData("self.things.exists(t, t.size == 5)", 17)]
    [InlineData("self.?choice.orValue('') == ''", 1)]
    public void An_evaluation_costs(string rule, long cost)
    {
        var environment = CelEnvironment.ForRules(Schema, isResource: false)!;
        var budget = new CelBudget(total: 1_000_000);
        try
        {
            CelProgram.Compile(rule, environment)
                .Evaluate(new CelBindings().Set("self", CelValue.FromJson(Data, Schema)), budget, TestContext.Current.CancellationToken);
        }
        catch (CelEvaluationException e) when (e.Message == "no such key: size")
        {
            // What fails has cost something as well.
        }
        Assert.Equal(cost, 1_000_000 - budget.Remaining);
    }

    [Theory]
    [InlineData("""{"type": "integer"}""", 1572864)]
    [InlineData("""{"type": "boolean"}""", 629145)]
    [InlineData("""{"type": "string"}""", 1048576)]
    [InlineData("""{"type": "string", "format": "date-time"}""", 142987)]
    [InlineData("""{"type": "object", "properties": {"a": {"type": "string"}}}""", 1048576)]
    [InlineData("""{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}""", 314572)]
    [InlineData("""{"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "default": "x"}}}""", 1048576)]
    [InlineData("""{"type": "array", "items": {"type": "integer"}}""", 1048576)]
    public void A_value_occurs_at_most(string schema, ulong times) => Assert.Equal(times, CelCostLimits.MaxCardinality(Read(schema), isResource: false));

    [Theory]
    [InlineData(10_500_000UL, "1.050000x")]
    [InlineData(25_000_000UL, "2.5x")]
    [InlineData(1_000_000_000UL, "100.0x")]
    [InlineData(ulong.MaxValue, "more than 100x")]
    public void Estimates_beyond_the_limit_are_put_into_words(ulong cost, string factor) =>
        Assert.StartsWith($"estimated rule cost exceeds budget by factor of {factor} (try ", CelCostLimits.Exceeded("estimated rule cost", cost, CelCostLimits.PerRule));

    private static Schema Read(string json) => new SchemaReader().Read((JsonObject)JsonNode.Parse(json)!);
}
