using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.CelType;
using static Flotilla.Kubernetes.Cel.Checking.FunctionTable;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Functions on lists (cel-go's <c>ext.Lists</c>, version 3).</summary>
internal static class ListsLibrary
{
    private const string SortByKeys = "@sortByAssociatedKeys";

    /// <summary>Types whose values have an order, with their names in signatures.</summary>
    public static readonly (CelType Type, string Name)[] Comparable =
    [
        (Int, "int"), (Uint, "uint"), (CelType.Double, "double"), (CelType.Bool, "bool"), (CelType.Duration, "duration"), (CelType.Timestamp, "timestamp"),
        (CelType.String, "string"), (CelType.Bytes, "bytes"),
    ];

    public static IReadOnlyList<Macro> Macros { get; } = [new("sortBy", 2, true, SortBy)];

    public static void Declare(FunctionTable table)
    {
        var list = CelType.List(A);
        table.Member("slice", "list_slice", [list, Int, Int], list, Slice);
        table.Member("flatten", "list_flatten", [CelType.List(list)], list, static (f, a) => Flatten(f, a[0].List, 1));
        table.Member("flatten", "list_flatten_int", [CelType.List(Dyn), Int], CelType.List(Dyn), static (f, a) => Flatten(f, a[0].List, a[1].Int));
        table.Member("reverse", "list_reverse", [list], list, static (_, a) => CelValue.Of(new ReversedList(a[0].List)));
        table.Member("distinct", "list_distinct", [list], list, static (f, a) => Distinct(f, a[0].List));
        table.Global("lists.range", "lists_range", [Int], CelType.List(Int), static (_, a) =>
            a[0].Int > Frame.MaxElements ? throw new CostLimitExceeded() : CelValue.Of(new RangeList((int)Math.Max(0, a[0].Int))));
        foreach (var (type, name) in Comparable)
        {
            table.Member("sort", $"list_{name}_sort", [CelType.List(type)], CelType.List(type), static (f, a) => Sort(f, a[0].List, a[0].List));
            table.Member(SortByKeys, $"list_{name}_sortByAssociatedKeys", [list, CelType.List(type)], list, static (f, a) => Sort(f, a[0].List, a[1].List));
        }
    }

    private static Expr SortBy(MacroContext context, Expr? target, IReadOnlyList<Expr> arguments)
    {
        if (target is not (ListExpr or SelectExpr or IdentExpr or ComprehensionExpr or CallExpr))
            return context.Error(target!, "sortBy can only be applied to a list, identifier, comprehension, call or select expression");
        const string input = "@__sortBy_input__";
        var keys = StandardMacros.Map(context, context.Ident(input), arguments);
        return keys is ErrorExpr ? keys : context.Bind(input, target, context.MemberCall(SortByKeys, context.Ident(input), keys));
    }

    private static CelValue Slice(Frame frame, ReadOnlySpan<CelValue> a)
    {
        var (list, start, end) = (a[0].List, a[1].Int, a[2].Int);
        if (start < 0 || end < 0)
            return CelValue.Error($"cannot slice({start}, {end}), negative indexes not supported");
        if (start > end)
            return CelValue.Error($"cannot slice({start}, {end}), start index must be less than or equal to end index");
        if (list.Count < end)
            return CelValue.Error($"cannot slice({start}, {end}), list is length {list.Count}");
        return CelValue.Of(new ListSlice(list, (int)start, (int)(end - start)));
    }

    private static CelValue Flatten(Frame frame, CelList list, long depth)
    {
        if (depth < 0)
            return CelValue.Error("level must be non-negative");
        var flat = new List<CelValue>();
        return Collect(frame, list, depth, flat) ?? CelValue.Of(new ArrayList([.. flat]));
    }

    private static CelValue? Collect(Frame frame, CelList list, long depth, List<CelValue> flat)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var element = list[i];
            if (element.IsError)
                return element;
            frame.Work(1);
            if (element.Kind != CelValueKind.List || depth == 0)
            {
                flat.Add(element);
                if (flat.Count > Frame.MaxElements)
                    throw new CostLimitExceeded();
            }
            else if (Collect(frame, element.List, depth - 1, flat) is { } error)
            {
                return error;
            }
        }
        return null;
    }

    private static CelValue Distinct(Frame frame, CelList list)
    {
        var simple = new HashSet<CelValue>(MapKeys.Comparer);
        var unique = new List<CelValue>();
        for (var i = 0; i < list.Count; i++)
        {
            var element = list[i];
            frame.Work(1);
            if (element.IsError)
                return element;
            var isNew = MapKeys.IsKey(element) ? simple.Add(element) : !unique.Exists(other => Equality.Of(element, other, frame).IsTrue);
            if (isNew)
                unique.Add(element);
        }
        return CelValue.Of(new ArrayList([.. unique]));
    }

    private static CelValue Sort(Frame frame, CelList list, CelList keys)
    {
        if (list.Count != keys.Count)
            return CelValue.Error($"{SortByKeys}() expected a list of the same size as the associated keys list, but got {list.Count} and {keys.Count} elements respectively");
        if (list.Count == 0)
            return CelValue.Of(list);
        frame.Reserve(list.Count * 8L);
        var sorted = new (CelValue Key, int Index)[list.Count];
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = (keys[i], i);
            if (sorted[i].Key.IsError)
                return sorted[i].Key;
            if (sorted[i].Key.Kind != sorted[0].Key.Kind)
                return CelValue.Error("list elements must have the same type");
        }
        if (Comparison.Of(sorted[0].Key, sorted[0].Key) is null && sorted[0].Key.Kind != CelValueKind.Double)
            return CelValue.Error("list elements must be comparable");
        Array.Sort(sorted, static (x, y) => Comparison.Of(x.Key, y.Key) is { } order and not 0 ? order : x.Index.CompareTo(y.Index));
        return CelValue.Of(new ArrayList(Array.ConvertAll(sorted, s => list[s.Index])));
    }

    /// <summary>The numbers from zero, not in memory.</summary>
    private sealed class RangeList(int count) : CelList
    {
        public override int Count => count;

        public override CelValue this[int index] => CelValue.Of((long)index);
    }

    private sealed class ReversedList(CelList list) : CelList
    {
        public override int Count => list.Count;

        public override CelValue this[int index] => list[list.Count - 1 - index];
    }
}
