using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Json;

/// <summary>Floating-point numbers as Go writes them, always with the fewest digits that tell them apart.</summary>
internal static class GoNumbers
{
    /// <summary>As <c>%v</c> and <c>strconv</c>'s <c>'g'</c> do: with an exponent below 1e-04 and from 1e+06 on.</summary>
    public static string General(double value) =>
        double.IsFinite(value) ? General(value.ToString("R", CultureInfo.InvariantCulture)) : NotFinite(value);

    /// <summary>The same with the digits of a 32-bit number.</summary>
    public static string General(float value) =>
        float.IsFinite(value) ? General(value.ToString("R", CultureInfo.InvariantCulture)) : NotFinite(value);

    /// <summary>Never an exponent.</summary>
    public static string Fixed(double value) => double.IsFinite(value) ? Fixed(Split(value.ToString("R", CultureInfo.InvariantCulture))) : NotFinite(value);

    /// <summary>As <c>encoding/json</c> does: <c>1000000</c>, <c>1e+21</c>, <c>1e-7</c>. There is no such form for what is not finite.</summary>
    public static string Json(double value)
    {
        var parts = Split(value.ToString("R", CultureInfo.InvariantCulture));
        return value != 0 && Math.Abs(value) is < 1e-6 or >= 1e21 ? Scientific(parts, exponentDigits: 1) : Fixed(parts);
    }

    /// <summary>A node for a JSON number that keeps its text, or is exact where the number is whole and fits 64 bits.</summary>
    public static JsonNode Node(string json)
    {
        if (long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        return JsonNode.Parse(ref reader)!;
    }

    private static string General(string roundTrip)
    {
        var parts = Split(roundTrip);
        return parts.Exponent is >= -4 and < 6 ? Fixed(parts) : Scientific(parts, exponentDigits: 2);
    }

    private static string Fixed(Parts parts)
    {
        var (sign, digits, exponent) = parts;
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? sign + digits + new string('0', exponent + 1 - digits.Length)
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    private static string Scientific(Parts parts, int exponentDigits)
    {
        var mantissa = parts.Digits.Length == 1 ? parts.Digits : $"{parts.Digits[0]}.{parts.Digits[1..]}";
        var power = Math.Abs(parts.Exponent).ToString(CultureInfo.InvariantCulture).PadLeft(exponentDigits, '0');
        return $"{parts.Sign}{mantissa}e{(parts.Exponent < 0 ? '-' : '+')}{power}";
    }

    /// <summary>Takes .NET's shortest round-trip form apart.</summary>
    private static Parts Split(string roundTrip)
    {
        var text = roundTrip.TrimStart('-');
        var sign = text.Length < roundTrip.Length ? "-" : "";
        var exponent = 0;
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
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? new Parts(sign, "0", 0) : new Parts(sign, significant, exponent);
    }

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";

    /// <summary>Significant digits without zeros around them, and the power of ten of the first one.</summary>
    private readonly record struct Parts(string Sign, string Digits, int Exponent);
}
