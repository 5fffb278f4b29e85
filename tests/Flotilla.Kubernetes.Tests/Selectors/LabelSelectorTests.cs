using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Selectors;

namespace Flotilla.Kubernetes.Tests.Selectors;

public sealed class LabelSelectorTests
{
    private const string NameRule =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    [Theory]
    [InlineData("", "a b c d e")]
    [InlineData("env=prod", "a c")]
    [InlineData("env==prod,tier=web", "a")]
    [InlineData("env!=prod", "b d e")]
    [InlineData("env in (prod, test)", "a b c")]
    [InlineData("env notin (prod,test)", "d e")]
    [InlineData("tier", "a b c e")]
    [InlineData("!tier", "d")]
    [InlineData("tier=", "e")]
    [InlineData("tier in (,db)", "c e")]
    [InlineData("tier in ()", "e")]
    [InlineData("tier in (web,,)", "a b e")]
    [InlineData("tier,env notin (dev),env!=test", "a c e")]
    [InlineData("env=nothing", "")]
    [InlineData("env>5", "")]
    [InlineData("size>5", "a c")]
    [InlineData("size<10", "a")]
    [InlineData("  env  =  prod  ,\ttier", "a c")]
    [InlineData("in=x", "")]
    [InlineData("env in (in,notin,prod)", "a c")]
    public void Selects(string selector, string expected)
    {
        var objects = new Dictionary<string, JsonObject>
        {
            ["a"] = new() { ["env"] = "prod", ["tier"] = "web", ["size"] = "7" },
            ["b"] = new() { ["env"] = "test", ["tier"] = "web", ["size"] = "many" },
            ["c"] = new() { ["env"] = "prod", ["tier"] = "db", ["size"] = "12" },
            ["d"] = new() { ["env"] = "dev" },
            ["e"] = new() { ["tier"] = "" },
        };
        var parsed = LabelSelector.Parse(selector);
        Assert.Equal(expected, string.Join(" ", objects.Where(o => parsed.Matches(o.Value)).Select(o => o.Key)));
        Assert.Equal(expected, string.Join(" ", objects.Where(o => parsed.Matches(k => (string?)o.Value[k])).Select(o => o.Key)));
        Assert.Equal(expected, string.Join(" ", objects.Where(o => LabelSelector.Parse(parsed.ToString()).Matches(o.Value)).Select(o => o.Key)));
    }

    [Theory]
    [InlineData("env=>prod", "unable to parse requirement: found '>', expected: identifier")]
    [InlineData("env in (prod", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("env in prod", "unable to parse requirement: found 'prod' expected: '('")]
    [InlineData("env in (", "unable to parse requirement: found '', expected: ',', ')' or identifier")]
    [InlineData("env in (a,", "unable to parse requirement: found '', expected: ',', or identifier")]
    [InlineData("env in (a,=)", "unable to parse requirement: found '=', expected: ',', or identifier")]
    [InlineData("env=bad value!", "found 'value', expected: ',' or 'end of string'")]
    [InlineData("env prod", "unable to parse requirement: found 'prod', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("env!", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("=x", "found '=', expected: !, identifier, or 'end of string'")]
    [InlineData("!", "unable to parse requirement: found '', expected: identifier")]
    [InlineData("!a=b", "found '=', expected: ',' or 'end of string'")]
    [InlineData("env=prod,", "found '', expected: identifier after ','")]
    [InlineData("env=prod,,a", "found ',', expected: identifier after ','")]
    [InlineData("-x=1", "unable to parse requirement: <nil>: Invalid value: \"-x\": name part " + NameRule)]
    [InlineData("/x=1", "unable to parse requirement: <nil>: Invalid value: \"/x\": prefix part must be non-empty")]
    [InlineData("a/b/c", "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key " + NameRule + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')")]
    [InlineData("a/", "unable to parse requirement: <nil>: Invalid value: \"a/\": name part must be non-empty; name part " + NameRule)]
    [InlineData("x=a@", "unable to parse requirement: values[0][x]: Invalid value: \"a@\": " + ValueRule)]
    [InlineData("x>a", "unable to parse requirement: values[0]: Invalid value: \"a\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("x in (a@,b@)", "unable to parse requirement: [values[0][x]: Invalid value: \"a@\": " + ValueRule + ", values[1][x]: Invalid value: \"b@\": " + ValueRule + "]")]
    public void Says_what_is_wrong(string selector, string message)
    {
        var problem = Assert.Throws<SelectorException>(() => LabelSelector.Parse(selector));
        Assert.Equal(message, problem.Message);
    }

    [Fact]
    public void Too_long_keys_and_values_are_refused()
    {
        var name = new string('n', 63);
        var subdomain = string.Join('.', Enumerable.Repeat(new string('a', 50), 5))[..253];
        Assert.Equal("", string.Join(";", LabelSyntax.KeyProblems($"{subdomain}/{name}")));
        Assert.Equal(["prefix part must be no more than 253 bytes", "name part must be no more than 63 bytes"], LabelSyntax.KeyProblems($"{subdomain}a/{name}n"));
        Assert.Equal(["must be no more than 63 bytes"], LabelSyntax.ValueProblems(name + "n"));
    }

    [Fact]
    public void The_structured_form_reads_labels_and_expressions()
    {
        var selector = LabelSelector.FromObject(new JsonObject
        {
            ["matchLabels"] = new JsonObject { ["app"] = "web" },
            ["matchExpressions"] = new JsonArray(
                new JsonObject { ["key"] = "env", ["operator"] = "In", ["values"] = new JsonArray("prod", "test") },
                new JsonObject { ["key"] = "old", ["operator"] = "DoesNotExist" },
                new JsonObject { ["key"] = "tier", ["operator"] = "Exists" },
                new JsonObject { ["key"] = "zone", ["operator"] = "NotIn", ["values"] = new JsonArray("b", "a") }),
        });
        Assert.Equal("app=web,env in (prod,test),!old,tier,zone notin (a,b)", selector.ToString());
        Assert.True(selector.Matches(new JsonObject { ["app"] = "web", ["env"] = "test", ["tier"] = "" }));
        Assert.False(selector.Matches(new JsonObject { ["app"] = "web", ["env"] = "test", ["tier"] = "", ["zone"] = "a" }));
        Assert.False(selector.Matches((JsonObject?)null));
    }

    [Fact]
    public void An_absent_structured_selector_selects_nothing_and_an_empty_one_everything()
    {
        Assert.False(LabelSelector.FromObject(null).Matches([]));
        Assert.False(LabelSelector.FromObject(null).IsEverything);
        Assert.True(LabelSelector.FromObject([]).Matches((JsonObject?)null));
        Assert.True(LabelSelector.FromObject([]).IsEverything);
        Assert.True(LabelSelector.Parse("  ").IsEverything);
    }

    [Theory]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"Near"}]}""", "\"Near\" is not a valid label selector operator")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"In"}]}""", "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"Exists","values":["x"]}]}""", "values: Invalid value: [\"x\"]: values set must be empty for exists and does not exist")]
    [InlineData("""{"matchLabels":{"a b":"x"}}""", "key: Invalid value: \"a b\": name part " + NameRule)]
    public void The_structured_form_says_what_is_wrong(string selector, string message)
    {
        var problem = Assert.Throws<SelectorException>(() => LabelSelector.FromObject((JsonObject)JsonNode.Parse(selector)!));
        Assert.Equal(message, problem.Message);
    }
}
