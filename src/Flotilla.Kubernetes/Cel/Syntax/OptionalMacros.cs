namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>Macros on optional values: <c>optMap optFlatMap</c>.</summary>
internal static class OptionalMacros
{
    /// <summary>What a macro binds its target to, so that chains of macros do not evaluate (or check) it twice at each link.</summary>
    public const string Target = "@target";

    public static IReadOnlyList<Macro> All { get; } =
    [
        new("optMap", 2, true, (c, target, a) => WhenPresent(c, "optMap", target!, a, value => c.MemberCall("of", c.Ident("optional"), value))),
        new("optFlatMap", 2, true, (c, target, a) => WhenPresent(c, "optFlatMap", target!, a, value => value)),
    ];

    private static Expr WhenPresent(MacroContext context, string macro, Expr target, IReadOnlyList<Expr> arguments, Func<Expr, Expr> wrap)
    {
        if (arguments[0] is not IdentExpr { Name: var name })
            return context.Error(arguments[0], $"{macro}() variable name must be a simple identifier");
        var optional = context.Ident(Target);
        return context.Bind(
            Target,
            target,
            context.Call(
                Operators.Conditional,
                context.MemberCall("hasValue", optional),
                wrap(context.Bind(name, context.MemberCall("value", optional), arguments[1])),
                context.MemberCall("none", context.Ident("optional"))));
    }
}
