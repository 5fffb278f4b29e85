using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.Checking.FunctionTable;
using static Flotilla.Kubernetes.Cel.CelType;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Operators and functions of the language itself.</summary>
internal static class StandardLibrary
{
    private static readonly CelType ListOfA = CelType.List(A);
    private static readonly CelType MapOfAB = CelType.Map(A, B);

    public static void Declare(FunctionTable table)
    {
        foreach (var type in new[] { CelType.Bool, CelType.Bytes, CelType.Double, CelType.Duration, Int, CelType.List(Dyn), CelType.Map(Dyn, Dyn), Null, CelType.String, CelType.Timestamp, AnyType, Uint })
            table.Type(type);
        Logic(table);
        Collections(table);
        Texts(table);
        ArithmeticLibrary.Declare(table);
        ConversionLibrary.Declare(table);
        TimeLibrary.Declare(table);
    }

    /// <summary>Operators that the planner gives steps of their own; the checker needs their signatures only.</summary>
    private static void Logic(FunctionTable table)
    {
        FunctionBody unreachable = static (_, _) => CelValue.NoSuchOverload;
        table.Global(Operators.Conditional, "conditional", [CelType.Bool, A, A], A, unreachable);
        table.Global(Operators.And, "logical_and", [CelType.Bool, CelType.Bool], CelType.Bool, unreachable);
        table.Global(Operators.Or, "logical_or", [CelType.Bool, CelType.Bool], CelType.Bool, unreachable);
        table.Global(Operators.NotStrictlyFalse, "not_strictly_false", [CelType.Bool], CelType.Bool, unreachable);
        table.Global(Operators.Equal, "equals", [A, A], CelType.Bool, unreachable);
        table.Global(Operators.NotEqual, "not_equals", [A, A], CelType.Bool, unreachable);
        table.Global(Operators.Index, "index_list", [ListOfA, Int], A, unreachable);
        table.Global(Operators.Index, "index_map", [MapOfAB, A], B, unreachable);
        table.Global(Operators.Not, "logical_not", [CelType.Bool], CelType.Bool, static (_, a) => CelValue.Of(!a[0].IsTrue));
    }

    private static void Collections(FunctionTable table)
    {
        table.Global(Operators.In, "in_list", [A, ListOfA], CelType.Bool, static (frame, a) => a[1].List.Contains(a[0], frame));
        table.Global(Operators.In, "in_map", [A, MapOfAB], CelType.Bool, static (_, a) =>
            a[1].Map.TryGet(a[0], out var found) && found.IsError ? found : CelValue.Of(a[1].Map.TryGet(a[0], out var _)));
        foreach (var (type, name) in new[] { (CelType.Bytes, "bytes"), (ListOfA, "list"), (MapOfAB, "map"), (CelType.String, "string") })
        {
            table.Global("size", $"size_{name}", [type], Int, Size);
            table.Member("size", $"{name}_size", [type], Int, Size);
        }
    }

    private static CelValue Size(Frame frame, ReadOnlySpan<CelValue> a)
    {
        if (a[0].Kind == CelValueKind.String)
            frame.Work(a[0].String.Length);
        return CelValue.Of((long)(SizeOf(a[0]) ?? 0));
    }

    /// <summary>The size of texts in code points, of bytes, lists and maps; null for everything else.</summary>
    public static int? SizeOf(CelValue value) => value.Kind switch
    {
        CelValueKind.String => CodePoints.Count(value.String),
        CelValueKind.Bytes => value.Bytes.Length,
        CelValueKind.List => value.List.Count,
        CelValueKind.Map => value.Map.Count,
        _ => null,
    };

    private static void Texts(FunctionTable table)
    {
        table.Member("contains", "contains_string", [CelType.String, CelType.String], CelType.Bool, static (_, a) => CelValue.Of(a[0].String.Contains(a[1].String, StringComparison.Ordinal)));
        table.Member("startsWith", "starts_with_string", [CelType.String, CelType.String], CelType.Bool, static (_, a) => CelValue.Of(a[0].String.StartsWith(a[1].String, StringComparison.Ordinal)));
        table.Member("endsWith", "ends_with_string", [CelType.String, CelType.String], CelType.Bool, static (_, a) => CelValue.Of(a[0].String.EndsWith(a[1].String, StringComparison.Ordinal)));
        RegexLibrary.DeclareMatches(table);
    }
}
