using System.Globalization;

namespace Flotilla.Core.Rollouts;

/// <summary>A number of sites, or a percentage of some.</summary>
public readonly record struct Share(decimal Number, bool IsPercent)
{
    public static Share Percent(decimal percent) => new(percent, true);

    public static Share Count(decimal count) => new(count, false);

    /// <summary>Reads <c>5</c> or <c>5%</c>; null for anything else.</summary>
    public static Share? Parse(string? text)
    {
        var rest = text.AsSpan().Trim();
        var isPercent = rest.EndsWith('%');
        return decimal.TryParse(isPercent ? rest[..^1] : rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? new Share(number, isPercent)
            : null;
    }

    /// <summary>How many may change at the same time: rounded down, and at least one, so that everything moves.</summary>
    public int SlotsOf(int total) => Math.Clamp(Of(total), 1, Math.Max(1, total));

    /// <summary>How many may fail: rounded down, and none is an answer.</summary>
    public int BudgetOf(int total) => Of(total);

    /// <summary>How many a wave picks: rounded up, so that a small part of a small fleet is somebody.</summary>
    public int PickOf(int total) => IsPercent ? (int)Math.Min(total, Math.Ceiling(total * Math.Min(Number, 100) / 100)) : (int)Math.Min(total, Number);

    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture) + (IsPercent ? "%" : "");

    private int Of(int total) => (int)(IsPercent ? Math.Floor(total * Math.Min(Number, 100) / 100) : Math.Min(Number, int.MaxValue));
}
