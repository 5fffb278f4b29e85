using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>Copies only some fields of a value.</summary>
internal static class TypedExtraction
{
    /// <summary>Copies from an object; null when nothing of it is wanted.</summary>
    public static JsonObject? Extract(JsonObject map, FieldSet fields, FieldType type)
    {
        JsonObject? result = null;
        foreach (var entry in fields.Entries)
        {
            if (entry.Element.FieldName is { } name && map.TryGetPropertyValue(name, out var value)
                && TryExtract(value, entry, type.FieldOrElement(name, out _) ?? FieldType.Deduced, out var wanted))
                (result ??= [])[name] = wanted;
        }
        return result;
    }

    private static bool TryExtract(JsonNode? value, in FieldSet.Entry entry, FieldType type, out JsonNode? wanted)
    {
        wanted = value switch
        {
            JsonObject { Count: > 0 } map when !type.IsAtomicMap => Extract(map, entry.Below ?? FieldSet.Empty, type) ?? (entry.IsMember ? new JsonObject() : null),
            JsonArray { Count: > 0 } list when !type.IsAtomicList => Extract(list, entry.Below ?? FieldSet.Empty, type) ?? (entry.IsMember ? [] : null),
            _ => value?.DeepClone(),
        };
        return wanted is not null || (value is null && entry.IsMember);
    }

    private static JsonArray? Extract(JsonArray list, FieldSet fields, FieldType type)
    {
        JsonArray? result = null;
        foreach (var item in list)
        {
            if (ListElements.Identify(type, item, out _) is not { } element || !fields.TryFind(element, out var entry))
                continue;
            if (!TryExtract(item, entry, type.Items!, out var wanted))
                continue;
            if (wanted is JsonObject map && item is JsonObject whole)
                AddKeys(map, whole, type);
            (result ??= []).Add(wanted);
        }
        return result;
    }

    private static void AddKeys(JsonObject map, JsonObject whole, FieldType type)
    {
        foreach (var key in type.Keys)
        {
            if (!map.ContainsKey(key.Name) && whole.TryGetPropertyValue(key.Name, out var value))
                map[key.Name] = value?.DeepClone();
        }
    }
}
