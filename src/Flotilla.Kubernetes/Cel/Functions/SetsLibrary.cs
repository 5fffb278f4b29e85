using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.Checking.FunctionTable;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Lists taken as sets (cel-go's <c>ext.Sets</c>).</summary>
internal static class SetsLibrary
{
    public static void Declare(FunctionTable table)
    {
        var list = CelType.List(A);
        table.Global("sets.contains", "list_sets_contains_list", [list, list], CelType.Bool, static (f, a) => ContainsAll(f, a[0].List, a[1].List));
        table.Global("sets.equivalent", "list_sets_equivalent_list", [list, list], CelType.Bool, static (f, a) =>
        {
            var contains = ContainsAll(f, a[0].List, a[1].List);
            return contains.IsTrue ? ContainsAll(f, a[1].List, a[0].List) : contains;
        });
        table.Global("sets.intersects", "list_sets_intersects_list", [list, list], CelType.Bool, static (f, a) => Intersects(f, a[0].List, a[1].List));
    }

    private static CelValue ContainsAll(Frame frame, CelList list, CelList part)
    {
        for (var i = 0; i < part.Count; i++)
        {
            var contained = list.Contains(part[i], frame);
            if (!contained.IsTrue)
                return contained;
        }
        return CelValue.True;
    }

    private static CelValue Intersects(Frame frame, CelList first, CelList second)
    {
        for (var i = 0; i < first.Count; i++)
        {
            if (second.Contains(first[i], frame).IsTrue)
                return CelValue.True;
        }
        return CelValue.False;
    }
}
