namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>
/// A node of a parsed expression. The checker fills in what it finds out; nothing else changes a node after parsing.
/// </summary>
/// <param name="offset">Where problems with the node are reported, in UTF-16 units.</param>
/// <param name="depth">How deeply the source nests below this node, in the steps that the parser limits.</param>
internal abstract class Expr(int offset, int depth)
{
    public int Offset => offset;

    public int Depth => depth;

    /// <summary>The checked type; null before.</summary>
    public CelType Type { get; set; } = CelType.Error;
}

internal sealed class LiteralExpr(int offset, CelValue value) : Expr(offset, 0)
{
    public CelValue Value => value;
}

internal sealed class IdentExpr(int offset, string name) : Expr(offset, 0)
{
    public string Name => name;

    /// <summary>What the name stands for; set by the checker.</summary>
    public Checking.Declaration? Declaration { get; set; }
}

internal sealed class SelectExpr(int offset, int depth, Expr operand, string fieldName, bool testOnly) : Expr(offset, depth)
{
    public Expr Operand => operand;

    public string Field => fieldName;

    /// <summary>Whether this asks for the presence of the field: <c>has(a.b)</c>.</summary>
    public bool TestOnly => testOnly;

    /// <summary>What the whole dotted name stands for, if it does; set by the checker.</summary>
    public Checking.Declaration? Declaration { get; set; }
}

internal sealed class CallExpr(int offset, int depth, string function, Expr? target, IReadOnlyList<Expr> arguments) : Expr(offset, depth)
{
    public string Function => function;

    /// <summary>The receiver of a member call; null for a function, and once the checker has found it to be a namespace.</summary>
    public Expr? Target { get; set; } = target;

    public IReadOnlyList<Expr> Arguments => arguments;

    /// <summary>The function with its namespace; set by the checker.</summary>
    public string ResolvedFunction { get; set; } = "";

    /// <summary>Implementations that may fit; set by the checker.</summary>
    public IReadOnlyList<Checking.Overload> Overloads { get; set; } = [];
}

/// <summary>A list; optional elements are left out when they are none. No flags mean that no element is optional.</summary>
internal sealed class ListExpr(int offset, int depth, IReadOnlyList<Expr> elements, IReadOnlyList<bool> optional) : Expr(offset, depth)
{
    public IReadOnlyList<Expr> Elements => elements;

    public bool IsOptional(int index) => optional.Count > 0 && optional[index];
}

internal sealed record MapEntry(int Offset, Expr Key, Expr Value, bool Optional);

internal sealed class MapExpr(int offset, int depth, IReadOnlyList<MapEntry> entries) : Expr(offset, depth)
{
    public IReadOnlyList<MapEntry> Entries => entries;
}

internal sealed record FieldEntry(int Offset, string Name, Expr Value, bool Optional);

internal sealed class StructExpr(int offset, int depth, string typeName, IReadOnlyList<FieldEntry> fields) : Expr(offset, depth)
{
    public string TypeName => typeName;

    public IReadOnlyList<FieldEntry> Fields => fields;
}

/// <summary>
/// What macros such as <c>all</c> and <c>map</c> expand to: a loop over a range with an accumulator.
/// </summary>
internal sealed class ComprehensionExpr(int offset, int depth) : Expr(offset, depth)
{
    /// <summary>The usual name of the accumulator. No source can name it, so it hides nothing.</summary>
    public const string Accumulator = "@result";

    public string AccumulatorName { get; init; } = Accumulator;

    public required Expr Range { get; init; }

    public required string Variable { get; init; }

    public string? SecondVariable { get; init; }

    public required Expr Initial { get; init; }

    public required Expr Condition { get; init; }

    public required Expr Step { get; init; }

    public required Expr Result { get; init; }
}

/// <summary>Stands where the source has a syntax error.</summary>
internal sealed class ErrorExpr(int offset) : Expr(offset, 0);

/// <summary>Names of operators as functions; messages show them.</summary>
internal static class Operators
{
    public const string Conditional = "_?_:_";
    public const string And = "_&&_";
    public const string Or = "_||_";
    public const string Not = "!_";
    public const string Negate = "-_";
    public const string Equal = "_==_";
    public const string NotEqual = "_!=_";
    public const string Less = "_<_";
    public const string LessEqual = "_<=_";
    public const string Greater = "_>_";
    public const string GreaterEqual = "_>=_";
    public const string In = "@in";
    public const string Add = "_+_";
    public const string Subtract = "_-_";
    public const string Multiply = "_*_";
    public const string Divide = "_/_";
    public const string Modulo = "_%_";
    public const string Index = "_[_]";
    public const string OptionalIndex = "_[?_]";
    public const string OptionalSelect = "_?._";
    public const string NotStrictlyFalse = "@not_strictly_false";
}
