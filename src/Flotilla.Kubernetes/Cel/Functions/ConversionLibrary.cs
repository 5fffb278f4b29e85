using System.Globalization;
using System.Text;
using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Text;
using static Flotilla.Kubernetes.Cel.CelType;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Conversions between types: <c>int('1')</c>, <c>string(1.5)</c>, <c>type(x)</c>.</summary>
internal static class ConversionLibrary
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static void Declare(FunctionTable table)
    {
        table.Global("type", "type", [FunctionTable.A], TypeOf(FunctionTable.A), static (_, a) => CelValue.Of(RuntimeTypes.Of(a[0])));
        table.Global("dyn", "to_dyn", [FunctionTable.A], Dyn, Same);
        ToInt(table);
        ToUint(table);
        ToDouble(table);
        ToText(table);
        ToOthers(table);
    }

    private static CelValue Same(Evaluation.Frame frame, ReadOnlySpan<CelValue> a) => a[0];

    private static CelValue Unconvertible(CelType from, CelType to) => CelValue.Error($"type conversion error from '{from.Name}' to '{to.Name}'");

    private static void ToInt(FunctionTable table)
    {
        table.Global("int", "int64_to_int64", [Int], Int, Same);
        table.Global("int", "double_to_int64", [CelType.Double], Int, static (_, a) =>
            a[0].Double is > long.MinValue and < long.MaxValue ? CelValue.Of((long)a[0].Double) : CelValue.Error("integer overflow"));
        table.Global("int", "duration_to_int64", [CelType.Duration], Int, static (_, a) => CelValue.Of(a[0].DurationNanos));
        table.Global("int", "string_to_int64", [CelType.String], Int, static (_, a) => ParseInt(a[0].String) is { } value ? CelValue.Of(value) : Unconvertible(CelType.String, Int));
        table.Global("int", "timestamp_to_int64", [CelType.Timestamp], Int, static (_, a) => CelValue.Of(a[0].Timestamp.Seconds));
        table.Global("int", "uint64_to_int64", [Uint], Int, static (_, a) => a[0].Uint <= long.MaxValue ? CelValue.Of((long)a[0].Uint) : CelValue.Error("integer overflow"));
    }

    private static long? ParseInt(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && !text.EndsWith('\0') ? value : null;

    private static void ToUint(FunctionTable table)
    {
        table.Global("uint", "uint64_to_uint64", [Uint], Uint, Same);
        table.Global("uint", "double_to_uint64", [CelType.Double], Uint, static (_, a) =>
            a[0].Double is >= 0 and < ulong.MaxValue ? CelValue.Of((ulong)a[0].Double) : CelValue.Error("unsigned integer overflow"));
        table.Global("uint", "int64_to_uint64", [Int], Uint, static (_, a) => a[0].Int >= 0 ? CelValue.Of((ulong)a[0].Int) : CelValue.Error("unsigned integer overflow"));
        table.Global("uint", "string_to_uint64", [CelType.String], Uint, static (_, a) =>
            ulong.TryParse(a[0].String, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && !a[0].String.EndsWith('\0')
                ? CelValue.Of(value)
                : Unconvertible(CelType.String, Uint));
    }

    private static void ToDouble(FunctionTable table)
    {
        table.Global("double", "double_to_double", [CelType.Double], CelType.Double, Same);
        table.Global("double", "int64_to_double", [Int], CelType.Double, static (_, a) => CelValue.Of((double)a[0].Int));
        table.Global("double", "uint64_to_double", [Uint], CelType.Double, static (_, a) => CelValue.Of((double)a[0].Uint));
        table.Global("double", "string_to_double", [CelType.String], CelType.Double, static (_, a) =>
            ParseDouble(a[0].String) is { } value ? CelValue.Of(value) : Unconvertible(CelType.String, CelType.Double));
    }

    private static double? ParseDouble(string text)
    {
        var unsigned = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        var sign = text.StartsWith('-') ? -1.0 : 1.0;
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
            return sign * double.PositiveInfinity;
        if (text.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return double.NaN;
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (unsigned.Length == 0 || !(char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.') || unsigned.EndsWith('\0'))
            return null;
        return double.TryParse(text, styles, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
    }

    private static void ToText(FunctionTable table)
    {
        table.Global("string", "string_to_string", [CelType.String], CelType.String, Same);
        table.Global("string", "bytes_to_string", [CelType.Bytes], CelType.String, static (_, a) => Decode(a[0].Bytes));
        foreach (var (type, name) in new[] { (CelType.Bool, "bool"), (CelType.Double, "double"), (CelType.Duration, "duration"), (Int, "int64"), (CelType.Timestamp, "timestamp"), (Uint, "uint64") })
            table.Global("string", $"{name}_to_string", [type], CelType.String, static (_, a) => CelValue.Of(ValueText.Of(a[0])));
    }

    /// <summary>Bytes as UTF-8 text, or an error.</summary>
    public static CelValue Decode(byte[] bytes)
    {
        try
        {
            return CelValue.Of(StrictUtf8.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return CelValue.Error("invalid UTF-8 in bytes, cannot convert to string");
        }
    }

    private static void ToOthers(FunctionTable table)
    {
        table.Global("bool", "bool_to_bool", [CelType.Bool], CelType.Bool, Same);
        table.Global("bool", "string_to_bool", [CelType.String], CelType.Bool, static (_, a) => a[0].String switch
        {
            "1" or "t" or "T" or "TRUE" or "true" or "True" => CelValue.True,
            "0" or "f" or "F" or "FALSE" or "false" or "False" => CelValue.False,
            _ => Unconvertible(CelType.String, CelType.Bool),
        });
        table.Global("bytes", "bytes_to_bytes", [CelType.Bytes], CelType.Bytes, Same);
        table.Global("bytes", "string_to_bytes", [CelType.String], CelType.Bytes, static (_, a) => CelValue.Of(Encoding.UTF8.GetBytes(a[0].String)));
        table.Global("duration", "duration_to_duration", [CelType.Duration], CelType.Duration, Same);
        table.Global("duration", "int64_to_duration", [Int], CelType.Duration, static (_, a) => CelValue.Duration(a[0].Int));
        table.Global("duration", "string_to_duration", [CelType.String], CelType.Duration, static (_, a) =>
            GoDuration.Parse(a[0].String) is { } nanos ? CelValue.Duration(nanos) : Unconvertible(CelType.String, CelType.Duration));
        table.Global("timestamp", "timestamp_to_timestamp", [CelType.Timestamp], CelType.Timestamp, Same);
        table.Global("timestamp", "int64_to_timestamp", [Int], CelType.Timestamp, static (_, a) => Time(new Timestamp(a[0].Int, 0)));
        table.Global("timestamp", "string_to_timestamp", [CelType.String], CelType.Timestamp, static (_, a) =>
            TimeText.Parse(a[0].String) is { } time ? Time(time) : Unconvertible(CelType.String, CelType.Timestamp));
    }

    private static CelValue Time(Timestamp time) => time.InRange ? CelValue.Of(time) : CelValue.Error("timestamp overflow");
}
