namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Adjusts a set that was recorded under an older schema: what became atomic is owned as a whole by whoever owned parts.
/// </summary>
internal static class SchemaReconciliation
{
    public static FieldSet Reconcile(FieldSet fields, FieldType type)
    {
        FieldSet? result = null;
        for (var i = 0; i < fields.Entries.Length; i++)
        {
            var entry = fields.Entries[i];
            if (entry.Below is null)
                continue;
            var below = entry.Element.Kind == PathElementKind.Field
                ? type.FieldOrElement(entry.Element.FieldName!, out _)
                : type.Items;
            // Free-form maps have no say in how their parts are owned.
            if (below is null || below.IsFreeMap)
                continue;
            var replacement = IsWhole(below)
                ? new FieldSet.Entry(entry.Element, true, null)
                : entry with { Below = Reconcile(entry.Below, below) };
            if (!ReferenceEquals(replacement.Below, entry.Below))
                result = (result ?? fields).With(i, replacement);
        }
        return result ?? fields;
    }

    // Where several facets are open, the map decides.
    private static bool IsWhole(FieldType type) => (type.Facets & Facets.Map) != 0
        ? type.IsAtomicMap
        : type.Facets == Facets.List && type.IsAtomicList;
}
