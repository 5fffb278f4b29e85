using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Quantities;

/// <summary>
/// An amount of a resource (<c>100m</c>, <c>2Gi</c>, <c>1e3</c>): an exact decimal number together with the family of suffixes it was
/// written in. Values finer than nano are rounded up and binary ones beyond 2^63-1 are cut, as apimachinery's <c>resource.Quantity</c> does.
/// </summary>
internal readonly partial struct Quantity : IComparable<Quantity>, IEquatable<Quantity>
{
    public const string FormatProblem = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    public const string NumberProblem = "unable to parse numeric part of quantity";
    public const string SuffixProblem = "unable to parse quantity's suffix";

    private static readonly string[] Decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] Binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private static readonly BigInteger NanosPerUnit = BigInteger.Pow(10, 9);
    private static readonly BigInteger NanosPerMilli = BigInteger.Pow(10, 6);
    private static readonly BigInteger Largest = long.MaxValue * NanosPerUnit;

    private const int LargestPower = 4096;

    private readonly BigInteger nanos;
    private readonly Family family;

    private Quantity(BigInteger nanos, Family family)
    {
        this.nanos = nanos;
        this.family = family;
    }

    private enum Family
    {
        Decimal,
        Binary,
        Exponent,
    }

    public bool IsZero => nanos.IsZero;

    public bool IsNegative => nanos.Sign < 0;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => nanos.Sign;

    public bool IsWhole => (nanos % NanosPerUnit).IsZero;

    /// <summary>The whole number at or above the value; within 64 bits.</summary>
    public long Ceiling
    {
        get
        {
            var whole = BigInteger.DivRem(nanos, NanosPerUnit, out var rest);
            return (long)BigInteger.Clamp(rest.Sign > 0 ? whole + 1 : whole, long.MinValue, long.MaxValue);
        }
    }

    /// <summary>The value when it is whole and fits 64 bits.</summary>
    public long? ToInt64OrNull()
    {
        var whole = BigInteger.DivRem(nanos, NanosPerUnit, out var rest);
        return rest.IsZero && whole >= long.MinValue && whole <= long.MaxValue ? (long)whole : null;
    }

    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    public static Quantity operator +(Quantity left, Quantity right) => new(left.nanos + right.nanos, left.family);

    public static Quantity operator -(Quantity left, Quantity right) => new(left.nanos - right.nanos, left.family);

    /// <summary>The nearest floating point number.</summary>
    public double ToDouble() => double.Parse(string.Create(CultureInfo.InvariantCulture, $"{nanos}e-9"), NumberStyles.Float, CultureInfo.InvariantCulture);

    public static Quantity FromWhole(long value) => new(value * NanosPerUnit, Family.Decimal);

    public static bool TryParse([NotNullWhen(true)] string? text, out Quantity quantity) => Parse(text ?? "", out quantity) is null;

    /// <summary>Reads a quantity; answers what is wrong, or null.</summary>
    public static string? Parse(string text, out Quantity quantity)
    {
        quantity = default;
        var match = Form().Match(text);
        if (!match.Success)
            return FormatProblem;
        var number = match.Groups[1].ValueSpan;
        var digits = number.TrimStart("+-");
        var point = digits.IndexOf('.');
        if (digits.Length == 0 || number.Length - digits.Length > 1 || digits.Length == 1 && point == 0 || digits.Count('.') > 1)
            return NumberProblem;
        if (Unit(match.Groups[2].Value) is not { } unit)
            return SuffixProblem;

        var fraction = point < 0 ? 0 : digits.Length - point - 1;
        var mantissa = BigInteger.Parse(point < 0 ? digits : string.Concat(digits[..point], digits[(point + 1)..]), NumberStyles.None, CultureInfo.InvariantCulture);
        var scaled = Scale(mantissa, unit, fraction);
        if (unit.Family == Family.Binary && scaled > Largest)
            scaled = Largest;
        quantity = new Quantity(number[0] == '-' ? -scaled : scaled, unit.Family);
        return null;
    }

    /// <summary>The value with nothing finer than a thousandth, rounded up.</summary>
    public Quantity RoundedUpToMilli()
    {
        var milli = BigInteger.DivRem(nanos, NanosPerMilli, out var rest);
        return rest.IsZero ? this : new Quantity((rest.Sign > 0 ? milli + 1 : milli) * NanosPerMilli, family);
    }

    public int CompareTo(Quantity other) => nanos.CompareTo(other.nanos);

    public bool Equals(Quantity other) => nanos == other.nanos;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => nanos.GetHashCode();

    /// <summary>The canonical text: no fraction, the largest suffix that keeps the number whole.</summary>
    public override string ToString()
    {
        if (nanos.IsZero)
            return "0";
        if (family == Family.Binary && IsWhole && BigInteger.Abs(nanos) >= 1024 * NanosPerUnit)
            return BinaryText(nanos / NanosPerUnit);

        // A multiple of 1000^n units, counted from nano.
        var (mantissa, step) = (nanos, 0);
        while ((mantissa % 1000).IsZero && (family == Family.Exponent || step < Decimal.Length - 1))
            (mantissa, step) = (mantissa / 1000, step + 1);
        var number = mantissa.ToString(CultureInfo.InvariantCulture);
        if (family != Family.Exponent)
            return number + Decimal[step];
        var exponent = step * 3 - 9;
        return exponent == 0 ? number : string.Create(CultureInfo.InvariantCulture, $"{number}e{exponent}");
    }

    private static string BinaryText(BigInteger whole)
    {
        var step = 0;
        while ((whole % 1024).IsZero && step < Binary.Length - 1)
            (whole, step) = (whole / 1024, step + 1);
        return whole.ToString(CultureInfo.InvariantCulture) + Binary[step];
    }

    private static BigInteger Scale(BigInteger mantissa, (Family Family, int Power) unit, int fraction)
    {
        if (mantissa.IsZero)
            return mantissa;
        var (ten, two) = unit.Family == Family.Binary ? (9 - fraction, unit.Power) : (9 - fraction + unit.Power, 0);
        mantissa <<= two;
        if (ten >= 0)
            return mantissa * BigInteger.Pow(10, Math.Min(ten, LargestPower));
        if (-ten > LargestPower)
            return BigInteger.One;
        var result = BigInteger.DivRem(mantissa, BigInteger.Pow(10, -ten), out var rest);
        return rest.IsZero ? result : result + 1;
    }

    private static (Family Family, int Power)? Unit(string suffix)
    {
        if (Array.IndexOf(Decimal, suffix) is >= 0 and var step)
            return (Family.Decimal, step * 3 - 9);
        if (Array.IndexOf(Binary, suffix) is > 0 and var binary)
            return (Family.Binary, binary * 10);
        if (suffix.Length > 1 && suffix[0] is 'e' or 'E' && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power))
            return (Family.Exponent, Math.Clamp(power, -8192, 8192));
        return null;
    }

    [GeneratedRegex(@"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)\z")]
    private static partial Regex Form();
}
