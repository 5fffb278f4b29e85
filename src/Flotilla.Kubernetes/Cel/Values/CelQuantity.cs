using Flotilla.Kubernetes.Quantities;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>An amount of a resource: <c>100m</c>, <c>2Gi</c>.</summary>
/// <param name="value">The amount.</param>
/// <param name="isInteger">
/// Whether it counts as an integer: those written with a fraction or a fractional suffix do not, even when they are whole.
/// </param>
internal sealed class CelQuantity(Quantity value, bool isInteger) : CelOpaque
{
    private readonly bool isInteger = isInteger;
    public static readonly CelType CelType = new ObjectType("kubernetes.Quantity", null);
    private const int MaxLength = 4096;
    private const int MaxFastDigits = 18;

    public override CelType Type => CelType;

    public Quantity Value => value;

    /// <summary>The amount as an integer; null when it is none or does not fit 64 bits.</summary>
    public long? Integer => isInteger ? value.ToInt64OrNull() : null;

    public static string? TryParse(string text, out CelQuantity? quantity)
    {
        quantity = null;
        if (text.Length > MaxLength)
            return Quantity.FormatProblem;
        if (Quantity.Parse(text, out var value) is { } problem)
            return problem;
        var digits = text.Count(char.IsAsciiDigit);
        quantity = new CelQuantity(value, digits <= MaxFastDigits && text.AsSpan().IndexOfAny(".num-") <= (text[0] == '-' ? 0 : -1));
        return null;
    }

    public static CelQuantity FromWhole(long value) => new(Quantity.FromWhole(value), true);

    public CelQuantity Plus(CelQuantity other) => new(value + other.Value, isInteger && other.isInteger);

    public CelQuantity Minus(CelQuantity other) => new(value - other.Value, isInteger && other.isInteger);

    public override bool EqualTo(CelOpaque other) => value == ((CelQuantity)other).Value;

    public override string ToString() => value.ToString();
}
