using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>Compares two values of a type field by field.</summary>
internal static class TypedComparison
{
    public static FieldComparison Compare(JsonNode? older, JsonNode? newer, FieldType type)
    {
        var below = default(Difference);
        Compare(new Operand(older), new Operand(newer), type, ref below);
        return new FieldComparison(FieldSet.OfEntries(below.Added), FieldSet.OfEntries(below.Modified), FieldSet.OfEntries(below.Removed));
    }

    /// <summary>Whether the associative lists of two values that compare as the same have the same order.</summary>
    public static bool SameOrder(JsonNode? older, JsonNode? newer, FieldType type)
    {
        if (older is JsonObject left && newer is JsonObject right && !type.IsAtomicMap)
        {
            foreach (var (name, value) in left)
            {
                if (value is JsonObject or JsonArray && type.FieldOrElement(name, out _) is { } child && !SameOrder(value, right.Member(name), child))
                    return false;
            }
        }
        else if (older is JsonArray before && newer is JsonArray after && !type.IsAtomicList)
        {
            if (before.Count != after.Count)
                return false;
            for (var i = 0; i < before.Count; i++)
            {
                var element = ListElements.Identify(type, before[i], out _);
                if (element is null || !element.Equals(ListElements.Identify(type, after[i], out _)) || !SameOrder(before[i], after[i], type.Items!))
                    return false;
            }
        }
        return true;
    }

    private static Change Compare(Operand left, Operand right, FieldType type, ref Difference below)
    {
        var leftFacets = type.Deduce(left.Node);
        var rightFacets = type.Deduce(right.Node);
        var change = Change.None;
        bool isLeaf;
        if (!right.Exists)
        {
            isLeaf = CompareAs(leftFacets, left, right, type, ref below, ref change);
        }
        else
        {
            // Values of different shapes: what the old one had goes, what the new one has comes.
            if (left.Exists && leftFacets != rightFacets)
                CompareAs(leftFacets, left, right, type, ref below, ref change);
            isLeaf = CompareAs(rightFacets, left, right, type, ref below, ref change);
        }
        if (!isLeaf)
            change |= Presence(left, right);
        return change;
    }

    private static bool CompareAs(Facets facets, Operand left, Operand right, FieldType type, ref Difference below, ref Change change)
    {
        if ((facets & Facets.Map) != 0)
        {
            var (l, r) = (left.Node as JsonObject, right.Node as JsonObject);
            if (!type.IsAtomicMap && !(l is null or { Count: 0 } && r is null or { Count: 0 }))
            {
                CompareMaps(l, r, type, ref below);
                return false;
            }
        }
        else if ((facets & Facets.Scalar) == 0)
        {
            var (l, r) = (left.Node as JsonArray, right.Node as JsonArray);
            if (!type.IsAtomicList && !(l is null or { Count: 0 } && r is null or { Count: 0 }))
            {
                CompareLists(l, r, type, ref below);
                return false;
            }
        }
        if (!left.Exists || !right.Exists)
            change |= Presence(left, right);
        else if (!JsonNodeExtensions.DeepEquals(left.Node, right.Node))
            change |= Change.Modified;
        return true;
    }

    private static void CompareMaps(JsonObject? left, JsonObject? right, FieldType type, ref Difference below)
    {
        foreach (var (name, value) in left ?? [])
        {
            var other = right is not null && right.TryGetPropertyValue(name, out var found) ? new Operand(found) : default;
            CompareField(name, new Operand(value), other, type, ref below);
        }
        foreach (var (name, value) in right ?? [])
        {
            if (left is null || !left.ContainsKey(name))
                CompareField(name, default, new Operand(value), type, ref below);
        }
    }

    private static void CompareField(string name, Operand left, Operand right, FieldType type, ref Difference below)
    {
        var child = default(Difference);
        var change = Compare(left, right, type.FieldOrElement(name, out _) ?? FieldType.Deduced, ref child);
        if (change != Change.None || child.IsAny)
            below.Add(type.Element(name), change, child);
    }

    private static void CompareLists(JsonArray? left, JsonArray? right, FieldType type, ref Difference below)
    {
        var older = ListElements.Index(type, left);
        var newer = ListElements.Index(type, right);
        foreach (var (element, items) in older)
            CompareItems(element, items, newer.TryGetValue(element, out var others) ? others : null, type, ref below);
        foreach (var (element, items) in newer)
        {
            if (!older.ContainsKey(element))
                CompareItems(element, null, items, type, ref below);
        }
    }

    private static void CompareItems(PathElement element, ListItems? left, ListItems? right, FieldType type, ref Difference below)
    {
        var child = default(Difference);
        var change = Change.None;
        if (left is { IsDuplicated: true } || right is { IsDuplicated: true })
        {
            // Duplicates are owned together, as a whole.
            if (left is { Duplicates: { } l } && right is { Duplicates: { } r })
            {
                if (!SameItems(l, r))
                    change = Change.Modified;
            }
            else if (left is { IsDuplicated: true })
            {
                if (right is { } single)
                    change = Compare(default, new Operand(single.First), type.Items!, ref child);
                change |= Change.Removed;
            }
            else
            {
                if (left is { } single)
                    change = Compare(new Operand(single.First), default, type.Items!, ref child);
                change |= Change.Added;
            }
        }
        else
        {
            change = Compare(Operand.Of(left), Operand.Of(right), type.Items!, ref child);
        }
        if (change != Change.None || child.IsAny)
            below.Add(element, change, child);
    }

    private static bool SameItems(List<JsonNode?> left, List<JsonNode?> right)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (!JsonNodeExtensions.DeepEquals(left[i], right[i]))
                return false;
        }
        return left.Count == right.Count;
    }

    private static Change Presence(Operand left, Operand right) =>
        !left.Exists ? Change.Added : !right.Exists ? Change.Removed : Change.None;

    /// <summary>A value that may be absent; an explicit null exists.</summary>
    private readonly record struct Operand
    {
        public Operand(JsonNode? node) => (Exists, Node) = (true, node);

        public bool Exists { get; }

        public JsonNode? Node { get; }

        public static Operand Of(ListItems? items) => items is { } some ? new Operand(some.First) : default;
    }

    [Flags]
    private enum Change
    {
        None = 0,
        Added = 1,
        Modified = 2,
        Removed = 4,
    }

    /// <summary>The three sets below one value, as far as they have grown; null while empty.</summary>
    private struct Difference
    {
        public List<FieldSet.Entry>? Added;
        public List<FieldSet.Entry>? Modified;
        public List<FieldSet.Entry>? Removed;

        public readonly bool IsAny => Added is not null || Modified is not null || Removed is not null;

        public void Add(PathElement element, Change change, in Difference below)
        {
            Add(ref Added, element, (change & Change.Added) != 0, below.Added);
            Add(ref Modified, element, (change & Change.Modified) != 0, below.Modified);
            Add(ref Removed, element, (change & Change.Removed) != 0, below.Removed);
        }

        private static void Add(ref List<FieldSet.Entry>? entries, PathElement element, bool isMember, List<FieldSet.Entry>? below)
        {
            if (FieldSet.Entry.OrNone(element, isMember, FieldSet.OfEntries(below)) is { } entry)
                (entries ??= []).Add(entry);
        }
    }
}
