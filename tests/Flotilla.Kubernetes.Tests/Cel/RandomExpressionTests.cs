using System.Text.Json.Nodes;
using CsCheck;
using Flotilla.Kubernetes.Cel;

namespace Flotilla.Kubernetes.Tests.Cel;

public sealed class RandomExpressionTests
{
    private static readonly CelEnvironment Environment = CelEnvironment.Complete
        .With("i", CelType.Int).With("s", CelType.String).With("l", CelType.List(CelType.Int)).With("m", CelType.Map(CelType.String, CelType.Int)).With("d", CelType.Dyn);

    private static readonly CelBindings Bindings = new CelBindings()
        .Set("i", CelValue.Of(3L))
        .Set("s", CelValue.Of("aé😀"))
        .Set("l", CelValue.FromJson(JsonNode.Parse("[3,1,2]")))
        .Set("m", CelValue.FromJson(JsonNode.Parse("""{"a":1,"b":2}""")))
        .Set("d", CelValue.FromJson(JsonNode.Parse("""{"a":[1,"x",null,{"b":2.5}]}""")));

    private static readonly string[] Fragments =
    [
        "1", "2u", "1.5", "'a'", "b'x'", "true", "null", "i", "s", "l", "m", "d", "x", "y", "(", ")", "[", "]", "{", "}", ",", ":", ".", "?", "!", "-", "+", "*", "/", "%", "<", "<=",
        "==", "!=", "&&", "||", " in ", " ", "has(", ".all(x, ", ".exists(x, ", ".map(x, ", ".filter(x, ", ".size()", "size(", ".a", ".?a", "[?", "[0]", ".orValue(", ".optMap(x, ",
        "optional.of(", "duration('1s')", "timestamp(0)", "'%s'", ".format([", "'''", "\"", "'", "\\", "`", "@", "0x", "1e", "//", "\n", "\u00e9", "\U0001F600", "cel.bind(x, ", "T{",
        ".matches('", ".transformMap(x, y, ", ".sortBy(x, ", "math.least(", "quantity('1')", "ip('::1')", "dyn(", "string(", "int(", "type(",
    ];

    private static readonly Gen<string> Soup = Pick(Fragments).Array[0, 24].Select(string.Concat);

    /// <summary>Expressions that often make sense: of a kind, down to a depth.</summary>
    private static readonly Gen<string> Sensible = Gen.Recursive<string>((depth, inner) =>
    {
        var leaf = Pick("1", "0", "-5", "9223372036854775807", "i", "s", "l", "m", "d", "d.a", "'a'", "''", "true", "false", "null", "1.5", "2u", "x", "[]", "{}", "optional.none()");
        if (depth > 3)
            return leaf;
        var two = Gen.Select(inner, inner);
        return Gen.Frequency(
            (3, leaf),
            (2, two.Select((a, b) => $"({a} + {b})")),
            (1, two.Select((a, b) => $"({a} * {b})")),
            (1, two.Select((a, b) => $"({a} / {b})")),
            (2, two.Select((a, b) => $"({a} == {b})")),
            (1, two.Select((a, b) => $"({a} < {b})")),
            (1, two.Select((a, b) => $"({a} && {b})")),
            (1, two.Select((a, b) => $"({a} || {b})")),
            (1, two.Select((a, b) => $"{a}[{b}]")),
            (1, two.Select((a, b) => $"[{a}, {b}]")),
            (1, two.Select((a, b) => $"{{{a}: {b}}}")),
            (1, Gen.Select(inner, inner, inner).Select((a, b, c) => $"({a} ? {b} : {c})")),
            (1, two.Select((a, b) => $"{a}.map(x, {b})")),
            (1, two.Select((a, b) => $"{a}.filter(x, {b})")),
            (1, two.Select((a, b) => $"{a}.all(x, {b})")),
            (1, two.Select((a, b) => $"{a}.exists(x, x == {b})")),
            (1, two.Select((a, b) => $"{a}.transformList(x, y, {b})")),
            (1, two.Select((a, b) => $"{a}.sortBy(x, {b})")),
            (1, inner.Select(a => $"dyn({a})")),
            (1, inner.Select(a => $"string({a})")),
            (1, inner.Select(a => $"{a}.?a.orValue(1)")),
            (1, inner.Select(a => $"{a}.distinct()")),
            (1, inner.Select(a => $"size({a})")));
    });

    [Fact]
    public void Nothing_but_a_compile_problem_comes_out_of_the_compiler() => Soup.Sample(expression => Outcome(expression) is not null, iter: 20_000);

    [Fact]
    public void Sensible_expressions_have_a_result_or_a_reason() => Sensible.Sample(expression => Outcome(expression) is not null, iter: 20_000);

    [Fact]
    public void No_evaluation_costs_more_than_it_may() => Gen.Select(Sensible, Gen.Int[0, 200]).Sample((expression, limit) =>
    {
        if (TryCompile(expression) is not { } program)
            return;
        var budget = new CelBudget(total: 1_000_000, perCallLimit: limit);
        try
        {
            program.Evaluate(Bindings, budget, TestContext.Current.CancellationToken);
            Assert.InRange(1_000_000 - budget.Remaining, 0, limit);
        }
        catch (CelEvaluationException e) when (e.Reason == CelEvaluationFailure.Error)
        {
            Assert.InRange(1_000_000 - budget.Remaining, 0, limit);
        }
        catch (CelEvaluationException)
        {
            Assert.True(1_000_000 - budget.Remaining > limit, "stopped although the limit was not reached");
        }
    }, iter: 20_000);

    [Fact]
    public void What_an_expression_may_yield_is_of_its_type() => Sensible.Sample(expression =>
    {
        if (TryCompile(expression) is not { } program)
            return;
        try
        {
            var kind = program.Evaluate(Bindings, new CelBudget(), TestContext.Current.CancellationToken).Kind;
            if (program.ResultType.Kind is CelTypeKind.Int or CelTypeKind.String or CelTypeKind.Bool or CelTypeKind.List or CelTypeKind.Map or CelTypeKind.Double)
                Assert.Equal(program.ResultType.Kind.ToString(), kind.ToString());
        }
        catch (CelEvaluationException)
        {
            // No result, so nothing to compare.
        }
    }, iter: 20_000);

    private static Gen<string> Pick(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static CelProgram? TryCompile(string expression)
    {
        try
        {
            return CelProgram.Compile(expression, Environment);
        }
        catch (CelException)
        {
            return null;
        }
    }

    private static string? Outcome(string expression)
    {
        try
        {
            return CelProgram.Compile(expression, Environment).Evaluate(Bindings, new CelBudget(), TestContext.Current.CancellationToken).ToString();
        }
        catch (CelException e)
        {
            return e.Problems.Count > 0 && e.Message.Length > 0 ? e.Message : null;
        }
        catch (CelEvaluationException e)
        {
            return e.Message;
        }
    }
}
