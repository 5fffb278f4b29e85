using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>Floating-point numbers as Go writes them (<c>strconv</c>, <c>encoding/json</c>), so that our texts are those of kubectl.</summary>
internal static class GoNumbers
{
    /// <summary>As Go's JSON encoder: <c>1000000</c>, <c>1e+21</c>, <c>1e-7</c>. Infinities and NaN have no such form.</summary>
    public static string Json(double value)
    {
        var magnitude = Math.Abs(value);
        var (sign, digits, point) = Split(value.ToString("R", CultureInfo.InvariantCulture));
        return magnitude != 0 && magnitude is < 1e-6 or >= 1e21
            ? sign + Exponent(digits, point, minimumDigits: 1)
            : sign + Plain(digits, point);
    }

    /// <summary>As <c>strconv.FormatFloat(value, 'g', -1, 64)</c>: <c>100000</c>, <c>1e+06</c>, <c>0.0001</c>, <c>1e-05</c>.</summary>
    public static string General(double value) => double.IsFinite(value)
        ? General(value.ToString("R", CultureInfo.InvariantCulture))
        : double.IsNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";

    /// <summary>As <c>strconv.FormatFloat(value, 'g', -1, 32)</c>, which go-yaml uses for keys.</summary>
    public static string General(float value) => float.IsFinite(value)
        ? General(value.ToString("R", CultureInfo.InvariantCulture))
        : float.IsNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";

    /// <summary>A number node whose text is the given JSON number.</summary>
    public static JsonNode Node(string json)
    {
        if (long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json));
        return JsonNode.Parse(ref reader)!;
    }

    private static string General(string roundTrip)
    {
        var (sign, digits, point) = Split(roundTrip);
        return point - 1 is < -4 or >= 6 && digits != "0"
            ? sign + Exponent(digits, point, minimumDigits: 2)
            : sign + Plain(digits, point);
    }

    private static string Plain(string digits, int point)
    {
        if (point <= 0)
            return digits == "0" ? "0" : "0." + new string('0', -point) + digits;
        return point >= digits.Length ? digits + new string('0', point - digits.Length) : $"{digits[..point]}.{digits[point..]}";
    }

    private static string Exponent(string digits, int point, int minimumDigits)
    {
        var exponent = Math.Abs(point - 1).ToString(CultureInfo.InvariantCulture).PadLeft(minimumDigits, '0');
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return $"{mantissa}e{(point < 1 ? '-' : '+')}{exponent}";
    }

    /// <summary>Splits .NET's shortest round-trip form into sign, digits without zeros around, and the place of the point.</summary>
    private static (string Sign, string Digits, int Point) Split(string roundTrip)
    {
        var text = roundTrip.TrimStart('-');
        var sign = text.Length < roundTrip.Length ? "-" : "";
        var exponent = 0;
        if (text.IndexOf('E', StringComparison.Ordinal) is >= 0 and var e)
        {
            exponent = int.Parse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var point = (dot < 0 ? text.Length : dot) + exponent;
        var all = text.Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        point -= all.Length - digits.Length;
        digits = digits.TrimEnd('0');
        return digits.Length == 0 ? (sign, "0", 1) : (sign, digits, point);
    }
}
