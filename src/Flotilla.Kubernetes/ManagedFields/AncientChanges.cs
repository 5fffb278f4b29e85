namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>Keeps the number of Update owners bounded by joining the oldest of a version into one.</summary>
internal static class AncientChanges
{
    private const string Name = "ancient-changes";

    public static void Cap(Owners owners, int max)
    {
        var updates = owners.Keys.FindAll(k => !k.IsApply);
        if (updates.Count <= max)
            return;
        updates.Sort((a, b) =>
        {
            var order = owners.Seconds(a).CompareTo(owners.Seconds(b));
            return order == 0 ? Utf8Order.Compare(a.Identifier, b.Identifier) : order;
        });
        var remaining = updates.Count;
        var firsts = new Dictionary<string, OwnerKey>(StringComparer.Ordinal);
        foreach (var key in updates)
        {
            if (remaining <= max)
                return;
            var owned = owners[key];
            if (!firsts.TryGetValue(owned.ApiVersion, out var first))
            {
                firsts[owned.ApiVersion] = key;
                continue;
            }
            var bucket = OwnerKey.Of(Name, isApply: false, subresource: "", owned.ApiVersion);
            if (!owners.TryGet(bucket, out var joined))
            {
                joined = owners[first];
                owners.Remove(first);
            }
            owners.Remove(key);
            owners[bucket] = new Owned(owned.Fields.Union(joined.Fields), owned.ApiVersion);
            // The later of the two times, as updates go from old to new.
            owners.SetTime(bucket, owners.Time(key));
            remaining--;
        }
    }
}
