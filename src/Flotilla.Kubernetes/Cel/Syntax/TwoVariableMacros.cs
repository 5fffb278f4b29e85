using static Flotilla.Kubernetes.Cel.Syntax.Operators;

namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>
/// Macros over index and element of a list, or key and value of a map: <c>all exists existsOne transformList transformMap
/// transformMapEntry</c> (cel-go's extension for two-variable comprehensions).
/// </summary>
internal static class TwoVariableMacros
{
    public const string MapInsert = "cel.@mapInsert";

    public static IReadOnlyList<Macro> All { get; } =
    [
        new("all", 3, true, (c, target, a) => Quantify(c, target!, a, StandardMacros.ForAll)),
        new("exists", 3, true, (c, target, a) => Quantify(c, target!, a, StandardMacros.ForSome)),
        new("existsOne", 3, true, (c, target, a) => Quantify(c, target!, a, StandardMacros.ForOne)),
        new("exists_one", 3, true, (c, target, a) => Quantify(c, target!, a, StandardMacros.ForOne)),
        new("transformList", 3, true, TransformList),
        new("transformList", 4, true, TransformList),
        new("transformMap", 3, true, TransformMap),
        new("transformMap", 4, true, TransformMap),
        new("transformMapEntry", 3, true, TransformMapEntry),
        new("transformMapEntry", 4, true, TransformMapEntry),
    ];

    private static Expr Quantify(MacroContext context, Expr target, IReadOnlyList<Expr> arguments, StandardMacros.Quantifier quantifier) =>
        Variables(context, arguments, out var error) is var (first, second) ? quantifier(context, target, first, second, arguments[2]) : error;

    private static Expr TransformList(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments) =>
        Transform(context, target!, arguments, context.List(), (_, transform) => context.Call(Add, context.Accumulator, context.List(transform)));

    private static Expr TransformMap(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments) =>
        Transform(
            context, target!, arguments, context.Map(),
            (key, transform) => context.Call(MapInsert, context.Accumulator, context.Ident(key), transform));

    private static Expr TransformMapEntry(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments) =>
        Transform(context, target!, arguments, context.Map(), (_, transform) => context.Call(MapInsert, context.Accumulator, transform));

    private static Expr Transform(
        MacroContext context, Expr target, IReadOnlyList<Expr> arguments, Expr initial, Func<string, Expr, Expr> makeStep)
    {
        if (Variables(context, arguments, out var error) is not var (first, second))
            return error;
        var step = makeStep(first, arguments[^1]);
        if (arguments.Count == 4)
            step = context.Call(Conditional, arguments[2], step, context.Accumulator);
        return context.Fold(target, first, second, initial, context.Literal(CelValue.True), step, context.Accumulator);
    }

    private static (string First, string Second)? Variables(MacroContext context, IReadOnlyList<Expr> arguments, out Expr error)
    {
        const string notAName = "argument must be a simple name";
        if (StandardMacros.Variable(context, arguments[0], notAName, out error) is not { } first
            || StandardMacros.Variable(context, arguments[1], notAName, out error) is not { } second)
            return null;
        if (first != second)
            return (first, second);
        error = context.Error(arguments[1], $"duplicate variable name: {first}");
        return null;
    }
}
