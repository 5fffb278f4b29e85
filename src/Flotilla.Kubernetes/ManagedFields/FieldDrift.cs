using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>How a live field departs from what was applied.</summary>
public enum FieldDriftKind
{
    /// <summary>It has another value.</summary>
    Changed,

    /// <summary>It is not there.</summary>
    Missing,
}

/// <summary>A field that is not as it was applied.</summary>
/// <param name="Path">The field.</param>
/// <param name="Kind">How it departs.</param>
/// <param name="Applied">The value that was applied, of the given configuration; do not change.</param>
/// <param name="Live">The value now; null when missing. Do not change.</param>
/// <param name="Owners">Who owns the field now.</param>
public sealed record FieldDrift(FieldPath Path, FieldDriftKind Kind, JsonNode? Applied, JsonNode? Live, IReadOnlyList<FieldOwner> Owners)
{
    /// <summary>
    /// Compares an object with a configuration that was applied to it: only what the configuration says counts, not what
    /// others or the server have added. Values are compared as they stand (quantities as texts).
    /// </summary>
    /// <param name="live">The object as read.</param>
    /// <param name="applied">The configuration, of the same API version.</param>
    /// <param name="schema">Schema of the kind.</param>
    /// <returns>All departures, in the order of paths; empty when live is as applied.</returns>
    public static IReadOnlyList<FieldDrift> Find(JsonObject live, JsonObject applied, Schema schema)
    {
        var type = FieldType.OfResource(schema);
        var comparison = TypedComparison.Compare(applied, live, type);
        if (comparison.Modified.IsEmpty && comparison.Removed.IsEmpty)
            return [];
        var said = FieldSetReader.Read(applied, type).Except(FieldManager.Stripped);
        var owners = FieldOwner.AllOf(live);
        var result = new List<FieldDrift>();
        Add(said.Intersect(comparison.Modified), FieldDriftKind.Changed);
        Add(said.Intersect(comparison.Removed).Leaves(), FieldDriftKind.Missing);
        return result;

        void Add(FieldSet fields, FieldDriftKind kind)
        {
            foreach (var path in fields.Paths())
            {
                TypedFields.TryFind(applied, path, type, out var wanted);
                JsonNode? found = null;
                if (kind == FieldDriftKind.Changed)
                    TypedFields.TryFind(live, path, type, out found);
                result.Add(new FieldDrift(path, kind, wanted, found, [.. owners.Where(o => o.Fields.Contains(path))]));
            }
        }
    }
}
