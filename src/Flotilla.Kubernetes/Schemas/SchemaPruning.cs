using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// Drops fields that a schema does not know, in place. Serves custom resources (structural schemas: what is not declared is
/// unknown unless <c>x-kubernetes-preserve-unknown-fields</c> says otherwise) and built-in types (a type without fields is free).
/// </summary>
public static class SchemaPruning
{
    private const string JsonSchemaProps = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

    /// <summary>Drops unknown fields of an object.</summary>
    /// <param name="obj">The object; changed in place.</param>
    /// <param name="schema">Schema of the object.</param>
    /// <param name="isRoot">Whether it is a whole API object, so that <c>apiVersion</c>, <c>kind</c> and <c>metadata</c> are known whatever the schema says.</param>
    /// <param name="onUnknownField">
    /// Called with the path of each dropped field as kube-apiserver names it, as <c>spec.list[0].bar</c>: for built-in types in the order of the
    /// text, for custom resources those of the object's metadata first, then all others by name, then those of embedded objects' metadata.
    /// </param>
    public static void Prune(JsonObject obj, Schema schema, bool isRoot, Action<string>? onUnknownField = null)
    {
        if (schema.TypeName is not null)
        {
            new Pruner(onUnknownField, structural: false).Object(obj, schema);
            return;
        }
        if (isRoot && obj.Object("metadata") is { } metadata)
            PruneMetadata(metadata, "metadata", onUnknownField);
        var unknown = onUnknownField is null ? null : new List<string>();
        var pruner = new Pruner(unknown is null ? null : unknown.Add, structural: true);
        pruner.Structural(obj, schema, isRoot || schema.EmbeddedResource, schema.PreserveUnknownFields);
        unknown?.Sort(string.CompareOrdinal);
        unknown?.ForEach(onUnknownField!);
        pruner.EmbeddedMetadata.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        foreach (var (path, embedded) in pruner.EmbeddedMetadata)
            PruneMetadata(embedded, path, onUnknownField);
    }

    /// <summary>Drops unknown fields of any value of a structural schema.</summary>
    internal static void PruneValue(JsonNode value, Schema schema, bool isRoot)
    {
        if (value is JsonObject map)
            Prune(map, schema, isRoot);
        else if (value is JsonArray)
            new Pruner(null, structural: true).Node(value, schema, schema.PreserveUnknownFields);
    }

    private static void PruneMetadata(JsonObject metadata, string path, Action<string>? onUnknownField) =>
        new Pruner(onUnknownField is null ? null : field => onUnknownField($"{path}.{field}"), structural: false).Object(metadata, BuiltInTypes.Instance.ObjectMeta);

    private sealed class Pruner(Action<string>? report, bool structural)
    {
        private readonly StringBuilder path = new();

        public List<(string Path, JsonObject Metadata)> EmbeddedMetadata { get; } = [];

        /// <summary>An object of a built-in type.</summary>
        public void Object(JsonObject map, Schema schema)
        {
            if (IsSchemaOrMore(schema))
                schema = BuiltInTypes.Instance.Type(JsonSchemaProps);
            if (schema.IsFreeForm || schema.Type is not (null or "object"))
                return;
            List<string>? dropped = null;
            foreach (var (name, value) in map)
            {
                if (Child(schema, name) is { } child)
                    Descend(name, value, child);
                else if (schema.AdditionalPropertiesAllowed != true)
                    (dropped ??= []).Add(name);
            }
            Drop(map, dropped);
        }

        /// <summary>An object of a structural schema. Without one, nothing in it is known.</summary>
        public void Structural(JsonObject map, Schema? schema, bool isResource, bool preserve)
        {
            List<string>? dropped = null;
            foreach (var (name, value) in map)
            {
                if (isResource && name is "apiVersion" or "kind" or "metadata")
                {
                    if (path.Length > 0 && name == "metadata" && value is JsonObject metadata)
                        EmbeddedMetadata.Add(($"{path}.metadata", metadata));
                    continue;
                }
                var child = schema is null ? null : Child(schema, name);
                // "additionalProperties: true" lets any key in, but says nothing of what is below it.
                if (child is not null || schema?.AdditionalPropertiesAllowed is not null)
                    Descend(name, value, child);
                else if (!preserve)
                    (dropped ??= []).Add(name);
            }
            Drop(map, dropped);
        }

        private static Schema? Child(Schema schema, string name) => schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties;

        /// <summary>Types whose fields OpenAPI leaves out because they may also be a list or a boolean.</summary>
        private static bool IsSchemaOrMore(Schema schema) =>
            schema.TypeName is JsonSchemaProps + "OrArray" or JsonSchemaProps + "OrBool" or JsonSchemaProps + "OrStringArray";

        private void Descend(string name, JsonNode? value, Schema? schema)
        {
            if (value is not (JsonObject or JsonArray))
                return;
            var length = path.Length;
            if (length > 0)
                path.Append('.');
            path.Append(name);
            Node(value, schema, schema?.PreserveUnknownFields == true);
            path.Length = length;
        }

        public void Node(JsonNode value, Schema? schema, bool preserve)
        {
            if (value is JsonArray list)
                List(list, schema, preserve);
            else if (structural)
                Structural((JsonObject)value, schema, schema?.EmbeddedResource == true, preserve);
            else
                Object((JsonObject)value, schema!);
        }

        private void List(JsonArray list, Schema? schema, bool preserve)
        {
            var items = schema is not null && IsSchemaOrMore(schema) ? BuiltInTypes.Instance.Type(JsonSchemaProps) : schema?.Items;
            if (items is null && (!structural || preserve))
                return;
            var length = path.Length;
            for (var i = 0; i < list.Count; i++)
            {
                if (list[i] is not (JsonObject or JsonArray) || list[i] is not { } item)
                    continue;
                path.Append('[').Append(i).Append(']');
                Node(item, items, preserve || items?.PreserveUnknownFields == true);
                path.Length = length;
            }
        }

        private void Drop(JsonObject map, List<string>? names)
        {
            foreach (var name in names ?? [])
            {
                map.Remove(name);
                report?.Invoke(path.Length == 0 ? name : $"{path}.{name}");
            }
        }
    }
}
