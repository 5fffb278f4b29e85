namespace Flotilla.Kubernetes.Cel.Evaluation;

/// <summary>Equality of any two values: numbers of different types are equal when they are the same number.</summary>
internal static class Equality
{
    private const int StepWork = 4;

    /// <summary>Whether two values are equal, or why that cannot be said.</summary>
    /// <param name="a">One value.</param>
    /// <param name="b">The other.</param>
    /// <param name="frame">Where the work is counted: values that share parts may be far larger than memory.</param>
    public static CelValue Of(CelValue a, CelValue b, Frame? frame = null)
    {
        frame?.Work(StepWork);
        if (a.IsError)
            return a;
        if (b.IsError)
            return b;
        if (a.Kind != b.Kind)
            return CelValue.Of(a.IsNumber && b.IsNumber && Comparison.Numbers(a, b) == 0);
        return a.Kind switch
        {
            CelValueKind.Null => CelValue.True,
            CelValueKind.Bool => CelValue.Of(a.IsTrue == b.IsTrue),
            CelValueKind.Int or CelValueKind.Uint or CelValueKind.Duration => CelValue.Of(a.Int == b.Int),
            CelValueKind.Double => CelValue.Of(a.Double == b.Double),
            CelValueKind.String => CelValue.Of(a.String == b.String),
            CelValueKind.Bytes => CelValue.Of(a.Bytes.AsSpan().SequenceEqual(b.Bytes)),
            CelValueKind.Timestamp => CelValue.Of(a.Timestamp == b.Timestamp),
            CelValueKind.Type => CelValue.Of(a.Type.Name == b.Type.Name),
            CelValueKind.List => a.List.EqualTo(b.List, frame),
            CelValueKind.Map => a.Map.EqualTo(b.Map, frame),
            CelValueKind.Optional => Optionals(a, b, frame),
            CelValueKind.Opaque => CelValue.Of(a.Opaque.Type.Name == b.Opaque.Type.Name && a.Opaque.EqualTo(b.Opaque)),
            _ => CelValue.Of(Json.JsonNodeExtensions.DeepEquals(a.Unknown, b.Unknown)),
        };
    }

    private static CelValue Optionals(CelValue a, CelValue b, Frame? frame)
    {
        if (a.Optional.HasValue && b.Optional.HasValue)
            return Of(a.Optional.Value, b.Optional.Value, frame);
        return CelValue.Of(a.Optional.HasValue == b.Optional.HasValue);
    }
}

/// <summary>Order of values of one type, and of numbers.</summary>
internal static class Comparison
{
    /// <summary>Negative, zero or positive; null when the values have no order.</summary>
    public static int? Of(CelValue a, CelValue b)
    {
        if (a.IsNumber && b.IsNumber)
            return Numbers(a, b);
        if (a.Kind != b.Kind)
            return null;
        return a.Kind switch
        {
            CelValueKind.Bool => a.IsTrue.CompareTo(b.IsTrue),
            CelValueKind.String => Texts(a.String, b.String),
            CelValueKind.Bytes => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes),
            CelValueKind.Timestamp => a.Timestamp.CompareTo(b.Timestamp),
            CelValueKind.Duration => a.DurationNanos.CompareTo(b.DurationNanos),
            _ => null,
        };
    }

    /// <summary>Order of two numbers; null when one is no number.</summary>
    public static int? Numbers(CelValue a, CelValue b)
    {
        if (a.Kind == b.Kind)
        {
            return a.Kind switch
            {
                CelValueKind.Int => a.Int.CompareTo(b.Int),
                CelValueKind.Uint => a.Uint.CompareTo(b.Uint),
                _ => Doubles(a.Double, b.Double),
            };
        }
        if (a.Kind == CelValueKind.Double)
            return b.Kind == CelValueKind.Int ? -IntWithDouble(b.Int, a.Double) : -UintWithDouble(b.Uint, a.Double);
        if (b.Kind == CelValueKind.Double)
            return a.Kind == CelValueKind.Int ? IntWithDouble(a.Int, b.Double) : UintWithDouble(a.Uint, b.Double);
        return a.Kind == CelValueKind.Int
            ? (a.Int < 0 ? -1 : ((ulong)a.Int).CompareTo(b.Uint))
            : (b.Int < 0 ? 1 : a.Uint.CompareTo((ulong)b.Int));
    }

    /// <summary>Order of texts by code points, which is not that of UTF-16.</summary>
    public static int Texts(string a, string b)
    {
        var common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);
        var (x, y) = (a[common], b[common]);
        // Surrogates stand for code points above all that need one unit.
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }

    private static int? Doubles(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);

    // Integers are rounded to doubles here, as cel-go does: what a double cannot tell apart is equal.
    private static int? IntWithDouble(long whole, double number) => number switch
    {
        < long.MinValue => 1,
        > long.MaxValue => -1,
        _ => Doubles(whole, number),
    };

    private static int? UintWithDouble(ulong whole, double number) => number switch
    {
        < 0 => 1,
        > ulong.MaxValue => -1,
        _ => Doubles(whole, number),
    };
}
