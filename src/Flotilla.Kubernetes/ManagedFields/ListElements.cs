using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>Which path element identifies an element of an associative list.</summary>
internal static class ListElements
{
    /// <summary>Identifies an element; null with the reason when that is impossible.</summary>
    public static PathElement? Identify(FieldType list, JsonNode? item, out string? problem)
    {
        if (list.Keys.Length > 0)
            return IdentifyByKey(list, item, out problem);
        problem = item switch
        {
            null => "associative list without keys has an element that's an explicit null",
            JsonObject => "associative list without keys has an element that's a map type",
            JsonArray => "not supported: associative list with lists as elements",
            _ => null,
        };
        return problem is null ? PathElement.Value(FieldScalar.From(item)) : null;
    }

    /// <summary>The elements of a list with their identities, in order. Those that cannot be identified are left out.</summary>
    public static List<(PathElement Element, JsonNode? Item)> Identify(FieldType list, JsonArray? array)
    {
        var result = new List<(PathElement, JsonNode?)>(array?.Count ?? 0);
        foreach (var item in array ?? [])
        {
            if (Identify(list, item, out _) is { } element)
                result.Add((element, item));
        }
        return result;
    }

    /// <summary>Elements by identity, in order of first appearance.</summary>
    public static Dictionary<PathElement, ListItems> Index(List<(PathElement Element, JsonNode? Item)> elements)
    {
        var result = new Dictionary<PathElement, ListItems>(elements.Count);
        foreach (var (element, item) in elements)
            result[element] = result.TryGetValue(element, out var items) ? items.With(item) : new ListItems(item, null);
        return result;
    }

    /// <summary>The elements of a list by identity.</summary>
    public static Dictionary<PathElement, ListItems> Index(FieldType list, JsonArray? array) => Index(Identify(list, array));

    private static PathElement? IdentifyByKey(FieldType list, JsonNode? item, out string? problem)
    {
        problem = null;
        if (item is not JsonObject map)
        {
            problem = item is null
                ? "associative list with keys may not have a null element"
                : "associative list with keys may not have non-map elements";
            return null;
        }
        var keys = new KeyField[list.Keys.Length];
        var count = 0;
        foreach (var key in list.Keys)
        {
            if (map.TryGetPropertyValue(key.Name, out var value))
            {
                if (!FieldScalar.TryFrom(value, out var scalar))
                {
                    problem = $"associative list key field {key.Name} is not a scalar";
                    return null;
                }
                keys[count++] = new KeyField(key.Name, scalar);
            }
            else if (key.Default is { } value2)
            {
                keys[count++] = new KeyField(key.Name, value2);
            }
        }
        if (count == 0)
        {
            var names = string.Join(' ', list.Keys.Select(k => FieldScalar.From(k.Name)));
            problem = $"associative list with keys has an element that omits all key fields [{names}] (and doesn't have default values for any key fields)";
            return null;
        }
        return PathElement.OfSortedKey(count == keys.Length ? keys : keys[..count]);
    }
}

/// <summary>The elements of a list that have one identity: nearly always one, but old objects may hold duplicates.</summary>
internal readonly record struct ListItems(JsonNode? First, List<JsonNode?>? Duplicates)
{
    public bool IsDuplicated => Duplicates is not null;

    public ListItems With(JsonNode? item) => new(First, [.. Duplicates ?? [First], item]);
}
