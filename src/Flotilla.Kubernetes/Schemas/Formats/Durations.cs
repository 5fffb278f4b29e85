using System.Globalization;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Schemas.Formats;

/// <summary>Durations: Go's (<c>1h30m</c>, <c>-1.5s</c>), or a number with a unit in words anywhere in the text (<c>22 ns</c>, <c>3 days</c>).</summary>
internal static partial class Durations
{
    private static readonly (string[] Exact, string Prefix)[] Units =
    [
        (["ns"], "nano"), (["us", "µs"], "micro"), (["ms"], "milli"), (["s"], "sec"), (["m"], "min"), (["h", "hr"], "hour"), (["d"], "day"), (["w", "wk"], "week"),
    ];

    public static bool IsDuration(string text)
    {
        if (IsGoDuration(text))
            return true;
        var found = false;
        foreach (Match match in NumberAndUnit().Matches(text))
        {
            if (!long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return false;
            found |= IsUnit(match.Groups[2].Value);
        }
        return found;
    }

    private static bool IsUnit(string unit) => Units.Any(known =>
        known.Exact.Any(name => name.Equals(unit, StringComparison.OrdinalIgnoreCase)) || unit.StartsWith(known.Prefix, StringComparison.OrdinalIgnoreCase));

    private static bool IsGoDuration(string text)
    {
        if (text.TrimStart('+', '-') == "0" && text.Length <= 2)
            return true;
        var match = GoDuration().Match(text);
        if (!match.Success)
            return false;
        // Nanoseconds have to fit 63 bits: about 292 years.
        var seconds = 0.0;
        for (var i = 0; i < match.Groups[1].Captures.Count; i++)
        {
            var number = double.Parse("0" + match.Groups[1].Captures[i].Value, CultureInfo.InvariantCulture);
            seconds += number * Seconds(match.Groups[2].Captures[i].Value);
        }
        return seconds <= 9223372036.854775807;
    }

    private static double Seconds(string unit) => unit switch
    {
        "ns" => 1e-9,
        "us" or "µs" or "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1,
        "m" => 60,
        _ => 3600,
    };

    [GeneratedRegex(@"^[-+]?(?:([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+\z")]
    private static partial Regex GoDuration();

    [GeneratedRegex(@"([0-9]+)\s*([A-Za-zµ]+)")]
    private static partial Regex NumberAndUnit();
}
