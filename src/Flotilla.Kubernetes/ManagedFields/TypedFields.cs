using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.ManagedFields;

/// <summary>
/// Structured merge and diff of whole objects by their schema (also of custom resources: <c>metadata</c> needs no declaration).
/// Objects and lists are granular or atomic as the schema says; what it leaves free is granular by field.
/// </summary>
public static class TypedFields
{
    /// <summary>The fields that an object mentions.</summary>
    public static FieldSet Of(JsonObject obj, Schema schema) => FieldSetReader.Read(obj, FieldType.OfResource(schema));

    /// <summary>Compares two objects.</summary>
    public static FieldComparison Compare(JsonObject older, JsonObject newer, Schema schema) =>
        TypedComparison.Compare(older, newer, FieldType.OfResource(schema));

    /// <summary>Merges a configuration into an object; the result is new. Nothing is removed.</summary>
    public static JsonObject Merge(JsonObject live, JsonObject applied, Schema schema) =>
        (JsonObject)TypedMerge.Merge(live, applied, FieldType.OfResource(schema))!;

    /// <summary>A copy of an object without some fields. Containers that lose all their content stay, empty.</summary>
    public static JsonObject Remove(JsonObject obj, FieldSet fields, Schema schema)
    {
        var copy = (JsonObject)obj.DeepClone();
        TypedRemoval.Remove(copy, fields, FieldType.OfResource(schema));
        return copy;
    }

    /// <summary>A copy of only some fields of an object, with the key fields that their places in lists need.</summary>
    public static JsonObject Extract(JsonObject obj, FieldSet fields, Schema schema) =>
        TypedExtraction.Extract(obj, fields, FieldType.OfResource(schema)) ?? [];

    /// <summary>Whether an object fits the schema closely enough to be applied; null when it does, else all problems in one text.</summary>
    public static string? Problems(JsonObject obj, Schema schema) => TypedValidation.Problems(obj, FieldType.OfResource(schema));

    /// <summary>The value that a path leads to.</summary>
    /// <returns>False when there is none (a null is one).</returns>
    public static bool TryFind(JsonObject obj, FieldPath path, Schema schema, out JsonNode? value) =>
        TryFind(obj, path, FieldType.OfResource(schema), out value);

    internal static bool TryFind(JsonNode? value, FieldPath path, FieldType? type, out JsonNode? found)
    {
        found = value;
        foreach (var element in path)
        {
            switch (found)
            {
                case JsonObject map when element.FieldName is { } name && map.TryGetPropertyValue(name, out var field):
                    found = field;
                    type = type?.FieldOrElement(name, out _);
                    break;
                case JsonArray list when type is { IsAtomicList: false, Items: { } items } && ListElements.Index(type, list).TryGetValue(element, out var item):
                    found = item.First;
                    type = items;
                    break;
                default:
                    return false;
            }
        }
        return true;
    }
}
