using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Text;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>
/// Objects inside objects (<c>x-kubernetes-embedded-resource</c>): they need <c>apiVersion</c> and <c>kind</c>, and their metadata has
/// to be metadata.
/// </summary>
public static class EmbeddedResources
{
    /// <summary>Checks all embedded objects below an object.</summary>
    /// <param name="obj">The object.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Field path of the object; empty for a whole one.</param>
    /// <param name="metadataErrors">Rules for metadata (names, labels …): given the metadata and its field path, all errors.</param>
    public static IReadOnlyList<FieldError> Validate(
        JsonNode? obj, Schema schema, string path = "", Func<JsonObject, string, IEnumerable<FieldError>>? metadataErrors = null)
    {
        if (!schema.HasEmbeddedResources)
            return [];
        var walk = new Walk(metadataErrors);
        walk.Node(obj, schema, new StringBuilder(path));
        return walk.Errors;
    }

    private sealed class Walk(Func<JsonObject, string, IEnumerable<FieldError>>? metadataErrors)
    {
        public List<FieldError> Errors { get; } = [];

        public void Node(JsonNode? value, Schema schema, StringBuilder path)
        {
            if (!schema.HasEmbeddedResources)
                return;
            var length = path.Length;
            if (value is JsonArray list && schema.Items is { } items)
            {
                for (var i = 0; i < list.Count; i++)
                {
                    Node(list[i], items, path.Append('[').Append(i).Append(']'));
                    path.Length = length;
                }
            }
            if (value is not JsonObject map)
                return;
            if (schema.EmbeddedResource)
                Embedded(map, length == 0 ? "" : $"{path}.");
            foreach (var (name, child) in map)
            {
                if (schema.Properties.TryGetValue(name, out var property))
                    Node(child, property, path.Append(length == 0 ? "" : ".").Append(name));
                else if (schema.AdditionalProperties is { } values)
                    Node(child, values, path.Append('[').Append(name).Append(']'));
                path.Length = length;
            }
        }

        private void Embedded(JsonObject map, string prefix)
        {
            foreach (var name in (string[])["apiVersion", "kind"])
            {
                if (!map.TryGetPropertyValue(name, out var value))
                    Errors.Add(FieldError.Required(prefix + name));
                else if (value.AsStringOrNull() is not { } text)
                    Errors.Add(FieldError.Invalid(prefix + name, value, "must be a string"));
                else if (text.Length == 0)
                    Errors.Add(FieldError.Invalid(prefix + name, text, "must not be empty"));
                else if (name == "apiVersion" && text.Count(c => c == '/') > 1)
                    Errors.Add(FieldError.Invalid(prefix + name, text, $"unexpected GroupVersion string: {text}"));
                else if (name == "kind" && DnsNames.Label1035Problem(text.ToLowerInvariant()) is { } problem)
                    Errors.Add(FieldError.Invalid(prefix + name, text, "may have mixed case, but should otherwise match: " + problem));
            }
            if (!map.TryGetPropertyValue("metadata", out var node))
                return;
            var problems = MetadataTypes.Problem(node) is { } wrong
                ? [FieldError.Invalid(prefix + "metadata", node, wrong)]
                : metadataErrors?.Invoke(node as JsonObject ?? [], prefix + "metadata") ?? [];
            Errors.AddRange(problems);
        }
    }
}

/// <summary>Whether metadata can be read as such.</summary>
internal static class MetadataTypes
{
    /// <summary>What is wrong with the JSON types in metadata, in Go's words; null when nothing is.</summary>
    public static string? Problem(JsonNode? metadata) => Problem(metadata, BuiltInTypes.Instance.ObjectMeta, "ObjectMeta", "");

    private static string? Problem(JsonNode? value, Schema schema, string type, string path)
    {
        if (value is null || schema.Type is null)
            return null;
        var kind = value.GetValueKind();
        var fits = schema.Type switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.AsInt64OrNull() is not null,
            _ => true,
        };
        if (!fits)
            return $"json: cannot unmarshal {GoKind(value, kind)} into Go {(path.Length == 0 ? "value" : $"struct field {type}.{path}")} of type {GoType(schema, path)}";
        return value switch
        {
            JsonObject map => map.Select(m => Child(schema, m.Key) is { } child
                ? Problem(m.Value, child, type, path.Length == 0 ? m.Key : schema.AdditionalProperties is not null ? path : $"{path}.{m.Key}")
                : null).FirstOrDefault(p => p is not null),
            JsonArray list when schema.Items is { } items => list.Select(item => Problem(item, items, type, path)).FirstOrDefault(p => p is not null),
            _ => null,
        };
    }

    private static Schema? Child(Schema schema, string name) => schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties;

    private static string GoKind(JsonNode value, JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.AsInt64OrNull() is null ? $"number {value.ToJsonString()}" : "number",
        _ => "bool",
    };

    private static string GoType(Schema schema, string path) => schema.Type switch
    {
        "array" when schema.Items is { } items => "[]" + GoType(items, path),
        "object" when schema.AdditionalProperties is not null => "map[string]string",
        "object" => path switch { "" => "v1.ObjectMeta", "ownerReferences" => "v1.OwnerReference", "managedFields" => "v1.ManagedFieldsEntry", _ => "v1.FieldsV1" },
        "integer" => "int64",
        "boolean" => "bool",
        _ => "string",
    };
}
