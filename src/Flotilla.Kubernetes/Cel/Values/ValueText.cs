using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>Values as text in error messages.</summary>
internal static class ValueText
{
    private const int MaxDepth = 8;
    private const int MaxLength = 1024;

    public static string Of(CelValue value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return text.ToString();
    }

    /// <summary>A number as Go's <c>%g</c> writes it with the shortest digits that read back the same.</summary>
    public static string Number(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";
        var (digits, exponent) = ShortestDigits(value);
        var sign = double.IsNegative(value) ? "-" : "";
        if (exponent is >= -4 and < 21)
            return sign + Plain(digits, exponent);
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits.AsSpan(1)}";
        return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    /// <summary>A duration in seconds: <c>5400s</c>.</summary>
    public static string Duration(long nanos) =>
        PlainNumber((nanos / Timestamp.NanosPerSecond) + (nanos % Timestamp.NanosPerSecond / 1e9)) + "s";

    /// <summary>A number without an exponent, with the shortest digits that read back the same.</summary>
    public static string PlainNumber(double value)
    {
        var (digits, exponent) = ShortestDigits(value);
        return (double.IsNegative(value) ? "-" : "") + Plain(digits, exponent);
    }

    private static (string Digits, int Exponent) ShortestDigits(double value)
    {
        var scientific = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var exponent = int.Parse(scientific.AsSpan(scientific.IndexOf('E') + 1), CultureInfo.InvariantCulture);
        var mantissa = shortest.AsSpan();
        if (mantissa.IndexOf('E') is >= 0 and var at)
        {
            exponent = int.Parse(mantissa[(at + 1)..], CultureInfo.InvariantCulture);
            mantissa = mantissa[..at];
        }
        var digits = mantissa.ToString().Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        return digits.Length == 0 ? ("0", 0) : (digits, exponent);
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1)
            return digits.PadRight(exponent + 1, '0');
        return $"{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
    }

    private static void Append(StringBuilder text, CelValue value, int depth)
    {
        switch (value.Kind)
        {
            case CelValueKind.Error:
                text.Append(value.ErrorMessage);
                break;
            case CelValueKind.Null:
                text.Append("null");
                break;
            case CelValueKind.Bool:
                text.Append(value.IsTrue ? "true" : "false");
                break;
            case CelValueKind.Int:
                text.Append(CultureInfo.InvariantCulture, $"{value.Int}");
                break;
            case CelValueKind.Uint:
                text.Append(CultureInfo.InvariantCulture, $"{value.Uint}");
                break;
            case CelValueKind.Double:
                text.Append(Number(value.Double));
                break;
            case CelValueKind.String:
                text.Append(value.String);
                break;
            case CelValueKind.Bytes:
                text.Append('[').AppendJoin(' ', value.Bytes.Take(64)).Append(']');
                break;
            case CelValueKind.Timestamp:
                text.Append(TimeText.Format(value.Timestamp));
                break;
            case CelValueKind.Duration:
                text.Append(Duration(value.DurationNanos));
                break;
            case CelValueKind.Type:
                text.Append(value.Type.Name);
                break;
            case CelValueKind.Opaque:
                text.Append(value.Opaque);
                break;
            case CelValueKind.Optional:
                text.Append("optional");
                if (value.Optional.HasValue)
                {
                    text.Append('(');
                    Append(text, value.Optional.Value, depth + 1);
                    text.Append(')');
                }
                else
                {
                    text.Append(".none()");
                }
                break;
            case CelValueKind.List:
                AppendList(text, value.List, depth);
                break;
            case CelValueKind.Map:
                AppendMap(text, value.Map, depth);
                break;
            default:
                text.Append("unknown");
                break;
        }
    }

    private static void AppendList(StringBuilder text, CelList list, int depth)
    {
        text.Append('[');
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            if (depth > MaxDepth || text.Length > MaxLength)
            {
                text.Append("...");
                break;
            }
            Append(text, list[i], depth + 1);
        }
        text.Append(']');
    }

    private static void AppendMap(StringBuilder text, CelMap map, int depth)
    {
        text.Append('{');
        var first = true;
        foreach (var key in map.Keys)
        {
            if (!first)
                text.Append(", ");
            first = false;
            if (depth > MaxDepth || text.Length > MaxLength)
            {
                text.Append("...");
                break;
            }
            Append(text, key, depth + 1);
            text.Append(": ");
            if (map.TryGet(key, out var value))
                Append(text, value, depth + 1);
        }
        text.Append('}');
    }
}
