using System.Globalization;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>What one owner has, in the terms of the API version it used.</summary>
internal readonly record struct Owned(FieldSet Fields, string ApiVersion);

/// <summary>
/// The owners of an object's fields while an operation works on them. A time outlives its entry, as an owner may lose all
/// and come back within one operation.
/// </summary>
internal sealed class Owners
{
    private readonly Dictionary<OwnerKey, Owned> owned = [];
    private readonly Dictionary<OwnerKey, string?> times = [];

    public int Count => owned.Count;

    public IEnumerable<KeyValuePair<OwnerKey, Owned>> All => owned;

    /// <summary>The owners, safe against changes during the walk.</summary>
    public List<OwnerKey> Keys => [.. owned.Keys];

    public Owned this[OwnerKey key]
    {
        get => owned[key];
        set => owned[key] = value;
    }

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public bool TryGet(OwnerKey key, out Owned found) => owned.TryGetValue(key, out found);

    public void Remove(OwnerKey key) => owned.Remove(key);

    /// <summary>Sets what an owner has; nothing removes it.</summary>
    public void Set(OwnerKey key, FieldSet fields, string apiVersion)
    {
        if (fields.IsEmpty)
            owned.Remove(key);
        else
            owned[key] = new Owned(fields, apiVersion);
    }

    public string? Time(OwnerKey key) => times.GetValueOrDefault(key);

    public void SetTime(OwnerKey key, string? time) => times[key] = time;

    /// <summary>Seconds since 1970, 0 without a time.</summary>
    public long Seconds(OwnerKey key) =>
        DateTimeOffset.TryParse(Time(key), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : 0;

    public Owners Copy()
    {
        var copy = new Owners();
        foreach (var (key, value) in owned)
            copy.owned[key] = value;
        foreach (var (key, value) in times)
            copy.times[key] = value;
        return copy;
    }

    /// <summary>The owners in the order of <c>metadata.managedFields</c>: Apply before Update, then by time, name, version, subresource.</summary>
    public List<OwnerKey> Sorted()
    {
        var keys = Keys;
        var seconds = keys.ToDictionary(k => k, Seconds);
        keys.Sort((a, b) =>
        {
            var order = b.IsApply.CompareTo(a.IsApply);
            if (order == 0)
                order = seconds[a].CompareTo(seconds[b]);
            if (order == 0)
                order = Utf8Order.Compare(a.Manager, b.Manager);
            if (order == 0)
                order = Utf8Order.Compare(owned[a].ApiVersion, owned[b].ApiVersion);
            return order == 0 ? Utf8Order.Compare(a.Subresource, b.Subresource) : order;
        });
        return keys;
    }
}
