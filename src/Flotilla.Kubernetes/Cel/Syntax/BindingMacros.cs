namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>Local names: <c>cel.bind(name, value, result)</c> (cel-go's <c>ext.Bindings</c>).</summary>
internal static class BindingMacros
{
    public static IReadOnlyList<Macro> All { get; } = [new("bind", 3, true, Bind)];

    private static Expr? Bind(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments)
    {
        if (target is not IdentExpr { Name: "cel" })
            return null;
        return arguments[0] is IdentExpr { Name: var name }
            ? context.Bind(name, arguments[1], arguments[2])
            : context.Error(arguments[0], "cel.bind() variable names must be simple identifiers");
    }
}
