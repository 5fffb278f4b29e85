using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>The fields that a value mentions: its leaves, elements of associative lists, keys of free maps, empty maps and nulls.</summary>
internal static class FieldSetReader
{
    /// <summary>Reads the fields of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type.</param>
    /// <param name="without">Reads as if these had been removed before (see <see cref="TypedRemoval"/>), without doing so.</param>
    public static FieldSet Read(JsonNode? value, FieldType type, FieldSet? without = null)
    {
        Read(value, type, without ?? FieldSet.Empty, out var below);
        return below;
    }

    /// <summary>Answers whether the value itself is a field, and what is below it.</summary>
    private static bool Read(JsonNode? value, FieldType type, FieldSet without, out FieldSet below)
    {
        below = FieldSet.Empty;
        var facets = type.Deduce(value);
        if ((facets & Facets.Map) != 0)
        {
            if (type.IsAtomicMap)
                return true;
            if (value is JsonObject map)
                below = ReadMap(map, type, without);
            return false;
        }
        if ((facets & Facets.Scalar) != 0)
            return true;
        if (type.IsAtomicList)
            return true;
        if (value is JsonArray list)
            below = ReadList(list, type, without);
        return false;
    }

    private static FieldSet ReadMap(JsonObject map, FieldType type, FieldSet without)
    {
        var entries = new List<FieldSet.Entry>(map.Count);
        foreach (var (name, value) in map)
        {
            var element = type.Element(name);
            var removed = FieldSet.Empty;
            if (!without.IsEmpty && without.TryFind(element, out var found))
            {
                if (found.IsMember)
                    continue;
                removed = found.Below!;
            }
            var valueType = type.FieldOrElement(name, out var declared) ?? FieldType.Deduced;
            var isMember = Read(value, valueType, removed, out var below);
            isMember |= !declared || value is null || (value is JsonObject child && TypedRemoval.WouldBeEmpty(child, valueType, removed));
            if (FieldSet.Entry.OrNone(element, isMember, below) is { } entry)
                entries.Add(entry);
        }
        return FieldSet.OfEntries(entries);
    }

    private static FieldSet ReadList(JsonArray list, FieldType type, FieldSet without)
    {
        var entries = new List<FieldSet.Entry>(list.Count);
        foreach (var (element, items) in ListElements.Index(type, list))
        {
            var removed = FieldSet.Empty;
            if (!without.IsEmpty && without.TryFind(element, out var found))
            {
                if (found.IsMember)
                    continue;
                removed = found.Below!;
            }
            var below = FieldSet.Empty;
            if (!items.IsDuplicated)
                Read(items.First, type.Items!, removed, out below);
            entries.Add(new FieldSet.Entry(element, true, below.IsEmpty ? null : below));
        }
        return FieldSet.OfEntries(entries);
    }
}
