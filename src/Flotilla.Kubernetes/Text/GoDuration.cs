namespace Flotilla.Kubernetes.Text;

/// <summary>Durations as Go writes them (<c>1h30m</c>, <c>-1.5s</c>), in nanoseconds.</summary>
public static class GoDuration
{
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

    /// <summary>The same as a <see cref="TimeSpan"/>, to 100 ns.</summary>
    public static TimeSpan? ParseTimeSpan(ReadOnlySpan<char> text) => Parse(text) is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / 100) : null;

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
