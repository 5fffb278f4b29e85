namespace Flotilla.Bench;

/// <summary>Measurements of one thing.</summary>
internal static class Samples
{
    /// <summary>The value that the given share (0 to 1) of all does not exceed.</summary>
    public static double Percentile(this IReadOnlyCollection<double> values, double share) =>
        values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * share)));

    public static double Median(this IReadOnlyCollection<double> values) => values.Percentile(0.5);
}
