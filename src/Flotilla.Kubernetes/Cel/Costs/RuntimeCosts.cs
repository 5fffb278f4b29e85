using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Functions;

namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>
/// What calls cost at run time. The numbers are those of cel-go and of Kubernetes' libraries: a tenth of a unit for each
/// character that is looked at, a quarter for each character of a pattern.
/// </summary>
internal static class RuntimeCosts
{
    public const double PerCharacter = 0.1;
    public const double PerPatternCharacter = 0.25;

    /// <summary>The cost function of a call, or null for one unit.</summary>
    /// <param name="function">Name of the function.</param>
    /// <param name="overload">The one signature that fits; empty when several may.</param>
    public static CallCost? Of(string function, string overload) => function switch
    {
        "startsWith" or "endsWith" or "strings.quote" => static (a, _) => Traverse(Size(a[0])),
        "format" when overload == "string_format" => static (a, _) => Traverse(Size(a[0])),
        "bytes" when overload == "string_to_bytes" => static (a, _) => Traverse(Size(a[0])),
        "string" when overload == "bytes_to_string" => static (a, _) => Traverse(Size(a[0])),
        "@in" when overload == "in_list" => static (a, _) => Size(a[1]),
        "_<_" or "_<=_" or "_>_" or "_>=_" when overload.EndsWith("_string", StringComparison.Ordinal) || overload.EndsWith("_bytes", StringComparison.Ordinal) =>
            static (a, _) => Traverse(Math.Min(Size(a[0]), Size(a[1]))),
        "_+_" when overload is "add_string" or "add_bytes" => static (a, _) => Traverse(Size(a[0]) + Size(a[1])),
        "matches" when overload == "matches_string" => static (a, _) => Pattern(Size(a[0]), Size(a[1])),
        "find" or "findAll" => static (a, _) => Pattern(Size(a[0]), Size(a[1])),
        "contains" when overload == "contains_string" => static (a, _) => Traverse(Size(a[0])) * Traverse(Size(a[1])),
        _ => null,
    };

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

    public static long Traverse(double characters) => (long)Math.Ceiling(characters * PerCharacter);

    public static long Pattern(long text, long pattern) => (long)Math.Ceiling((1.0 + text) * PerCharacter) * (long)Math.Ceiling(pattern * PerPatternCharacter);
}
