using System.Globalization;
using System.Text;
using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary><c>format</c>: texts with <c>%s %d %f %e %b %o %x %X</c> and a precision, as cel-go's <c>ext.Strings</c> below version 4.</summary>
internal static class TextFormatting
{
    private const int DefaultPrecision = 6;
    private const int MaxPrecision = 1000;

    public static CelValue Format(Frame frame, ReadOnlySpan<CelValue> a)
    {
        var (format, arguments) = (a[0].String, a[1].List);
        var text = new StringBuilder();
        var next = 0;
        try
        {
            for (var i = 0; i < format.Length; i++)
            {
                if (format[i] != '%')
                {
                    text.Append(format[i]);
                }
                else if (i + 1 < format.Length && format[i + 1] == '%')
                {
                    text.Append('%');
                    i++;
                }
                else
                {
                    if (next >= arguments.Count)
                        throw new FormatException($"index {next} out of range");
                    var argument = arguments[next++];
                    if (argument.IsError)
                        return argument;
                    var part = Clause(frame, format, ref i, argument);
                    frame.Reserve((long)text.Length + part.Length);
                    text.Append(part);
                }
            }
        }
        catch (FormatException e)
        {
            return CelValue.Error(e.Message);
        }
        return CelValue.Of(text.ToString());
    }

    /// <summary>Reads the clause at a percent sign, leaving the position at its last character, and applies it.</summary>
    private static string Clause(Frame frame, string format, ref int position, CelValue argument)
    {
        var (verb, precision) = ReadClause(format, ref position);
        try
        {
            return Apply(frame, verb, precision ?? DefaultPrecision, argument);
        }
        catch (FormatException e)
        {
            throw new FormatException("error during formatting: " + e.Message);
        }
    }

    /// <summary>The letter and the precision of the clause at a percent sign; the position moves to the letter.</summary>
    public static (char Verb, int? Precision) ReadClause(string format, ref int position)
    {
        const string unparsable = "could not parse formatting clause: ";
        var at = position + 1;
        if (at >= format.Length)
            throw new FormatException("unexpected end of string");
        int? precision = null;
        if (format[at] == '.')
        {
            var start = ++at;
            while (at < format.Length && char.IsAsciiDigit(format[at]))
                at++;
            if (at >= format.Length)
                throw new FormatException(unparsable + "error while parsing precision: could not find end of precision specifier");
            if (!int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > MaxPrecision)
            {
                throw new FormatException(
                    $"{unparsable}error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing \"{format[start..at]}\": invalid syntax");
            }
            precision = value;
        }
        position = at;
        if (format[at] is not ('s' or 'd' or 'f' or 'e' or 'b' or 'o' or 'x' or 'X'))
            throw new FormatException($"{unparsable}unrecognized formatting clause \"{format[at]}\"");
        return (format[at], precision);
    }

    /// <summary>Why a clause does not take a type; null when it does.</summary>
    public static string? Refusal(char verb, CelTypeKind kind, string typeName)
    {
        var (takes, message) = verb switch
        {
            'd' => (kind is CelTypeKind.Int or CelTypeKind.Uint, "decimal clause can only be used on integers"),
            'f' => (kind is CelTypeKind.Double or CelTypeKind.String, "fixed-point clause can only be used on doubles"),
            'e' => (kind is CelTypeKind.Double or CelTypeKind.String, "scientific clause can only be used on doubles"),
            'b' => (kind is CelTypeKind.Int or CelTypeKind.Uint or CelTypeKind.Bool, "only integers and bools can be formatted as binary"),
            'o' => (kind is CelTypeKind.Int or CelTypeKind.Uint, "octal clause can only be used on integers"),
            'x' or 'X' => (
                kind is CelTypeKind.Int or CelTypeKind.Uint or CelTypeKind.String or CelTypeKind.Bytes,
                "only integers, byte buffers, and strings can be formatted as hex"),
            _ => (
                kind is not (CelTypeKind.Object or CelTypeKind.Opaque),
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"),
        };
        return takes || kind == CelTypeKind.Dyn ? null : $"{message}, was given {typeName}";
    }

    private static string Apply(Frame frame, char verb, int precision, CelValue argument)
    {
        var type = RuntimeTypes.Of(argument);
        var notANumber = verb is 'f' or 'e' && argument.Kind == CelValueKind.String && argument.String is not ("NaN" or "Infinity" or "-Infinity");
        if ((Refusal(verb, type.Kind, type.Name) ?? (notANumber ? Refusal(verb, CelTypeKind.Bytes, type.Name) : null)) is { } refusal)
            throw new FormatException(refusal);
        return verb switch
        {
            's' => Plain(frame, argument, 0),
            'd' => argument.ToString(),
            'f' => Fixed(Number(argument), precision),
            'e' => Scientific(Number(argument), precision),
            'b' => argument.Kind == CelValueKind.Bool ? (argument.IsTrue ? "1" : "0") : Based(argument, 2),
            'o' => Based(argument, 8),
            _ => Hex(argument, upper: verb == 'X'),
        };
    }

    private static double Number(CelValue argument) => argument.Kind == CelValueKind.Double
        ? argument.Double
        : argument.String switch { "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => double.NaN };

    private static string Based(CelValue argument, int toBase)
    {
        var negative = argument.Kind == CelValueKind.Int && argument.Int < 0;
        var magnitude = negative ? unchecked(0 - argument.Uint) : argument.Uint;
        Span<char> digits = stackalloc char[64];
        var start = digits.Length;
        do
        {
            digits[--start] = "0123456789abcdef"[(int)(magnitude % (uint)toBase)];
            magnitude /= (uint)toBase;
        }
        while (magnitude > 0);
        return (negative ? "-" : "") + digits[start..].ToString();
    }

    private static string Hex(CelValue argument, bool upper)
    {
        var hex = argument.Kind switch
        {
            CelValueKind.String => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(argument.String)),
            CelValueKind.Bytes => Convert.ToHexStringLower(argument.Bytes),
            _ => Based(argument, 16),
        };
        return upper ? hex.ToUpperInvariant() : hex;
    }

    /// <summary>Digits grouped by thousands, as the American locale that Kubernetes runs with prints them.</summary>
    private static string Fixed(double value, int precision) =>
        Special(value) ?? value.ToString("N" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>A power of ten in superscript digits, as that locale prints it: <c>1.5 × 10³</c>.</summary>
    private static string Scientific(double value, int precision)
    {
        if (Special(value) is { } special)
            return special;
        var text = value.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var at = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(at + 1), CultureInfo.InvariantCulture);
        var digits = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture).Select(c => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']);
        return $"{text.AsSpan(0, at)}\u202f×\u202f10{(exponent < 0 ? "⁻" : "")}{string.Concat(digits)}";
    }

    private static string? Special(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "-∞",
        _ => null,
    };

    private static string Plain(Frame frame, CelValue value, int depth) => value.Kind switch
    {
        CelValueKind.List => ListText(frame, value.List, depth),
        CelValueKind.Map => MapText(frame, value.Map, depth),
        CelValueKind.Bytes => Encoding.UTF8.GetString(value.Bytes),
        CelValueKind.Opaque or CelValueKind.Optional or CelValueKind.Unknown =>
            throw new FormatException($"no formatting function for {RuntimeTypes.Of(value).Name}"),
        CelValueKind.Error => throw new FormatException(value.ErrorMessage),
        _ => value.ToString(),
    };

    /// <summary>A value inside a list or map: as a literal.</summary>
    private static string Nested(Frame frame, CelValue value, int depth)
    {
        frame.Work(1);
        var text = value.Kind switch
        {
            CelValueKind.Timestamp => $"timestamp(\"{value}\")",
            CelValueKind.Duration => $"duration(\"{value}\")",
            CelValueKind.Double when double.IsNaN(value.Double) => "\"NaN\"",
            CelValueKind.Double when double.IsInfinity(value.Double) => $"\"{ValueText.Number(value.Double)}\"",
            CelValueKind.Double => value.Double.ToString("F6", CultureInfo.InvariantCulture),
            CelValueKind.String => FieldError.Quote(value.String),
            CelValueKind.Bytes => "b" + FieldError.Quote(Encoding.UTF8.GetString(value.Bytes)),
            _ => Plain(frame, value, depth + 1),
        };
        frame.Work(text.Length);
        return text;
    }

    private static string ListText(Frame frame, CelList list, int depth)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            text.Append(Nested(frame, list[i], depth));
            if (text.Length > Frame.MaxElements)
                throw new CostLimitExceeded();
        }
        return text.Append(']').ToString();
    }

    private static string MapText(Frame frame, CelMap map, int depth)
    {
        var entries = new List<(string Key, string Value)>();
        foreach (var key in map.Keys)
        {
            if (key.Kind is not (CelValueKind.String or CelValueKind.Bool or CelValueKind.Int or CelValueKind.Uint))
                throw new FormatException($"no formatting function for map key of type {RuntimeTypes.Of(key).Name}");
            if (!map.TryGet(key, out var value))
                throw new FormatException($"could not find key: \"{key}\"");
            entries.Add((Nested(frame, key, depth), Nested(frame, value, depth)));
        }
        entries.Sort(static (x, y) => string.CompareOrdinal(x.Key, y.Key));
        return "{" + string.Join(", ", entries.Select(e => $"{e.Key}:{e.Value}")) + "}";
    }
}
