namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>
/// The least and the most that something may cost, or be large. What would overflow stays at the largest number.
/// </summary>
internal readonly record struct CostRange(ulong Min, ulong Max)
{
    public static readonly CostRange Zero = new(0, 0);
    public static readonly CostRange One = new(1, 1);

    /// <summary>Nothing is known.</summary>
    public static readonly CostRange Unknown = new(0, ulong.MaxValue);

    public static CostRange operator +(CostRange a, CostRange b) => new(Add(a.Min, b.Min), Add(a.Max, b.Max));

    public static CostRange operator *(CostRange a, CostRange b) => new(Multiply(a.Min, b.Min), Multiply(a.Max, b.Max));

    public static CostRange Fixed(ulong value) => new(value, value);

    /// <summary>Both ends times a factor, rounded up.</summary>
    public CostRange Times(double factor) => new(Scale(Min, factor), Scale(Max, factor));

    /// <summary>A range that holds both.</summary>
    public CostRange Union(CostRange other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    public static ulong Multiply(ulong a, ulong b) => b != 0 && a > ulong.MaxValue / b ? ulong.MaxValue : a * b;

    private static ulong Add(ulong a, ulong b) => a > ulong.MaxValue - b ? ulong.MaxValue : a + b;

    private static ulong Scale(ulong value, double factor)
    {
        const double twoTo64 = 18446744073709551616.0;
        var scaled = Math.Ceiling(value * factor);
        return scaled >= twoTo64 ? ulong.MaxValue : (ulong)scaled;
    }
}
