using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Flotilla.Content;

/// <summary>Numbers in the form of ECMAScript's Number::toString (ECMA-262, as RFC 8785 section 3.2.2.3 asks).</summary>
internal static class CanonicalNumber
{
    private const int MostPlainDigits = 21, MostLeadingZeros = 6;

    /// <param name="text">The number as JSON.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="JsonException">The number is beyond a double.</exception>
    public static void Write(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            Utf8Formatter.TryFormat(whole, output.GetSpan(20), out var written);
            output.Advance(written);
        }
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
        {
            Utf8Formatter.TryFormat(large, output.GetSpan(20), out var written);
            output.Advance(written);
        }
        else
        {
            var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            output.Write(Encoding.ASCII.GetBytes(Format(number)));
        }
    }

    /// <summary>The shortest digits that give the same double back, placed as ECMAScript does.</summary>
    public static string Format(double number)
    {
        if (!double.IsFinite(number))
            throw new JsonException("a number is beyond what JSON can carry (a double): write it as a string");
        if (number == 0)
            return "0"; // -0 too
        var (digits, point) = Split(Math.Abs(number).ToString("R", CultureInfo.InvariantCulture));
        var sign = number < 0 ? "-" : "";
        if (digits.Length <= point && point <= MostPlainDigits)
            return sign + digits.PadRight(point, '0');
        if (point is > 0 and <= MostPlainDigits)
            return $"{sign}{digits.AsSpan(0, point)}.{digits.AsSpan(point)}";
        if (point is > -MostLeadingZeros and <= 0)
            return $"{sign}0.{new string('0', -point)}{digits}";
        var exponent = point - 1;
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits.AsSpan(1)}";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
    }

    /// <summary>Digits without leading and trailing zeros, and where the point stands: 0.d₁d₂… × 10^point.</summary>
    private static (string Digits, int Point) Split(string text)
    {
        var mark = text.IndexOf('E');
        var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var dot = mantissa.IndexOf('.');
        var point = exponent + (dot < 0 ? mantissa.Length : dot);
        var digits = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        var significant = digits.TrimStart('0');
        point -= digits.Length - significant.Length;
        return (significant.TrimEnd('0'), point);
    }
}
