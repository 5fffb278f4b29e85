using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Patches;

/// <summary>
/// Merging of lists: of maps by their merge key, of scalars as sets. The order of the result follows the patch for what the patch
/// names, the live list for the rest, and weaves the two by the live list where it can.
/// </summary>
internal static class StrategicMergeList
{
    public static JsonArray Merge(JsonArray original, JsonArray patch, PatchSchema list)
    {
        if (original.Count == 0 && patch.Count == 0)
            return [];
        var ofMaps = HoldMaps(original, patch);
        var live = Detach(original);
        var merged = MergeElements(live, Detach(patch), list, ofMaps, out var named);
        return Order(merged, named, live, ofMaps ? list.MergeKey : "");
    }

    /// <summary>As <see cref="Merge"/>, with the order that the patch demands. One of the lists may be absent.</summary>
    public static JsonArray MergeInOrder(JsonArray? original, JsonArray? patch, JsonArray order, PatchSchema list)
    {
        var ofMaps = HoldMaps(original ?? [], patch ?? []);
        var live = original is null ? [] : Detach(original);
        List<JsonNode> merged;
        if (patch is null)
            merged = live;
        else if (original is null)
            merged = [.. Detach(patch).Where(e => StrategicMergePatch.WithoutDirectives(e) is not null)];
        else if (list.Strategy == "merge")
            merged = MergeElements(live, Detach(patch), list, ofMaps, out _);
        else
            merged = Detach(patch);
        return Order(merged, [.. order.OfType<JsonNode>()], live, list.MergeKey);
    }

    public static void DeletePrimitives(JsonArray current, JsonArray gone)
    {
        var values = new HashSet<object>(gone.OfType<JsonNode>().Select(Identity));
        for (var i = current.Count - 1; i >= 0; i--)
        {
            if (current[i] is { } element && values.Contains(Identity(element)))
                current.RemoveAt(i);
        }
    }

    /// <summary>The elements of a patch must be among those of its <c>$setElementOrder</c>, in the same order.</summary>
    public static void CheckOrder(JsonArray patch, JsonArray order, string mergeKey)
    {
        if (patch.Count == 0 || order.Count == 0)
            return;
        var at = 0;
        foreach (var element in patch)
        {
            if (element is JsonObject map && map.ContainsKey(StrategicMergePatch.Directive))
                continue;
            var wanted = KeyOf(element, mergeKey);
            while (at < order.Count && !KeyOf(order[at], mergeKey).Equals(wanted))
                at++;
            if (at++ >= order.Count)
                throw PatchErrors.Malformed($"The order in patch list:\n{GoText.Value(patch)}\n doesn't match $setElementOrder list:\n{GoText.Value(order)}\n");
        }
    }

    /// <summary>
    /// The live elements with the patch's merged into them, in no final order. What the patch deletes is also taken out of
    /// <paramref name="live"/>; <paramref name="named"/> are the patch's elements that are no directives, by which the order goes.
    /// </summary>
    private static List<JsonNode> MergeElements(List<JsonNode> live, List<JsonNode> patch, PatchSchema list, bool ofMaps, out List<JsonNode> named)
    {
        if (!ofMaps)
        {
            named = patch;
            return [.. live.Concat(patch).DistinctBy(Identity)];
        }
        if (list.MergeKey.Length == 0)
            throw PatchErrors.Malformed($"cannot merge lists without merge key for {list.Schema?.Type ?? "struct"}");
        named = WithoutSpecial(live, patch, list.MergeKey, out var replace);
        if (replace)
        {
            live.Clear();
            live.AddRange(named);
            named = [];
            return [.. live];
        }
        var merged = new List<JsonNode>(live);
        var positions = Positions(live, list.MergeKey);
        foreach (var element in named)
        {
            var change = (JsonObject)element;
            var key = KeyOf(change, list.MergeKey);
            if (positions.TryGetValue(key, out var at))
            {
                merged[at] = StrategicMergePatch.MergeMap((JsonObject)merged[at], (JsonObject)change.DeepClone(), list.Schema);
            }
            else
            {
                positions[key] = merged.Count;
                merged.Add(change);
            }
        }
        return merged;
    }

    /// <summary>Carries out <c>$patch: delete</c> on the live elements; returns the patch's other elements.</summary>
    private static List<JsonNode> WithoutSpecial(List<JsonNode> live, List<JsonNode> patch, string mergeKey, out bool replace)
    {
        replace = false;
        var plain = new List<JsonNode>(patch.Count);
        HashSet<object>? deleted = null;
        foreach (var element in patch)
        {
            var map = (JsonObject)element;
            if (!map.TryGetPropertyValue(StrategicMergePatch.Directive, out var directive))
            {
                plain.Add(map);
                continue;
            }
            switch (directive.AsStringOrNull())
            {
                case "delete":
                    (deleted ??= []).Add(KeyOf(map, mergeKey));
                    break;
                case "replace":
                    replace = true;
                    break;
                case "merge":
                    throw PatchErrors.Malformed("merging lists cannot yet be specified in the patch");
                default:
                    throw StrategicMergePatch.UnknownDirective(directive, map);
            }
        }
        if (deleted is not null)
            live.RemoveAll(e => ((JsonObject)e).ContainsKey(mergeKey) && deleted.Contains(KeyOf(e, mergeKey)));
        return plain;
    }

    /// <summary>
    /// Elements named by <paramref name="order"/> in that order, woven with the others, which keep the order of <paramref name="live"/>:
    /// one of the others goes before a named one only where it stands before it in the live list.
    /// </summary>
    private static JsonArray Order(List<JsonNode> elements, IReadOnlyList<JsonNode> order, IReadOnlyList<JsonNode> live, string mergeKey)
    {
        var orderPositions = Positions(order, mergeKey);
        var livePositions = Positions(live, mergeKey);
        var named = elements.Where(e => orderPositions.ContainsKey(KeyOf(e, mergeKey)))
            .OrderBy(e => orderPositions[KeyOf(e, mergeKey)]).ToList();
        var others = elements.Where(e => !orderPositions.ContainsKey(KeyOf(e, mergeKey)))
            .OrderBy(e => livePositions.GetValueOrDefault(KeyOf(e, mergeKey), int.MaxValue)).ToList();

        var result = new JsonArray();
        int i = 0, j = 0;
        while (i < others.Count || j < named.Count)
        {
            var takeOther = j == named.Count
                || (i < others.Count
                    && livePositions.TryGetValue(KeyOf(others[i], mergeKey), out var left)
                    && livePositions.TryGetValue(KeyOf(named[j], mergeKey), out var right)
                    && left < right);
            result.Add(takeOther ? others[i++] : named[j++]);
        }
        return result;
    }

    /// <summary>Where each identity stands first.</summary>
    private static Dictionary<object, int> Positions(IReadOnlyList<JsonNode> elements, string mergeKey)
    {
        var positions = new Dictionary<object, int>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
            positions.TryAdd(KeyOf(elements[i], mergeKey), i);
        return positions;
    }

    private static object KeyOf(JsonNode? element, string mergeKey)
    {
        if (mergeKey.Length == 0)
            return element is null ? "<nil>" : Identity(element);
        if (element is not JsonObject map)
            throw PatchErrors.Malformed($"expected a map[string]interface {{}}, but received a {GoText.Type(element)}");
        if (!map.TryGetPropertyValue(mergeKey, out var value))
            throw PatchErrors.Malformed($"map: {GoText.Value(map)} does not contain declared merge key: {mergeKey}");
        return value is null ? "<nil>" : Identity(value);
    }

    /// <summary>Scalars are the same when type and value are (80 is not 80.0); anything else is no identity.</summary>
    private static object Identity(JsonNode node) => node switch
    {
        JsonObject or JsonArray => throw PatchErrors.Malformed($"a {GoText.JsonType(node)} cannot identify an element of a list"),
        _ when node.AsStringOrNull() is { } text => text,
        _ when node.AsBoolOrNull() is { } flag => flag,
        JsonValue number when number.TryGetValue(out long whole) => whole,
        _ => node.AsDoubleOrNull() ?? 0.0,
    };

    /// <summary>Whether the elements are maps; all must be of one type.</summary>
    private static bool HoldMaps(JsonArray original, JsonArray patch)
    {
        string? type = null;
        foreach (var element in original.Concat(patch))
        {
            var own = GoText.Type(element);
            if (element is JsonArray)
                throw PatchErrors.DoesNotApply("lists of lists are not supported");
            if (type is not null && own != type)
                throw PatchErrors.Malformed($"list element types are not identical: [{GoText.Value(original)} {GoText.Value(patch)}]");
            type = own;
        }
        return type switch
        {
            null => throw PatchErrors.Malformed("no elements in any of the given slices"),
            "%!s(<nil>)" => throw PatchErrors.Malformed("null cannot be merged into a list"),
            _ => type.StartsWith("map", StringComparison.Ordinal),
        };
    }

    private static List<JsonNode> Detach(JsonArray list)
    {
        var elements = new List<JsonNode>(list.Count);
        foreach (var element in list)
            elements.Add(element!);
        list.Clear();
        return elements;
    }
}
