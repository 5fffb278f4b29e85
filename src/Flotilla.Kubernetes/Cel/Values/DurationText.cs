using System.Globalization;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>Durations as text: <c>1h30m</c>, <c>-1.5s</c>.</summary>
internal static class DurationText
{
    /// <summary>Seconds, as CEL writes durations: <c>5400s</c>.</summary>
    public static string Format(long nanos) => ValueText.PlainNumber(Seconds(nanos)) + "s";

    /// <summary>Seconds as a floating point number.</summary>
    public static double Seconds(long nanos) => (nanos / Timestamp.NanosPerSecond) + (nanos % Timestamp.NanosPerSecond / 1e9);

    /// <summary>Reads a sequence of numbers with units (<c>h m s ms us ns</c>) as Go's <c>time.ParseDuration</c>; null when it is none or does not fit 64 bits of nanoseconds.</summary>
    public static long? Parse(ReadOnlySpan<char> text)
    {
        var negative = text.StartsWith('-');
        if (negative || text.StartsWith('+'))
            text = text[1..];
        if (text is "0")
            return 0;
        if (text.IsEmpty)
            return null;
        ulong total = 0;
        while (!text.IsEmpty)
        {
            if (ReadPart(ref text) is not { } part)
                return null;
            total += part;
            if (part > 1UL << 63 || total > 1UL << 63)
                return null;
        }
        if (negative)
            return unchecked((long)(0 - total));
        return total > long.MaxValue ? null : (long)total;
    }

    /// <summary>
    /// Reads what the OpenAPI format <c>duration</c> takes beside Go's syntax: numbers with unit words such as
    /// <c>3 days</c> (go-openapi <c>strfmt</c>).
    /// </summary>
    public static long? ParseFormat(string text)
    {
        if (Parse(text) is { } nanos)
            return nanos;
        var rest = text.AsSpan();
        Int128 total = 0;
        var any = false;
        while (!rest.IsEmpty)
        {
            var start = rest.IndexOfAnyInRange('0', '9');
            if (start < 0)
                break;
            rest = rest[start..];
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits < 0)
                return null;
            if (!long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return null;
            rest = rest[digits..].TrimStart();
            var letters = 0;
            while (letters < rest.Length && (char.IsLetter(rest[letters])))
                letters++;
            if (WordUnit(rest[..letters].ToString()) is not { } unit)
                return null;
            total += (Int128)count * unit;
            any = true;
            rest = rest[letters..];
        }
        return any && total <= long.MaxValue ? (long)total : null;
    }

    private static long? WordUnit(string word) => word.ToLowerInvariant() switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 1,
        "us" or "µs" or "micro" or "micros" or "microsecond" or "microseconds" => 1_000,
        "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => 1_000_000,
        "s" or "sec" or "secs" or "second" or "seconds" => Timestamp.NanosPerSecond,
        "m" or "min" or "mins" or "minute" or "minutes" => 60 * Timestamp.NanosPerSecond,
        "h" or "hr" or "hour" or "hours" => 3600 * Timestamp.NanosPerSecond,
        "d" or "day" or "days" => 86400 * Timestamp.NanosPerSecond,
        "w" or "week" or "weeks" or "wk" => 7 * 86400 * Timestamp.NanosPerSecond,
        _ => null,
    };

    private static ulong? ReadPart(ref ReadOnlySpan<char> text)
    {
        UInt128 whole = 0;
        var position = 0;
        for (; position < text.Length && char.IsAsciiDigit(text[position]); position++)
        {
            whole = (whole * 10) + (uint)(text[position] - '0');
            if (whole > 1UL << 63)
                return null;
        }
        var digits = position;
        UInt128 fraction = 0;
        UInt128 scale = 1;
        if (position < text.Length && text[position] == '.')
        {
            for (position++; position < text.Length && char.IsAsciiDigit(text[position]); position++)
            {
                digits++;
                if (scale < 1_000_000_000_000_000_000)
                    (fraction, scale) = ((fraction * 10) + (uint)(text[position] - '0'), scale * 10);
            }
        }
        if (digits == 0)
            return null;
        var unitStart = position;
        while (position < text.Length && text[position] != '.' && !char.IsAsciiDigit(text[position]))
            position++;
        ulong? unit = text[unitStart..position] switch
        {
            "ns" => 1,
            "us" or "µs" or "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => null,
        };
        if (unit is null)
            return null;
        text = text[position..];
        var nanos = (whole * unit.Value) + (fraction * unit.Value / scale);
        return nanos > 1UL << 63 ? null : (ulong)nanos;
    }
}
