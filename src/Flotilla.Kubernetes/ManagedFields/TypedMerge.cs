using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Merges what is applied into what is live, into a new value. Nothing is removed; the order of associative lists is the
/// applied one as far as it says something, live elements keep their places around it.
/// </summary>
internal static class TypedMerge
{
    /// <summary>Merges two values that both exist (null is a value).</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, FieldType type)
    {
        var facets = type.Deduce(applied);
        if ((facets & Facets.Map) != 0)
        {
            var (l, r) = (live as JsonObject, applied as JsonObject);
            if (!type.IsAtomicMap && !(l is null or { Count: 0 } && r is null or { Count: 0 }))
                return MergeMaps(l, r, type);
        }
        else if ((facets & Facets.Scalar) == 0)
        {
            var (l, r) = (live as JsonArray, applied as JsonArray);
            if (!type.IsAtomicList && !(l is null or { Count: 0 } && r is null or { Count: 0 }))
                return MergeLists(l, r, type);
        }
        return applied?.DeepClone();
    }

    private static JsonObject MergeMaps(JsonObject? live, JsonObject? applied, FieldType type)
    {
        var result = new JsonObject();
        foreach (var (name, value) in live ?? [])
        {
            result.Add(name, applied is not null && applied.TryGetPropertyValue(name, out var other)
                ? Merge(value, other, type.FieldOrElement(name, out _) ?? FieldType.Deduced)
                : value?.DeepClone());
        }
        foreach (var (name, value) in applied ?? [])
        {
            if (live is null || !live.ContainsKey(name))
                result.Add(name, value?.DeepClone());
        }
        return result;
    }

    private static JsonArray MergeLists(JsonArray? live, JsonArray? applied, FieldType type)
    {
        var result = new JsonArray();
        var left = ListElements.Identify(type, live);
        var right = ListElements.Identify(type, applied);
        var liveItems = ListElements.Index(left);
        var appliedItems = ListElements.Index(right);
        // The applied elements that live has too, in applied order: the next of them is the one to wait for.
        var shared = new Queue<PathElement>(right.Where(e => liveItems.ContainsKey(e.Element)).Select(e => e.Element));
        var done = new HashSet<PathElement>(right.Count);
        var (i, j) = (0, 0);
        while (i < left.Count || j < right.Count)
        {
            if (i < left.Count && j < right.Count)
            {
                var element = left[i].Element;
                if (element.Equals(right[j].Element))
                {
                    Take(element);
                    i++;
                    j++;
                    shared.TryDequeue(out _);
                    continue;
                }
                if (appliedItems.ContainsKey(element) && shared.TryPeek(out var next) && !next.Equals(element))
                {
                    i++;
                    continue;
                }
            }
            if (i < left.Count)
            {
                if (!appliedItems.ContainsKey(left[i].Element))
                {
                    result.Add(left[i++].Item?.DeepClone());
                    continue;
                }
                if (done.Contains(left[i].Element))
                    i++;
            }
            if (j < right.Count)
            {
                var element = right[j++].Element;
                Take(element);
                if (shared.TryPeek(out var next) && next.Equals(element))
                    shared.Dequeue();
            }
        }
        return result;

        void Take(PathElement element)
        {
            done.Add(element);
            var mine = appliedItems[element].First;
            if (!liveItems.TryGetValue(element, out var theirs))
                result.Add(mine?.DeepClone());
            else
                result.Add(Merge(theirs.IsDuplicated ? null : theirs.First, mine, type.Items!));
        }
    }
}
