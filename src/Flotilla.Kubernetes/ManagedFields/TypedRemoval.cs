using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Removes fields from a value in place: a member goes with all below it; an object or list that loses its last content
/// stays, empty. As structured-merge-diff 6.3.2 (Kubernetes 1.36.2) does it.
/// </summary>
internal static class TypedRemoval
{
    private const int FewFields = 8;

    /// <summary>Removes from an object.</summary>
    public static void Remove(JsonObject map, FieldSet items, FieldType type)
    {
        if (items.IsEmpty)
            return;
        if (type.IsAtomicMap)
        {
            map.Clear();
            return;
        }
        var gone = 0;
        foreach (var entry in items.Entries)
        {
            if (entry.Element.FieldName is not { } name || !map.TryGetPropertyValue(name, out var value))
                continue;
            if (entry.IsMember)
                gone++;
            else
                RemoveBelow(value, entry.Below!, type.FieldOrElement(name, out _) ?? FieldType.Deduced);
        }
        if (gone > FewFields)
        {
            KeepOthers(map, items, type);
            return;
        }
        foreach (var entry in items.Entries)
        {
            if (entry.IsMember && entry.Element.FieldName is { } name)
                map.Remove(name);
        }
    }

    /// <summary>Whether an object has no content, or would have none after the removal.</summary>
    public static bool WouldBeEmpty(JsonObject map, FieldType type, FieldSet items)
    {
        if (map.Count == 0 || items.IsEmpty)
            return map.Count == 0;
        if (type.IsAtomicMap)
            return true;
        foreach (var (name, _) in map)
        {
            if (!items.TryFind(type.Element(name), out var entry) || !entry.IsMember)
                return false;
        }
        return true;
    }

    /// <summary>Removing one by one moves all that follows each time; this moves everything once.</summary>
    private static void KeepOthers(JsonObject map, FieldSet items, FieldType type)
    {
        var kept = new List<KeyValuePair<string, JsonNode?>>(map.Count);
        foreach (var field in map)
        {
            if (!items.TryFind(type.Element(field.Key), out var entry) || !entry.IsMember)
                kept.Add(field);
        }
        map.Clear();
        foreach (var (name, value) in kept)
            map.Add(name, value);
    }

    private static void RemoveBelow(JsonNode? value, FieldSet items, FieldType type)
    {
        switch (value)
        {
            case JsonObject map when (type.Facets & Facets.Map) != 0:
                Remove(map, items, type);
                break;
            case JsonArray list when (type.Facets & Facets.List) != 0:
                Remove(list, items, type);
                break;
        }
    }

    private static void Remove(JsonArray list, FieldSet items, FieldType type)
    {
        if (type.IsAtomicList)
        {
            list.Clear();
            return;
        }
        var kept = new List<JsonNode?>(list.Count);
        foreach (var item in list)
        {
            FieldSet.Entry entry = default;
            var found = ListElements.Identify(type, item, out _) is { } element && items.TryFind(element, out entry);
            if (found && entry.IsMember)
                continue;
            if (found)
                RemoveBelow(item, entry.Below!, type.Items!);
            kept.Add(item);
        }
        if (kept.Count == list.Count)
            return;
        list.Clear();
        foreach (var item in kept)
            list.Add(item);
    }
}
