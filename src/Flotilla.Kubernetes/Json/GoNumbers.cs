using System.Globalization;

namespace Flotilla.Kubernetes.Json;

/// <summary>Numbers as Go writes them into messages.</summary>
internal static class GoNumbers
{
    /// <summary>As <c>%v</c> does: shortest digits, with an exponent below 1e-04 and from 1e+06 on.</summary>
    public static string General(double value)
    {
        if (!Split(value, out var negative, out var digits, out var exponent))
            return NotFinite(value);
        if (exponent is >= -4 and < 6)
            return Fixed(value);
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        var power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        return $"{(negative ? "-" : "")}{mantissa}e{(exponent < 0 ? '-' : '+')}{power}";
    }

    /// <summary>Shortest digits, never an exponent.</summary>
    public static string Fixed(double value)
    {
        if (!Split(value, out var negative, out var digits, out var exponent))
            return NotFinite(value);
        var sign = negative ? "-" : "";
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? sign + digits + new string('0', exponent + 1 - digits.Length)
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>Significant digits without trailing zeros, and the power of ten of the first one.</summary>
    private static bool Split(double value, out bool negative, out string digits, out int exponent)
    {
        negative = double.IsNegative(value);
        (digits, exponent) = ("0", 0);
        if (!double.IsFinite(value))
            return false;
        if (value == 0)
            return true;
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        if (e >= 0)
        {
            exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }
        var point = text.IndexOf('.', StringComparison.Ordinal);
        exponent += (point < 0 ? text.Length : point) - 1;
        var all = text.Replace(".", "", StringComparison.Ordinal);
        var significant = all.TrimStart('0');
        exponent -= all.Length - significant.Length;
        digits = significant.TrimEnd('0');
        return true;
    }

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
