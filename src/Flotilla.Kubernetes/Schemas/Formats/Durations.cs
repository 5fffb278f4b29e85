using System.Globalization;
using System.Text.RegularExpressions;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Kubernetes.Schemas.Formats;

/// <summary>Durations: Go's (<c>1h30m</c>, <c>-1.5s</c>), or a number with a unit in words anywhere in the text (<c>22 ns</c>, <c>3 days</c>).</summary>
internal static partial class Durations
{
    private static readonly (string[] Exact, string Prefix, long Nanos)[] Units =
    [
        (["ns"], "nano", 1), (["us", "µs"], "micro", 1_000), (["ms"], "milli", 1_000_000), (["s"], "sec", 1_000_000_000), (["m"], "min", 60_000_000_000),
        (["h", "hr"], "hour", 3_600_000_000_000), (["d"], "day", 86_400_000_000_000), (["w", "wk"], "week", 604_800_000_000_000),
    ];

    public static bool IsDuration(string text) => Parse(text) is not null;

    /// <summary>The duration in nanoseconds; null when the text has none. Several numbers with units in words add up.</summary>
    public static long? Parse(string text)
    {
        if (GoDuration.Parse(text) is { } nanos)
            return nanos;
        long? total = null;
        foreach (Match match in NumberAndUnit().Matches(text))
        {
            if (!long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return null;
            // Go lets the product overflow.
            if (UnitOf(match.Groups[2].Value) is { } unit)
                total = unchecked((total ?? 0) + (count * unit));
        }
        return total;
    }

    private static long? UnitOf(string name)
    {
        foreach (var (exact, prefix, nanos) in Units)
        {
            if (exact.Any(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) || name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return nanos;
        }
        return null;
    }

    [GeneratedRegex(@"([0-9]+)\s*([A-Za-zµ]+)")]
    private static partial Regex NumberAndUnit();
}
