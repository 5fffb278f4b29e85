using System.Text;
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
    /// <summary>Finds all embedded objects in a value, outer ones first, with their field paths.</summary>
    /// <param name="value">The value.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Field path of the value; empty for a whole object.</param>
    public static IReadOnlyList<(string Path, JsonObject Resource)> Find(JsonNode? value, Schema schema, string path = "")
    {
        var found = new List<(string, JsonObject)>();
        if (schema.HasEmbeddedResources)
            Collect(value, schema, new StringBuilder(path), found);
        return found;
    }

    /// <summary>Checks all embedded objects in a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Field path of the value; empty for a whole object.</param>
    /// <param name="metadataErrors">Rules for metadata (names, labels …): given the metadata and its field path, all errors.</param>
    public static IReadOnlyList<FieldError> Validate(
        JsonNode? value, Schema schema, string path = "", Func<JsonObject, string, IEnumerable<FieldError>>? metadataErrors = null)
    {
        var errors = new List<FieldError>();
        foreach (var (where, resource) in Find(value, schema, path))
        {
            var prefix = where.Length == 0 ? "" : where + ".";
            Text(errors, resource, "apiVersion", prefix, text => text.Count(c => c == '/') > 1 ? $"unexpected GroupVersion string: {text}" : null);
            Text(errors, resource, "kind", prefix, text => DnsNames.Label1035Problem(text.ToLowerInvariant()) is { } problem
                ? "may have mixed case, but should otherwise match: " + problem
                : null);
            if (metadataErrors is not null && resource.Object("metadata") is { } metadata)
                errors.AddRange(metadataErrors(metadata, prefix + "metadata"));
        }
        return errors;
    }

    private static void Text(List<FieldError> errors, JsonObject resource, string name, string prefix, Func<string, string?> problemOf)
    {
        if (!resource.TryGetPropertyValue(name, out var value))
            errors.Add(FieldError.Required(prefix + name));
        else if (value.AsStringOrNull() is not { } text)
            errors.Add(FieldError.Invalid(prefix + name, value, "must be a string"));
        else if (text.Length == 0)
            errors.Add(FieldError.Invalid(prefix + name, text, "must not be empty"));
        else if (problemOf(text) is { } problem)
            errors.Add(FieldError.Invalid(prefix + name, text, problem));
    }

    private static void Collect(JsonNode? value, Schema schema, StringBuilder path, List<(string, JsonObject)> found)
    {
        if (!schema.HasEmbeddedResources)
            return;
        var length = path.Length;
        if (value is JsonArray list && schema.Items is { } items)
        {
            for (var i = 0; i < list.Count; i++)
            {
                Collect(list[i], items, path.Append('[').Append(i).Append(']'), found);
                path.Length = length;
            }
        }
        if (value is not JsonObject map)
            return;
        if (schema.EmbeddedResource)
            found.Add((path.ToString(), map));
        foreach (var (name, child) in map)
        {
            if (schema.Properties.TryGetValue(name, out var property))
                Collect(child, property, path.Append(length == 0 ? "" : ".").Append(name), found);
            else if (schema.AdditionalProperties is { } values)
                Collect(child, values, path.Append('[').Append(name).Append(']'), found);
            path.Length = length;
        }
    }
}
