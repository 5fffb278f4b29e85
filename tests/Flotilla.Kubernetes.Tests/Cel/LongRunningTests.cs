using Flotilla.Kubernetes.Cel;

namespace Flotilla.Kubernetes.Tests.Cel;

/// <summary>No expression runs for long, fills memory or overflows the stack, whatever its costs say.</summary>
public sealed class LongRunningTests
{
    private static readonly CelEnvironment Environment = CelEnvironment.Complete.With("s", CelType.String).With("big", CelType.List(CelType.Int));

    public static TheoryData<string> Runaways =>
    [
        "lists.range(1000000000000).size() > 0",
        "lists.range(16000000).all(x, x >= 0)",
        "lists.range(2000).map(x, lists.range(2000).map(y, x * y)).size() > 0",
        "big.distinct().size() > 0",
        Nested("cel.bind(v{0}, v{1} + v{1}, ", "cel.bind(v0, [1], ", "v{0} == v{0}", 60),
        Nested("cel.bind(v{0}, [v{1}, v{1}], ", "cel.bind(v0, [1], ", "v{0} == v{0}", 60),
        Nested("cel.bind(v{0}, v{1} + v{1}, ", "cel.bind(v0, s, ", "v{0}.size() > 0", 60),
        Nested("cel.bind(v{0}, v{1}.replace('', 'xxxxxxxxxxxxxxxxxxxx'), ", "cel.bind(v0, s, ", "v{0}.size() > 0", 60),
        Nested("cel.bind(v{0}, [v{1}, v{1}, v{1}], ", "cel.bind(v0, ['aaaaaaaa'], ", "'%s'.format([v{0}]).size() > 0", 60),
        Nested("cel.bind(v{0}, [v{1}, v{1}, v{1}], ", "cel.bind(v0, [1], ", "v{0}.indexOf(v{0}[0]) >= 0 && v{0} == v{0} && v{0}.flatten(60).size() > 0", 60),
    ];

    [Theory]
    [MemberData(nameof(Runaways))]
    public void Expressions_that_grow_beyond_bounds_are_stopped(string expression)
    {
        var program = CelProgram.Compile(expression, Environment);
        var bindings = new CelBindings().Set("s", CelValue.Of(new string('x', 100_000))).Set("big", CelValue.Of([.. Enumerable.Range(0, 100_000).Select(i => CelValue.Of((long)i))]));
        var failure = Assert.Throws<CelEvaluationException>(() => program.Evaluate(bindings, new CelBudget(), TestContext.Current.CancellationToken));
        Assert.Equal(CelEvaluationFailure.CostLimitExceeded, failure.Reason);
        Assert.Equal("operation cancelled: actual cost limit exceeded", failure.Message);
    }

    [Fact]
    public void A_budget_is_charged_for_what_an_evaluation_cost()
    {
        var budget = new CelBudget(total: 100);
        CelProgram.Compile("s.size() > 3", Environment).Evaluate(new CelBindings().Set("s", CelValue.Of("text")), budget, TestContext.Current.CancellationToken);
        Assert.Equal(100 - 3, budget.Remaining);
    }

    [Theory]
    [InlineData("(", ")", 300)]
    [InlineData("[", "]", 300)]
    [InlineData("!(", ")", 300)]
    [InlineData("s.size() + ", "", 300)]
    [InlineData("1 + ", "", 20_000)]
    [InlineData("true ? 1 : ", "", 9_000)]
    [InlineData("[1].map(x, ", ")", 300)]
    [InlineData("{'a': ", "}", 300)]
    public void Nesting_is_limited(string open, string close, int times)
    {
        var problem = Assert.Throws<CelException>(() => OnSmallStack(() => CelProgram.Compile(Repeat(open, times) + "1" + Repeat(close, times), Environment))).Problems[0];
        Assert.Contains(problem.Message, (string[])["max recursion depth exceeded", "expression recursion limit exceeded: 250"]);
    }

    [Theory]
    [InlineData("(", ")", "1", 200)]
    [InlineData("[1].map(x, ", ")", "1", 200)]
    [InlineData("[1].all(x, true && (", "))", "true", 120)]
    [InlineData("{'a': ", "}", "1", 200)]
    [InlineData("optional.of(", ")", "1", 200)]
    [InlineData("[", "]", "1", 200)]
    [InlineData("cel.bind(x, [1], x + ", ")", "[1]", 120)]
    public void What_is_within_the_limits_fits_a_small_stack(string open, string close, string middle, int times) =>
        OnSmallStack(() => CelProgram.Compile(Repeat(open, times) + middle + Repeat(close, times), Environment)
            .Evaluate(CelBindings.Empty, new CelBudget(), TestContext.Current.CancellationToken));

    [Fact]
    public void Long_chains_of_logic_do_not_nest()
    {
        var program = CelProgram.Compile(string.Join(" && ", Enumerable.Repeat("s != ''", 5_000)), Environment);
        Assert.True(program.Evaluate(new CelBindings().Set("s", CelValue.Of("x")), new CelBudget(), TestContext.Current.CancellationToken).IsTrue);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Nested(string step, string first, string last, int times)
    {
        var steps = Enumerable.Range(1, times).Select(i => step.Replace("{0}", $"{i}").Replace("{1}", $"{i - 1}"));
        return first + string.Concat(steps) + last.Replace("{0}", $"{times}") + Repeat(")", times + 1);
    }

    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action), maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw failure;
    }
}
