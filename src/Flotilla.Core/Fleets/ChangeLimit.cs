using System.Globalization;

namespace Flotilla.Core.Fleets;

/// <summary>How many sites change at the same time.</summary>
public static class ChangeLimit
{
    private const decimal UsualPercent = 10;

    /// <summary>A number, or a percentage of the fleet rounded down; at least 1, so that every fleet moves.</summary>
    public static int Of(string? declared, int sites)
    {
        var text = declared.AsSpan().Trim();
        var limit = text.EndsWith('%') ? Share(Number(text[..^1]) ?? UsualPercent, sites)
            : text.IsEmpty ? Share(UsualPercent, sites)
            : Number(text) ?? Share(UsualPercent, sites);
        return (int)Math.Clamp(limit, 1, Math.Max(1, sites));
    }

    private static decimal Share(decimal percent, int sites) => Math.Floor(sites * Math.Min(percent, 100) / 100);

    private static decimal? Number(ReadOnlySpan<char> text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
