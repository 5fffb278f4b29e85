using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.Checking.FunctionTable;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Kubernetes' functions on lists: <c>isSorted sum min max indexOf lastIndexOf</c>.</summary>
internal static class KubernetesListsLibrary
{
    public static void Declare(FunctionTable table)
    {
        foreach (var (type, name) in ListsLibrary.Comparable)
        {
            var list = CelType.List(type);
            table.Member("isSorted", $"list_{name}_is_sorted_bool", [list], CelType.Bool, static (f, a) => IsSorted(f, a[0].List));
            table.Member("max", $"list_{name}_max_{name}", [list], type, static (f, a) => Extreme(f, a[0].List, "max", -1));
            table.Member("min", $"list_{name}_min_{name}", [list], type, static (f, a) => Extreme(f, a[0].List, "min", 1));
        }
        var add = table.Find(Operators.Add)!;
        Sum(CelType.Int, "int", "add_int64", CelValue.Of(0L));
        Sum(CelType.Uint, "uint", "add_uint64", CelValue.Of(0UL));
        Sum(CelType.Double, "double", "add_double", CelValue.Of(0.0));
        Sum(CelType.Duration, "duration", "add_duration_duration", CelValue.Duration(0));
        table.Member("indexOf", "list_a_index_of_int", [CelType.List(A), A], CelType.Int, static (f, a) => IndexOf(f, a[0].List, a[1], last: false));
        table.Member("lastIndexOf", "list_a_last_index_of_int", [CelType.List(A), A], CelType.Int, static (f, a) => IndexOf(f, a[0].List, a[1], last: true));

        void Sum(CelType type, string name, string addition, CelValue zero)
        {
            var overload = add.Overloads.Single(o => o.Id == addition);
            table.Member("sum", $"list_{name}_sum_{name}", [CelType.List(type)], type, (f, a) => SumUp(f, a[0].List, overload, zero));
        }
    }

    private static CelValue IsSorted(Frame frame, CelList list)
    {
        frame.Work(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var value = list[i];
            if (value.IsError)
                return value;
            if (i > 0 && Comparison.Of(list[i - 1], value) > 0)
                return CelValue.False;
        }
        return CelValue.True;
    }

    private static CelValue Extreme(Frame frame, CelList list, string name, int replacedWhen)
    {
        frame.Work(list.Count);
        if (list.Count == 0)
            return CelValue.Error($"{name} called on empty list");
        var best = list[0];
        for (var i = 1; i < list.Count && !best.IsError; i++)
        {
            var value = list[i];
            if (value.IsError || Math.Sign(Comparison.Of(best, value) ?? 0) == replacedWhen)
                best = value;
        }
        return best;
    }

    private static CelValue SumUp(Frame frame, CelList list, Overload addition, CelValue zero)
    {
        frame.Work(list.Count);
        var sum = zero;
        for (var i = 0; i < list.Count && !sum.IsError; i++)
        {
            var value = list[i];
            CelValue[] pair = [sum, value];
            sum = value.IsError ? value : addition.Accepts(pair) ? addition.Body(frame, pair) : CelValue.NoSuchOverload;
        }
        return sum;
    }

    private static CelValue IndexOf(Frame frame, CelList list, CelValue value, bool last)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var index = last ? list.Count - 1 - i : i;
            if (Equality.Of(list[index], value, frame).IsTrue)
                return CelValue.Of((long)index);
        }
        return CelValue.Of(-1L);
    }
}
