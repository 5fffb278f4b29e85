
namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>
/// What calls cost at most and how large their results may be, without their arguments. The formulas are those of the
/// libraries in cel-go and Kubernetes (<c>CostEstimator</c>); null where a call costs one unit.
/// </summary>
internal static class CallEstimates
{
    private const double PerCharacter = RuntimeCosts.PerCharacter;
    private const double PerPatternCharacter = RuntimeCosts.PerPatternCharacter;
    private const int LongestFormatPattern = 128;
    private const int LongestFormatName = 64;
    private static readonly CostRange IpBytes = new(4, 16);

    public static (CostRange Cost, CostRange? Size)? Of(string function, string overload, SizedNode? target, SizedNode[] arguments) =>
        OfLists(overload, target, arguments) ?? OfKubernetes(function, overload, target, arguments) ?? OfLanguage(overload, target, arguments);

    private static (CostRange Cost, CostRange? Size)? OfLists(string overload, SizedNode? target, SizedNode[] arguments)
    {
        switch (overload)
        {
            case "list_slice":
                return MakingList(1, CostRange.Fixed(unchecked(arguments[1].IntegerOr(target!.Size.Max) - arguments[0].IntegerOr(0))));
            case "lists_range":
                return MakingList(1, CostRange.Fixed(arguments[0].IntegerOr(ulong.MaxValue)));
            case "list_reverse":
                return MakingList(1, target!.Size);
            case "list_flatten":
                return MakingList(1, target!.Size);
            case "list_flatten_int":
                return MakingList(arguments[0].IntegerOr(ulong.MaxValue), target!.Size);
            case "list_distinct":
                return MakingList(2, target!.Size * target.Size);
            case "list_sets_contains_list" or "list_sets_intersects_list":
                return ((arguments[0].Size * arguments[1].Size).Times(1) + CostRange.One, null);
            case "list_sets_equivalent_list":
                return ((arguments[0].Size * arguments[1].Size).Times(2) + CostRange.One, null);
        }
        if (overload.EndsWith("_sort", StringComparison.Ordinal))
            return Sorting(overload, target!);
        return overload.EndsWith("_sortByAssociatedKeys", StringComparison.Ordinal) ? Sorting(overload, arguments[0]) : null;
    }

    private static (CostRange Cost, CostRange? Size) Sorting(string overload, SizedNode keys)
    {
        var isText = overload.StartsWith("list_string_", StringComparison.Ordinal) || overload.StartsWith("list_bytes_", StringComparison.Ordinal);
        return MakingList(isText ? 2 + PerCharacter : 2, keys.Size * keys.Size);
    }

    private static (CostRange Cost, CostRange? Size) MakingList(double factor, CostRange size) =>
        (size.Times(factor) + CostRange.One + CostRange.Fixed(10), size);

    private static (CostRange Cost, CostRange? Size)? OfKubernetes(string function, string overload, SizedNode? target, SizedNode[] arguments)
    {
        switch (function)
        {
            case "isSorted" or "sum" or "max" or "min" or "indexOf" or "lastIndexOf" when target is not null:
                return (Searching(target), null);
            case "url" when arguments.Length == 1:
                return (arguments[0].Size.Times(PerCharacter), arguments[0].Size);
            case "lowerAscii" or "upperAscii" or "substring" or "trim" when target is not null:
                return (target.Size.Times(PerCharacter), target.Size);
            case "replace" when target is not null && arguments.Length >= 2:
                return (target.Size.Times(2 * PerCharacter), Replaced(target.Size, arguments[0].Size, arguments[1].Size));
            case "split" when target is not null:
                return (target.Size.Times(2 * PerCharacter), new CostRange(0, arguments.Length > 1 ? arguments[1].IntegerOr(target.Size.Max) : target.Size.Max));
            case "join" when target is not null:
                var joined = Joined(target, arguments);
                return (joined.Times(PerCharacter), joined);
            case "find" or "findAll" when target is not null:
                return (Matching(target.Size, arguments[0].Size), new CostRange(0, target.Size.Max));
            case "ip" when overload == "cidr_ip":
                return (CostRange.One, null);
            case "cidr" or "isIP" or "isCIDR" or "ip" or "quantity" or "isQuantity" or "semver" or "isSemver" when arguments.Length >= 1:
                return (arguments[0].Size.Times(PerCharacter), null);
            case "ip.isCanonical":
                return (arguments[0].Size.Times(2 * PerCharacter), null);
            case "containsIP":
                return ((IpBytes + IpBytes).Times(PerCharacter) + Parsing(overload == "cidr_contains_ip_string", arguments[0]), null);
            case "containsCIDR":
                return ((IpBytes + IpBytes).Times(PerCharacter) + IpBytes.Times(PerCharacter) + CostRange.One + Parsing(overload == "cidr_contains_cidr_string", arguments[0]), null);
            case "validate":
                return (arguments[0].Size.Times(PerCharacter).Times(LongestFormatPattern * PerPatternCharacter), null);
            case "_==_":
                return EqualityOfLibraryTypes(arguments);
            default:
                return null;
        }
    }

    private static CostRange Searching(SizedNode target)
    {
        if (target.ElementType is not { } element)
            return target.Size.Times(PerCharacter);
        var each = element.Kind is CelTypeKind.String or CelTypeKind.Bytes ? CostRange.One + target.ElementSize.Times(PerCharacter) : CostRange.One;
        return target.Size * each;
    }

    private static CostRange Replaced(CostRange text, CostRange old, CostRange replacement)
    {
        var (mostCount, mostKept) = old.Min == 0
            ? (text.Max < ulong.MaxValue ? text.Max + 1 : text.Max, text.Max)
            : replacement.Max <= old.Min ? (0UL, text.Max) : ((ulong)Math.Ceiling((double)text.Max / old.Min), 0UL);
        var (leastCount, leastKept) = old.Max == 0
            ? (text.Min < ulong.MaxValue ? text.Min + 1 : text.Min, text.Min)
            : old.Max <= replacement.Min ? (0UL, text.Min) : ((ulong)Math.Ceiling((double)text.Min / old.Max), 0UL);
        return (new CostRange(leastCount, mostCount) * replacement) + new CostRange(leastKept, mostKept);
    }

    private static CostRange Joined(SizedNode target, SizedNode[] arguments)
    {
        var count = target.Size;
        var size = target.ElementType is null ? CostRange.Zero : count * target.ElementSize;
        return arguments.Length == 0
            ? size
            : size + (arguments[0].Size * new CostRange(count.Min > 0 ? count.Min - 1 : 0, count.Max > 0 ? count.Max - 1 : 0));
    }

    private static CostRange Matching(CostRange text, CostRange pattern) => (text + CostRange.One).Times(PerCharacter) * pattern.Times(PerPatternCharacter);

    private static CostRange Parsing(bool isText, SizedNode argument) => isText ? argument.Size.Times(PerCharacter) : CostRange.Zero;

    private static (CostRange Cost, CostRange? Size)? EqualityOfLibraryTypes(SizedNode[] arguments)
    {
        var type = arguments[0].Expression.Type;
        if (type != arguments[1].Expression.Type)
            return null;
        return type.Name switch
        {
            "net.IP" or "net.CIDR" or "kubernetes.Quantity" or "kubernetes.Semver" => (CostRange.One, null),
            "kubernetes.NamedFormat" => (new CostRange(1, LongestFormatName).Times(PerCharacter), null),
            "kubernetes.URL" => (new CostRange(1, arguments[1].Computed is { } size ? size.Max : 1).Times(PerCharacter), null),
            _ => null,
        };
    }

    private static (CostRange Cost, CostRange? Size)? OfLanguage(string overload, SizedNode? target, SizedNode[] arguments)
    {
        switch (overload)
        {
            case "string_format":
                return (Computed(target!).Times(PerCharacter), null);
            case "string_to_bytes":
                var text = Computed(arguments[0]);
                return (text.Times(PerCharacter), new CostRange(text.Min, unchecked(text.Max * 4)));
            case "bytes_to_string":
                var bytes = Computed(arguments[0]);
                return (bytes.Times(PerCharacter), new CostRange(bytes.Min / 4, bytes.Max));
            case "strings_quote":
                var plain = Computed(arguments[0]);
                return (plain.Times(PerCharacter), new CostRange(unchecked(plain.Min + 2), unchecked((plain.Max * 2) + 2)));
            case "starts_with_string" or "ends_with_string":
                return (Computed(arguments[0]).Times(PerCharacter), null);
            case "in_list":
                return (Computed(arguments[1]).Times(1), null);
            case "matches_string":
                return (Matching(Computed(target!), Computed(arguments[0])), null);
            case "contains_string":
                return (Computed(target!).Times(PerCharacter) * Computed(arguments[0]).Times(PerCharacter), null);
            case "equals" or "not_equals" or "less_string" or "less_equals_string" or "greater_string" or "greater_equals_string" or "less_bytes"
                or "less_equals_bytes" or "greater_bytes" or "greater_equals_bytes":
                var smaller = Math.Min(Computed(arguments[0]).Max, Computed(arguments[1]).Max);
                return (new CostRange(smaller > 0 ? 1UL : 0, smaller).Times(PerCharacter), null);
            default:
                return null;
        }
    }

    private static CostRange Computed(SizedNode node) => node.Computed ?? CostRange.Unknown;
}
