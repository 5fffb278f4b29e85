using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Core.Applying;

/// <summary>Walks down a set of owned fields, what is declared and what is live, all at once.</summary>
internal sealed class OwnershipWalk
{
    private const int MostFound = 50;

    /// <summary>What the server never counts as owned.</summary>
    private static readonly HashSet<string> Stripped = new(StringComparer.Ordinal)
    {
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion",
    };

    private readonly List<string> place = [];

    public List<FieldDeparture> Found { get; } = [];

    public static bool IsLeaf(JsonObject set) => set.Count == 0 || (set.Count == 1 && set.ContainsKey("."));

    public static FieldPatterns Down(FieldPatterns ignored, string element) =>
        ignored.IsEmpty ? ignored : element.StartsWith("f:", StringComparison.Ordinal) ? ignored.Field(element[2..]) : ignored.Element();

    /// <summary>The value that an element chooses; null when there is none.</summary>
    public static JsonNode? Child(JsonNode? value, string element) => (value, element[0]) switch
    {
        (JsonObject map, 'f') => map.Member(element[2..]),
        (JsonArray list, 'k') when Parse(element) is JsonObject keys => list.FirstOrDefault(item => HasKeys(item, keys, defaultsMayBeAbsent: false)),
        (JsonArray list, 'v') => Parse(element) is var wanted && list.Any(item => JsonNodeExtensions.DeepEquals(item, wanted)) ? wanted : null,
        (JsonArray list, 'i') => int.TryParse(element.AsSpan(2), out var index) && index >= 0 && index < list.Count ? list[index] : null,
        _ => null,
    };

    public void Object(JsonObject set, JsonObject declared, JsonNode? live, FieldPatterns ignored)
    {
        foreach (var (key, value) in declared)
        {
            var down = ignored.Field(key);
            if (value is null || down.IsHere || (place.Count == 0 && key is "apiVersion" or "kind") || (place is ["f:metadata"] && Stripped.Contains(key)))
                continue;
            var element = "f:" + key;
            if (set.Object(element) is { } below)
                Step(element, below, value, live.Member(key), down);
            else if (!(place.Count == 0 && key == "metadata" && OnlyStripped(value)))
                Differ(element, value, live.Member(key), down);
        }
        foreach (var (element, _) in set)
        {
            if (element.StartsWith("f:", StringComparison.Ordinal) && !declared.ContainsKey(element[2..]) && !ignored.Field(element[2..]).IsHere)
                Depart(element);
        }
    }

    private static bool OnlyStripped(JsonNode metadata) => metadata is JsonObject map && map.All(p => Stripped.Contains(p.Key));

    private void Step(string element, JsonObject below, JsonNode declared, JsonNode? live, FieldPatterns ignored)
    {
        if (Found.Count >= MostFound)
            return;
        place.Add(element);
        if (IsLeaf(below))
        {
            if (!Same(declared, live, ignored) && !DifferBelow(declared, live, ignored))
                Found.Add(new FieldDeparture(PathOf(place), [.. place]));
        }
        else if (declared is JsonObject map)
        {
            Object(below, map, live, ignored);
        }
        else if (declared is JsonArray list)
        {
            List(below, list, live, ignored.Element());
        }
        else
        {
            Found.Add(new FieldDeparture(PathOf(place), [.. place]));
        }
        place.RemoveAt(place.Count - 1);
    }

    private void List(JsonObject set, JsonArray declared, JsonNode? live, FieldPatterns ignored)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in declared)
        {
            if (ElementOf(set, item, taken) is not { } element)
            {
                Depart(item is JsonObject named && named.String("name") is { } name ? $"k:{{\"name\":{JsonValue.Create(name).ToJsonString()}}}" : "i:0");
                continue;
            }
            taken.Add(element);
            if (item is not null && set.Object(element) is { } below && !IsLeafElement(element, below))
                Step(element, below, item, Child(live, element), ignored);
            else if (Child(live, element) is null && item is not null)
                Depart(element);
        }
        foreach (var (element, _) in set)
        {
            if (element != "." && !taken.Contains(element))
                Depart(element);
        }
    }

    /// <summary>The element of a set that an item of a list is. The server adds defaults to keys that a declaration leaves out.</summary>
    internal static string? ElementOf(JsonObject set, JsonNode? item, ISet<string> taken)
    {
        foreach (var (element, _) in set)
        {
            if (element == "." || taken.Contains(element))
                continue;
            if (element[0] == 'k' ? Parse(element) is JsonObject keys && HasKeys(item, keys, defaultsMayBeAbsent: true)
                : element[0] == 'v' && JsonNodeExtensions.DeepEquals(Parse(element), item))
                return element;
        }
        return null;
    }

    /// <summary>Values of a set are whole when they are there; elements of a map of which nothing but the place is owned are too.</summary>
    private static bool IsLeafElement(string element, JsonObject below) => element[0] == 'v' && IsLeaf(below);

    private static bool Same(JsonNode declared, JsonNode? live, FieldPatterns ignored) => (declared, live) switch
    {
        // What is declared empty may have been filled with defaults; who else fills it owns what they filled in.
        (JsonObject { Count: 0 }, JsonObject or null) => true,
        (JsonArray { Count: 0 }, JsonArray { Count: 0 } or null) => true,
        (JsonObject a, JsonObject b) when !ignored.IsEmpty =>
            a.All(p => ignored.Field(p.Key).IsHere || (p.Value is not null && Same(p.Value, b.Member(p.Key), ignored.Field(p.Key)))),
        (JsonArray a, JsonArray b) when !ignored.IsEmpty =>
            a.Count == b.Count && a.Zip(b).All(p => p.First is not null && Same(p.First, p.Second, ignored.Element())),
        _ => JsonNodeExtensions.DeepEquals(declared, live),
    };

    /// <summary>A place that is not ours any more: names the fields below it that differ, or itself when it is only the owner that does.</summary>
    private void Differ(string element, JsonNode declared, JsonNode? live, FieldPatterns ignored)
    {
        place.Add(element);
        if (!DifferBelow(declared, live, ignored) && Found.Count < MostFound)
            Found.Add(new FieldDeparture(PathOf(place), [.. place]));
        place.RemoveAt(place.Count - 1);
    }

    private bool DifferBelow(JsonNode declared, JsonNode? live, FieldPatterns ignored)
    {
        if (declared is not JsonObject map || live is not JsonObject other)
            return false;
        var before = Found.Count;
        foreach (var (key, value) in map)
        {
            var down = ignored.Field(key);
            if (value is not null && !down.IsHere && !JsonNodeExtensions.DeepEquals(value, other.Member(key)))
                Differ("f:" + key, value, other.Member(key), down);
        }
        return Found.Count > before;
    }

    private void Depart(string element)
    {
        if (Found.Count < MostFound)
            Found.Add(new FieldDeparture(PathOf([.. place, element]), [.. place, element]));
    }

    private static bool HasKeys(JsonNode? item, JsonObject keys, bool defaultsMayBeAbsent)
    {
        if (item is not JsonObject map)
            return false;
        foreach (var (name, wanted) in keys)
        {
            var there = map.TryGetPropertyValue(name, out var value);
            if (there ? !JsonNodeExtensions.DeepEquals(value, wanted) : !defaultsMayBeAbsent)
                return false;
        }
        return true;
    }

    private static JsonNode? Parse(string element)
    {
        try
        {
            return JsonNode.Parse(element.AsSpan(2).ToString());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string PathOf(IEnumerable<string> elements) => string.Concat(elements.Select(element => element[0] switch
    {
        'f' => "." + element[2..],
        'k' when Parse(element) is JsonObject keys => $"[{string.Join(',', keys.Select(k => $"{k.Key}={k.Value?.ToJsonString()}"))}]",
        'v' => $"[={element[2..]}]",
        _ => $"[{element[2..]}]",
    }));
}
