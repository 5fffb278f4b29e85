using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Cel;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>What the CEL rules of one schema may cost together, by estimate.</summary>
internal sealed class RuleCosts
{
    private const int Blamed = 4;
    private readonly List<(FieldPath Path, ulong Cost)> expensive = [];
    private ulong total;

    /// <summary>How often a child of a node can occur, given how often the node can; null when nothing bounds it.</summary>
    public static ulong? OccurrencesBelow(SchemaProps schema, ulong? occurrences)
    {
        if (occurrences is not { } times)
            return null;
        return schema.Type switch
        {
            "object" when schema.HasAdditionalProperties => Times(schema.MaxProperties),
            "array" => Times(schema.MaxItems),
            _ => times,
        };

        ulong? Times(long? most) => most is { } bound ? CelCostLimits.Multiply(times, (ulong)Math.Max(bound, 0)) : null;
    }

    /// <summary>Counts an expression; those below a hundredth of the limit are never blamed.</summary>
    public void Add(FieldPath path, ulong cost)
    {
        total = ulong.MaxValue - total < cost ? ulong.MaxValue : total + cost;
        if (cost >= CelCostLimits.PerDefinition / 100)
            expensive.Add((path, cost));
    }

    /// <summary>The most expensive expressions and the schema itself, when all together are too much.</summary>
    public IEnumerable<FieldError> Problems(FieldPath schema)
    {
        if (total <= CelCostLimits.PerDefinition)
            yield break;
        foreach (var (path, _) in expensive.OrderByDescending(e => e.Cost).Take(Blamed))
            yield return FieldError.Forbidden(path.ToString(), "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema");
        yield return FieldError.Forbidden(
            schema.ToString(), CelCostLimits.Exceeded("x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema", total, CelCostLimits.PerDefinition));
    }
}
