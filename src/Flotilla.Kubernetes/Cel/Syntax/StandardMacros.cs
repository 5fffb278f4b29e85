using static Flotilla.Kubernetes.Cel.Syntax.Operators;

namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>The macros of the language: <c>has all exists exists_one existsOne map filter</c>.</summary>
internal static class StandardMacros
{
    public static IReadOnlyList<Macro> All { get; } =
    [
        new("has", 1, false, Has),
        new("all", 2, true, (c, target, a) => Quantify(c, target!, a, ForAll)),
        new("exists", 2, true, (c, target, a) => Quantify(c, target!, a, ForSome)),
        new("exists_one", 2, true, (c, target, a) => Quantify(c, target!, a, ForOne)),
        new("existsOne", 2, true, (c, target, a) => Quantify(c, target!, a, ForOne)),
        new("map", 2, true, Map),
        new("map", 3, true, Map),
        new("filter", 2, true, Filter),
    ];

    /// <summary>What distinguishes the quantifiers: where the loop starts, when it goes on, what a step does and the result.</summary>
    public delegate Expr Quantifier(MacroContext context, Expr range, string variable, string? second, Expr predicate);

    public static Expr ForAll(MacroContext c, Expr range, string variable, string? second, Expr predicate) =>
        c.Fold(range, variable, second, c.Literal(CelValue.True), c.Call(NotStrictlyFalse, c.Accumulator), c.Call(And, c.Accumulator, predicate), c.Accumulator);

    public static Expr ForSome(MacroContext c, Expr range, string variable, string? second, Expr predicate) =>
        c.Fold(
            range, variable, second, c.Literal(CelValue.False), c.Call(NotStrictlyFalse, c.Call(Not, c.Accumulator)),
            c.Call(Or, c.Accumulator, predicate), c.Accumulator);

    public static Expr ForOne(MacroContext c, Expr range, string variable, string? second, Expr predicate)
    {
        var one = c.Literal(CelValue.Of(1L));
        return c.Fold(
            range, variable, second, c.Literal(CelValue.Of(0L)), c.Literal(CelValue.True),
            c.Call(Conditional, predicate, c.Call(Add, c.Accumulator, one), c.Accumulator), c.Call(Equal, c.Accumulator, one));
    }

    /// <summary>The name of an iteration variable, or null after reporting why it is none.</summary>
    public static string? Variable(MacroContext context, Expr argument, string notAName, out Expr error)
    {
        error = argument;
        if (argument is not IdentExpr { Name: var name })
        {
            error = context.Error(argument, notAName);
            return null;
        }
        if (name is not MacroContext.OldAccumulator)
            return name;
        error = context.Error(argument, "iteration variable overwrites accumulator variable");
        return null;
    }

    private static Expr Has(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments) =>
        arguments[0] is SelectExpr select
            ? context.Select(select.Operand, select.Field, testOnly: true)
            : context.Error(arguments[0], "invalid argument to has() macro");

    private static Expr Quantify(MacroContext context, Expr target, IReadOnlyList<Expr> arguments, Quantifier quantifier) =>
        Variable(context, arguments[0], "argument must be a simple name", out var error) is { } name
            ? quantifier(context, target, name, null, arguments[1])
            : error;

    public static Expr Map(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments)
    {
        if (Variable(context, arguments[0], "argument is not an identifier", out var error) is not { } name)
            return error;
        var step = context.Call(Add, context.Accumulator, context.List(arguments[^1]));
        if (arguments.Count == 3)
            step = context.Call(Conditional, arguments[1], step, context.Accumulator);
        return context.Fold(target!, name, null, context.List(), context.Literal(CelValue.True), step, context.Accumulator);
    }

    private static Expr Filter(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments)
    {
        if (Variable(context, arguments[0], "argument is not an identifier", out var error) is not { } name)
            return error;
        var step = context.Call(Add, context.Accumulator, context.List(arguments[0]));
        step = context.Call(Conditional, arguments[1], step, context.Accumulator);
        return context.Fold(target!, name, null, context.List(), context.Literal(CelValue.True), step, context.Accumulator);
    }
}
