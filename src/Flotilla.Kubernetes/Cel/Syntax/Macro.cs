namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>Rewrites a call while it is parsed; null leaves the call as it is.</summary>
internal delegate Expr? MacroExpander(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments);

/// <summary>A call that is rewritten; -1 arguments stand for any number.</summary>
internal sealed record Macro(string Name, int ArgumentCount, bool Member, MacroExpander Expand);

/// <summary>The macros of an environment.</summary>
internal sealed class MacroTable
{
    private readonly Dictionary<(string, int, bool), Macro> macros = [];

    public MacroTable(IEnumerable<Macro> all)
    {
        foreach (var macro in all)
            macros[(macro.Name, macro.ArgumentCount, macro.Member)] = macro;
    }

    public Macro? Find(string name, int arguments, bool member) =>
        macros.GetValueOrDefault((name, arguments, member)) ?? macros.GetValueOrDefault((name, -1, member));
}

/// <summary>Builds the nodes of an expansion; problems inside it are reported at the call.</summary>
internal sealed class MacroContext(int offset, int depth, SourceProblems problems)
{
    public const string OldAccumulator = "__result__";

    public Expr Accumulator => new IdentExpr(offset, ComprehensionExpr.Accumulator);

    public Expr Error(Expr at, string message)
    {
        problems.Add(at.Offset, message);
        return new ErrorExpr(at.Offset);
    }

    public Expr Literal(CelValue value) => new LiteralExpr(offset, value);

    public Expr Ident(string name) => new IdentExpr(offset, name);

    public Expr List(params IReadOnlyList<Expr> elements) => new ListExpr(offset, depth, elements, []);

    public Expr Map(params IReadOnlyList<MapEntry> entries) => new MapExpr(offset, depth, entries);

    public MapEntry Entry(Expr key, Expr value) => new(offset, key, value, false);

    public Expr Call(string function, params IReadOnlyList<Expr> arguments) => new CallExpr(offset, depth, function, null, arguments);

    public Expr MemberCall(string function, Expr target, params IReadOnlyList<Expr> arguments) => new CallExpr(offset, depth, function, target, arguments);

    public Expr Select(Expr operand, string field, bool testOnly) => new SelectExpr(offset, depth, operand, field, testOnly);

    public Expr Fold(Expr range, string variable, string? second, Expr initial, Expr condition, Expr step, Expr result) =>
        new ComprehensionExpr(offset, depth)
        {
            Range = range,
            Variable = variable,
            SecondVariable = second,
            Initial = initial,
            Condition = condition,
            Step = step,
            Result = result,
        };

    /// <summary>Evaluates <paramref name="value"/> once and <paramref name="result"/> with it: a loop over nothing.</summary>
    public Expr Bind(string name, Expr value, Expr result) =>
        new ComprehensionExpr(offset, depth)
        {
            Range = List(),
            Variable = "#unused",
            AccumulatorName = name,
            Initial = value,
            Condition = Literal(CelValue.False),
            Step = new IdentExpr(offset, name),
            Result = result,
        };
}
