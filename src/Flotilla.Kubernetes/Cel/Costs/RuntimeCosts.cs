using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Functions;
using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>
/// What calls cost at run time. The numbers are those of cel-go and of Kubernetes' libraries: a tenth of a unit for each
/// character that is looked at, a quarter for each character of a pattern.
/// </summary>
internal static class RuntimeCosts
{
    public const double PerCharacter = 0.1;
    public const double PerPatternCharacter = 0.25;
    private const int MakeList = 10;
    private const long MaxTraversal = 100_000_000;

    /// <summary>The cost function of a call, or null for one unit.</summary>
    /// <param name="function">Name of the function.</param>
    /// <param name="overload">The one signature that fits; empty when several may.</param>
    public static CallCost? Of(string function, string overload) => OfList(overload) ?? OfFunction(function, overload) ?? OfOverload(overload);

    /// <summary>The cost of comparing two values.</summary>
    public static long Equality(CelValue a, CelValue b) =>
        a.Kind == CelValueKind.Opaque ? 1 : Traverse(Math.Min(Size(a), Size(b)));

    /// <summary>Functions whose calls with a constant are computed while planning.</summary>
    public static bool IsConversion(string function) =>
        function is "bool" or "bytes" or "double" or "duration" or "dyn" or "int" or "string" or "timestamp" or "type" or "uint";

    /// <summary>The size of a value for costs: one for what has no size.</summary>
    public static long Size(CelValue value) => value.Kind switch
    {
        CelValueKind.Optional when value.Optional.HasValue => Size(value.Optional.Value),
        CelValueKind.Opaque => value.Opaque.Size,
        _ => StandardLibrary.SizeOf(value) ?? 1,
    };

    private static long Traverse(double characters) => (long)Math.Ceiling(characters * PerCharacter);

    private static long Pattern(long text, long pattern) => (long)Math.Ceiling((1.0 + text) * PerCharacter) * (long)Math.Ceiling(pattern * PerPatternCharacter);

    private static CallCost? OfList(string overload) => overload switch
    {
        "list_slice" or "lists_range" or "list_reverse" => static (_, result) => MakingList(1, Size(result)),
        "list_flatten" => static (a, _) => MakingList(1, Size(a[0])),
        "list_flatten_int" => static (a, _) => MakingList(a[1].Int, Size(a[0])),
        "list_distinct" => static (a, _) => ComparingAll(a[0].List),
        "list_sets_contains_list" or "list_sets_intersects_list" => static (a, _) => 1 + (Size(a[0]) * Size(a[1])),
        "list_sets_equivalent_list" => static (a, _) => 1 + (2 * Size(a[0]) * Size(a[1])),
        _ when overload.EndsWith("_sort", StringComparison.Ordinal) => static (a, _) => ComparingAll(a[0].List),
        _ when overload.EndsWith("_sortByAssociatedKeys", StringComparison.Ordinal) => static (a, _) => ComparingAll(a[1].List),
        _ => null,
    };

    private static long MakingList(double factor, long size) => (long)(size * factor) + 1 + MakeList;

    private static long ComparingAll(CelList list)
    {
        var isText = list.Count > 0 && list[0].Kind is CelValueKind.String or CelValueKind.Bytes;
        return MakingList(isText ? 2 + PerCharacter : 2, (long)list.Count * list.Count);
    }

    /// <summary>Costs that Kubernetes sets by the name of the function.</summary>
    private static CallCost? OfFunction(string function, string overload) => function switch
    {
        "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf" => static (a, _) => TraverseAll(a[0], 0),
        "url" or "lowerAscii" or "upperAscii" or "substring" or "trim" => static (a, _) => Traverse(Size(a[0])),
        "replace" or "split" => static (a, _) => Traverse(2.0 * Size(a[0])),
        "join" => static (_, result) => Traverse(2.0 * Size(result)),
        "find" or "findAll" => static (a, _) => Pattern(Size(a[0]), Size(a[1])),
        "ip" when overload == "cidr_ip" => null,
        "cidr" or "isIP" or "isCIDR" or "ip" or "quantity" or "isQuantity" or "semver" or "isSemver" => static (a, _) => Traverse(Size(a[0])),
        "ip.isCanonical" => static (a, _) => Traverse(2.0 * Size(a[0])),
        "containsIP" => (a, _) => Traverse(2.0 * Size(a[0])) + (overload == "cidr_contains_ip_string" ? Traverse(Size(a[1])) : 0),
        "containsCIDR" => (a, _) =>
            Traverse(2.0 * Size(a[0])) + Traverse(Size(a[0])) + 1 + (overload == "cidr_contains_cidr_string" ? Traverse(Size(a[1])) : 0),
        "validate" => static (a, _) => Pattern(Size(a[1]), ((NamedFormat)a[0].Opaque).PatternSize),
        _ => null,
    };

    /// <summary>Costs that the language sets by signature.</summary>
    private static CallCost? OfOverload(string overload) => overload switch
    {
        "starts_with_string" or "ends_with_string" or "strings_quote" or "string_format" or "string_to_bytes" or "bytes_to_string" => static (a, _) => Traverse(Size(a[0])),
        "in_list" => static (a, _) => Size(a[1]),
        "less_string" or "less_equals_string" or "greater_string" or "greater_equals_string" or "less_bytes" or "less_equals_bytes" or "greater_bytes"
            or "greater_equals_bytes" => static (a, _) => Traverse(Math.Min(Size(a[0]), Size(a[1]))),
        "add_string" or "add_bytes" => static (a, _) => Traverse(Size(a[0]) + Size(a[1])),
        "matches_string" => static (a, _) => Pattern(Size(a[0]), Size(a[1])),
        "contains_string" => static (a, _) => Traverse(Size(a[0])) * Traverse(Size(a[1])),
        _ => null,
    };

    /// <summary>The cost of looking at a whole tree. Values that share parts have trees beyond all bounds, so it stops there.</summary>
    private static long TraverseAll(CelValue value, long sofar)
    {
        switch (value.Kind)
        {
            case CelValueKind.String:
                return (long)(System.Text.Encoding.UTF8.GetByteCount(value.String) * PerCharacter);
            case CelValueKind.Bytes:
                return (long)(value.Bytes.Length * PerCharacter);
            case CelValueKind.List:
                var cost = 0L;
                for (var i = 0; i < value.List.Count && cost + sofar < MaxTraversal; i++)
                    cost += TraverseAll(value.List[i], cost + sofar);
                return cost;
            case CelValueKind.Map:
                var sum = 0L;
                foreach (var key in value.Map.Keys)
                {
                    if (sum + sofar >= MaxTraversal)
                        break;
                    sum += TraverseAll(key, sum + sofar);
                    sum += value.Map.TryGet(key, out var entry) ? TraverseAll(entry, sum + sofar) : 0;
                }
                return sum;
            default:
                return 1;
        }
    }
}
