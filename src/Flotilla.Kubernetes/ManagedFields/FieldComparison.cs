namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>What distinguishes a newer value from an older one. No field is in more than one of the sets.</summary>
/// <param name="Added">Fields that only the newer one has.</param>
/// <param name="Modified">Fields that both have with different values.</param>
/// <param name="Removed">Fields that only the older one has.</param>
public sealed record FieldComparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    /// <summary>No difference. The order of associative lists does not count.</summary>
    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    internal FieldSet Changed => Added.Union(Modified);

    internal FieldComparison Filtered(FieldFilter? filter) =>
        filter is null ? this : new(filter.Apply(Added), filter.Apply(Modified), filter.Apply(Removed));
}
