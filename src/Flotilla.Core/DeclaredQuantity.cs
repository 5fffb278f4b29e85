using System.Globalization;

namespace Flotilla.Core;

/// <summary>Quantities as people declare them: <c>512k</c>, <c>20M</c>, <c>1.5Gi</c>.</summary>
public static class DeclaredQuantity
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50),
        ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("P", 1_000_000_000_000_000),
    ];

    /// <summary>Reads one as a whole number; null when it is none, or too large for anything.</summary>
    public static long? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var (suffix, factor) = Suffixes.FirstOrDefault(s => text.EndsWith(s.Suffix, StringComparison.Ordinal));
        var number = text[..(text.Length - (suffix?.Length ?? 0))];
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return null;
        var each = suffix is null ? 1 : factor;
        return value <= long.MaxValue / 16 / each ? (long)(value * each) : null;
    }
}
