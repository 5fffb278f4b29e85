using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Patches;

/// <summary>
/// Strategic merge patch (apimachinery <c>strategicpatch</c>): like a merge patch, but lists that the schema gives a merge
/// strategy are merged by key, and directives (<c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder/x</c>,
/// <c>$deleteFromPrimitiveList/x</c>) say what merging alone cannot. Only built-in types have such schemas.
/// </summary>
public static class StrategicMergePatch
{
    internal const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeletePrefix = "$deleteFromPrimitiveList";
    private const string OrderPrefix = "$setElementOrder";

    /// <summary>Applies a patch; neither argument is changed, the result is a tree of its own.</summary>
    /// <param name="original">The object as it is.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="schema">The schema of the object's kind.</param>
    /// <exception cref="ApiStatusException">
    /// 400: a directive is malformed, or the patch does not fit the schema; 422: lists of lists.
    /// </exception>
    public static JsonObject Apply(JsonObject original, JsonObject patch, Schema schema) =>
        MergeMap((JsonObject)original.DeepClone(), (JsonObject)patch.DeepClone(), schema);

    /// <summary>Merges into <paramref name="original"/>; takes what it needs out of <paramref name="patch"/>.</summary>
    internal static JsonObject MergeMap(JsonObject original, JsonObject patch, Schema? schema)
    {
        if (patch.TryGetPropertyValue(Directive, out var directive))
            return WholeMap(directive, patch);
        ApplyRetainKeys(original, patch);
        ApplyOrders(original, patch, schema);
        foreach (var key in Keys(patch))
        {
            if (key.StartsWith(DeletePrefix, StringComparison.Ordinal))
                DeletePrimitives(original, ListOf(key, DeletePrefix, "invalid patch format of primitive list"), patch[key]);
            else
                MergeField(original, key, patch, schema);
        }
        return original;
    }

    private static JsonObject WholeMap(JsonNode? directive, JsonObject patch)
    {
        switch (directive.AsStringOrNull())
        {
            case "replace":
                patch.Remove(Directive);
                return patch;
            case "delete":
                return [];
            default:
                throw UnknownDirective(directive, patch);
        }
    }

    private static void MergeField(JsonObject original, string key, JsonObject patch, Schema? schema)
    {
        var value = patch[key];
        if (value is null)
        {
            original.Remove(key);
            return;
        }
        patch.Remove(key);
        switch (original.Member(key), value)
        {
            case (JsonObject current, JsonObject change):
                var field = PatchSchema.Field(schema, key);
                var merged = field.Strategy == "replace" ? change : MergeMap(current, change, field.Schema);
                if (merged != current)
                    original[key] = merged;
                break;
            case (JsonArray current, JsonArray change):
                var list = PatchSchema.List(schema, key);
                original[key] = list.Strategy == "merge" ? StrategicMergeList.Merge(current, change, list) : change;
                break;
            default:
                if (WithoutDirectives(DropNulls(value)) is { } plain)
                    original[key] = plain;
                else
                    original.Remove(key);
                break;
        }
    }

    /// <summary>A map with <c>$retainKeys</c> loses the fields that are not named; the patch may only set named ones.</summary>
    private static void ApplyRetainKeys(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var directive))
            return;
        patch.Remove(RetainKeys);
        if (directive is not JsonArray list)
            throw PatchErrors.Malformed("invalid patch format of retainKeys");
        var kept = new HashSet<string>(list.Select(n => n.AsStringOrNull()).OfType<string>(), StringComparer.Ordinal);
        foreach (var (key, value) in patch)
        {
            var isDirective = key.StartsWith(DeletePrefix, StringComparison.Ordinal) || key.StartsWith(OrderPrefix, StringComparison.Ordinal);
            if (value is not null && !isDirective && !kept.Contains(key))
                throw PatchErrors.Malformed("invalid patch format of retainKeys");
        }
        foreach (var key in Keys(original))
        {
            if (!kept.Contains(key))
                original.Remove(key);
        }
    }

    /// <summary>Merges the lists that have a <c>$setElementOrder</c>, and takes them out of the patch.</summary>
    private static void ApplyOrders(JsonObject original, JsonObject patch, Schema? schema)
    {
        foreach (var key in Keys(patch))
        {
            if (!key.StartsWith(OrderPrefix, StringComparison.Ordinal))
                continue;
            var order = AsList(patch[key]);
            patch.Remove(key);
            var name = ListOf(key, OrderPrefix, "invalid patch format of setElementOrder list");
            var current = original.ContainsKey(name) ? AsList(original[name]) : null;
            var change = patch.ContainsKey(name) ? AsList(patch[name]) : null;
            var list = PatchSchema.List(schema, name);
            if (change is not null)
            {
                StrategicMergeList.CheckOrder(change, order, list.MergeKey);
                patch.Remove(name);
            }
            if (current is not null || change is not null)
                original[name] = StrategicMergeList.MergeInOrder(current, change, order, list);
        }
    }

    private static void DeletePrimitives(JsonObject original, string key, JsonNode? values)
    {
        if (values is null)
            original.Remove(key);
        else if (original.Member(key) is JsonArray current && values is JsonArray gone)
            StrategicMergeList.DeletePrimitives(current, gone);
    }

    /// <summary>The field that a directive such as <c>$setElementOrder/containers</c> is about.</summary>
    private static string ListOf(string key, string prefix, string problem) =>
        key.Length > prefix.Length && key[prefix.Length] == '/' ? key[(prefix.Length + 1)..] : throw PatchErrors.Malformed(problem);

    private static JsonArray AsList(JsonNode? node) =>
        node as JsonArray ?? throw PatchErrors.Malformed($"expected a []interface {{}}, but received a {GoText.Type(node)}");

    /// <summary>What a value that is taken as a whole leaves; null when it is itself a directive.</summary>
    internal static JsonNode? WithoutDirectives(JsonNode value)
    {
        if (value is JsonObject map)
        {
            if (map.ContainsKey(Directive))
                return null;
            foreach (var key in Keys(map))
            {
                if (map[key] is { } inner && WithoutDirectives(inner) is null)
                    map.Remove(key);
            }
        }
        else if (value is JsonArray list)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (list[i] is { } inner && WithoutDirectives(inner) is null)
                    list.RemoveAt(i);
            }
        }
        return value;
    }

    internal static ApiStatusException UnknownDirective(JsonNode? directive, JsonObject map) =>
        PatchErrors.Malformed($"unknown patch type: {GoText.Value(directive)} in map: {GoText.Value(map)}");

    private static JsonNode DropNulls(JsonNode value)
    {
        if (value is JsonObject map)
        {
            foreach (var key in Keys(map))
            {
                if (map[key] is { } inner)
                    DropNulls(inner);
                else
                    map.Remove(key);
            }
        }
        else if (value is JsonArray list)
        {
            foreach (var inner in list)
            {
                if (inner is not null)
                    DropNulls(inner);
            }
        }
        return value;
    }

    private static string[] Keys(JsonObject map)
    {
        var keys = new string[map.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = map.GetAt(i).Key;
        return keys;
    }
}
