using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// A value beside its predecessor, and the same for the parts of both that belong together. Comparisons and parts are kept,
/// because checks of an update ask for them again and again on their way up.
/// </summary>
internal sealed class Correlation(JsonNode? value, JsonNode? old, Schema schema)
{
    private Dictionary<string, Correlation?>? fields;
    private Correlation?[]? items;
    private ListMapIndex? oldItems;
    private bool? equal;

    public JsonNode? Value => value;

    public JsonNode? Old => old;

    public Schema Schema => schema;

    /// <summary>The part under a field or map key; null when one of both lacks it, or the schema does not know it.</summary>
    public Correlation? Key(string field)
    {
        if (fields is not null && fields.TryGetValue(field, out var kept))
            return kept;
        Correlation? found = null;
        if (value is JsonObject map && old is JsonObject oldMap
            && map.TryGetPropertyValue(field, out var child) && oldMap.TryGetPropertyValue(field, out var oldChild)
            && (schema.Properties.GetValueOrDefault(field) ?? schema.AdditionalProperties) is { } childSchema)
        {
            found = new Correlation(child, oldChild, childSchema);
        }
        fields ??= new Dictionary<string, Correlation?>(StringComparer.Ordinal);
        fields[field] = found;
        return found;
    }

    /// <summary>The element at an index of the new list and the old one with the same keys; null where elements have no identity.</summary>
    public Correlation? Index(int index)
    {
        if (schema.ListType != "map" || schema.Items is null || value is not JsonArray list || old is not JsonArray oldList || index >= list.Count)
            return null;
        items ??= new Correlation?[list.Count];
        if (items[index] is { } kept)
            return kept;
        oldItems ??= new ListMapIndex(schema, oldList);
        return oldItems.Find(list[index]) is { } before ? items[index] = new Correlation(list[index], before, schema.Items) : null;
    }

    /// <summary>Whether nothing changed. Lists of type <c>map</c> may be in another order.</summary>
    public bool DeepEqual() => equal ??= Compare();

    private bool Compare()
    {
        switch (value, old)
        {
            case (null, null):
                return true;
            case (JsonArray list, JsonArray oldList):
                if (list.Count != oldList.Count)
                    return false;
                if (schema.ListType != "map" || schema.Items is null)
                    return JsonNodeExtensions.DeepEquals(list, oldList);
                for (var i = 0; i < list.Count; i++)
                {
                    if (Index(i)?.DeepEqual() != true)
                        return false;
                }
                return true;
            case (JsonObject map, JsonObject oldMap):
                if (map.Count != oldMap.Count)
                    return false;
                foreach (var (name, _) in map)
                {
                    if (Key(name)?.DeepEqual() != true)
                        return false;
                }
                return true;
            default:
                return JsonNodeExtensions.DeepEquals(value, old);
        }
    }
}

/// <summary>The elements of a list of type <c>map</c> by their keys.</summary>
internal sealed class ListMapIndex
{
    private readonly Schema schema;
    private readonly Dictionary<string, JsonNode> elements = new(StringComparer.Ordinal);

    public ListMapIndex(Schema schema, JsonArray list)
    {
        this.schema = schema;
        // The first of elements with equal keys wins.
        foreach (var element in list)
        {
            if (KeyOf(schema, element) is { } key)
                elements.TryAdd(key, element!);
        }
    }

    public JsonNode? Find(JsonNode? element) => KeyOf(schema, element) is { } key ? elements.GetValueOrDefault(key) : null;

    /// <summary>The values of an element's keys as one text; absent keys count as such. Null when it is not an object.</summary>
    public static string? KeyOf(Schema schema, JsonNode? element)
    {
        if (element is not JsonObject map)
            return null;
        if (schema.ListMapKeys is [var only])
            return map.TryGetPropertyValue(only, out var value) ? Text(value) : "";
        return string.Join('\0', schema.ListMapKeys.Select(key => map.TryGetPropertyValue(key, out var value) ? Text(value) : ""));
    }

    private static string Text(JsonNode? value) => value is null ? "null" : value.ToJsonString();
}
