using System.Globalization;
using Flotilla.Kubernetes.Cel.Costs;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel;

/// <summary>
/// What Kubernetes lets the rules of a custom resource definition cost by estimate, so that no object can make them run
/// for long: see <see cref="CelProgram.EstimateCost"/>.
/// </summary>
public static class CelCostLimits
{
    /// <summary>What one rule may cost for all its places in an object.</summary>
    public const ulong PerRule = 10_000_000;

    /// <summary>What all rules and message expressions of a version may cost together.</summary>
    public const ulong PerDefinition = 100_000_000;

    /// <summary>
    /// How often values of a schema node may occur in one object when a list or map above the node sets no bound. A rule's
    /// estimate is multiplied by this, or by the product of the bounds (<c>maxItems</c>, <c>maxProperties</c>) above the
    /// node when there are all of them.
    /// </summary>
    public static ulong MaxCardinality(Schema schema, bool isResource) => SchemaSize.Of(schema, isResource)?.MaxCardinality ?? 0;

    /// <summary>A product that stays at the largest number instead of overflowing.</summary>
    public static ulong Multiply(ulong cost, ulong cardinality) => CostRange.Multiply(cost, cardinality);

    /// <summary>The API server's sentence about an estimate beyond its limit.</summary>
    /// <param name="what">As <c>estimated rule cost</c>.</param>
    /// <param name="cost">The estimate.</param>
    /// <param name="limit">The limit that it exceeds.</param>
    public static string Exceeded(string what, ulong cost, ulong limit)
    {
        var factor = cost / (double)limit;
        var shown = factor > 100 ? "more than 100x" : factor.ToString(factor < 1.5 ? "F6" : "F1", CultureInfo.InvariantCulture) + "x";
        return $"{what} exceeds budget by factor of {shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)";
    }
}
