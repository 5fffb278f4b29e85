namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// How a change of an object moves fields between owners: the rules of server-side apply (KEP-555), the semantics of
/// structured-merge-diff's updater.
/// </summary>
/// <param name="apiVersion">Version of the request.</param>
/// <param name="filter">What a request to this resource or subresource can own at all; null for everything.</param>
internal readonly struct Ownership(string apiVersion, FieldFilter? filter)
{
    /// <summary>
    /// Takes changed and removed fields away from all owners but one. Owners of unknown versions go, also those left with nothing.
    /// </summary>
    /// <returns>The conflicts, in the order of owners; when there are some and <paramref name="force"/> is false, nothing was changed.</returns>
    public List<FieldConflict> TakeAway(ObjectView live, ObjectView updated, FieldComparison comparison, Owners owners, OwnerKey? but, bool force)
    {
        var conflicts = new List<FieldConflict>();
        var remaining = new List<(OwnerKey Key, FieldSet Fields, string ApiVersion)>(owners.Count);
        var comparisons = new Dictionary<string, FieldComparison?>(StringComparer.Ordinal) { [apiVersion] = comparison };
        foreach (var (key, owned) in owners.All)
        {
            if (key == but)
                continue;
            if (!comparisons.TryGetValue(owned.ApiVersion, out var difference))
            {
                difference = live.In(owned.ApiVersion) is { } before && updated.In(owned.ApiVersion) is { } after
                    ? TypedComparison.Compare(before.Object, after.Object, after.Type).Filtered(filter)
                    : null;
                comparisons[owned.ApiVersion] = difference;
            }
            if (difference is null)
            {
                remaining.Add((key, FieldSet.Empty, owned.ApiVersion));
                continue;
            }
            var lost = owned.Fields.Intersect(difference.Changed);
            if (!force)
                conflicts.AddRange(lost.Paths().Select(path => new FieldConflict(key, path)));
            remaining.Add((key, owned.Fields.Except(lost).Except(difference.Removed), owned.ApiVersion));
        }
        if (conflicts.Count > 0)
            return [.. conflicts.OrderBy(c => c.Owner.Identifier, Comparer<string>.Create(Utf8Order.Compare))];
        foreach (var (key, fields, version) in remaining)
            owners.Set(key, fields, version);
        return conflicts;
    }

    /// <summary>Adjusts all owners to the schemas of today; those of unknown versions go.</summary>
    public static void Reconcile(ObjectView live, Owners owners)
    {
        foreach (var key in owners.Keys)
        {
            var owned = owners[key];
            if (live.In(owned.ApiVersion) is not { } view)
                owners.Remove(key);
            else
                owners[key] = owned with { Fields = SchemaReconciliation.Reconcile(owned.Fields, view.Type) };
        }
    }

    /// <summary>
    /// What an apply removes from the merged object: fields that its manager applied before and does not apply now, unless
    /// somebody else owns them. In terms of the version that was used before.
    /// </summary>
    /// <param name="merged">Live and applied, merged.</param>
    /// <param name="before">What the manager applied before.</param>
    /// <param name="owners">All owners, the manager with what it applies now.</param>
    public FieldSet Pruned(ObjectView merged, FieldSet before, Owners owners)
    {
        var last = before.WithNamedFields(merged.Type);
        var pruned = merged.Without(last);
        // What is owned comes back, at the version of the last apply first: other versions may not convert without it.
        var versions = owners.All.Select(o => o.Value.ApiVersion).Distinct().OrderBy(v => v != merged.ApiVersion).ToList();
        foreach (var version in versions)
        {
            if (merged.In(version) is not { } all || pruned.In(version) is not { } kept)
                continue;
            var managed = FieldSet.Empty;
            foreach (var (_, owned) in owners.All)
            {
                if (owned.ApiVersion == version)
                    managed = managed.Union(owned.Fields);
            }
            pruned = all.Without(all.NamedFields.Except(kept.NamedFields.Union(managed.WithNamedFields(all.Type))));
        }
        // What was never applied by this manager comes back as well: it is not for it to remove.
        return pruned.In(merged.ApiVersion) is { } rest
            ? merged.NamedFields.Except(rest.NamedFields).Intersect(last)
            : FieldSet.Empty;
    }

    /// <summary>The part of a set that this request can own.</summary>
    public FieldSet Ownable(FieldSet fields) => filter?.Apply(fields) ?? fields;
}
