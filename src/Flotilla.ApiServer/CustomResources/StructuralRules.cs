using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Text;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// Whether a schema is structural: every part of an object has a type outside of <c>allOf anyOf oneOf not</c>, and these only narrow
/// values (KEP-1693's "structural schemas").
/// </summary>
internal sealed class StructuralRules
{
    private enum Level
    {
        Root,
        Item,
        Field,
    }

    private readonly List<FieldError> errors = [];

    /// <summary>All violations, by their text.</summary>
    public static IReadOnlyList<FieldError> Validate(SchemaProps schema, FieldPath path)
    {
        var rules = new StructuralRules();
        rules.Node(schema, Level.Root, path);
        StructuralCompleteness.Validate(schema, path, rules.errors);
        rules.errors.Sort((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
        return rules.errors;
    }

    private void Node(SchemaProps schema, Level level, FieldPath path)
    {
        if (schema.Type == "array" && !schema.HasItems)
            Required(path["items"], "must be specified");
        if (schema.Items is not null)
            Node(schema.Items, Level.Item, path["items"]);
        foreach (var (name, property) in schema.Properties)
            Node(property, Level.Field, path["properties"].Key(name));
        if (schema.HasAdditionalProperties && level == Level.Root)
            Forbidden(path["additionalProperties"], "must not be used at the root");
        if (schema.AdditionalProperties is not null)
            Node(schema.AdditionalProperties, Level.Field, path["additionalProperties"]);
        if (schema.IntOrString && schema.PreserveUnknownFields == true)
            Invalid(path["x-kubernetes-preserve-unknown-fields"], true, "must be false if x-kubernetes-int-or-string is true");
        if (schema.IntOrString && schema.EmbeddedResource)
            Invalid(path["x-kubernetes-embedded-resource"], true, "must be false if x-kubernetes-int-or-string is true");
        Values(schema, IsIntOrString(schema.AnyOf), schema.AllOf.Count > 0 && IsIntOrString(schema.AllOf[0].AnyOf), path);
        Types(schema, level, path);
        Metadata(schema, level, path);
        if (schema.EmbeddedResource && schema.PreserveUnknownFields != true && schema.Properties.Count == 0)
            Required(path["properties"], "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
    }

    private void Types(SchemaProps schema, Level level, FieldPath path)
    {
        if (schema.EmbeddedResource && schema.Type != "object")
        {
            const string Problem = "must be object if x-kubernetes-embedded-resource is true";
            if (schema.Type.Length == 0)
                Required(path["type"], Problem);
            else
                Invalid(path["type"], schema.Type, Problem);
        }
        else if (schema.Type.Length == 0 && !schema.IntOrString && schema.PreserveUnknownFields != true)
        {
            Required(path["type"], level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            });
        }
        if (schema.EmbeddedResource && schema.HasAdditionalProperties)
            Forbidden(path["additionalProperties"], "must not be used if x-kubernetes-embedded-resource is set");
        if (level == Level.Root && schema.Type is not ("" or "object"))
            Invalid(path["type"], schema.Type, "must be object at the root");
    }

    private void Metadata(SchemaProps schema, Level level, FieldPath path)
    {
        var isResource = level == Level.Root || schema.EmbeddedResource;
        foreach (var name in (string[])["kind", "apiVersion"])
        {
            if (isResource && schema.Property(name) is { } property && property.Type != "string")
                Invalid(path["properties"].Key(name)["type"], property.Type, "must be string");
        }
        if (schema.Property("metadata") is not { } metadata)
            return;
        var where = path["properties"].Key("metadata");
        if (isResource && metadata.Type != "object")
            Invalid(where["type"], metadata.Type, "must be object");
        if (level == Level.Root && !NarrowsNamesOnly(metadata))
            Forbidden(where, "must not specify anything other than name and generateName, but metadata is implicitly specified");
    }

    private static bool NarrowsNamesOnly(SchemaProps metadata) =>
        metadata.Properties.All(p => p.Key is "name" or "generateName") && !metadata.HasItems && !metadata.HasAdditionalProperties && !metadata.HasDescription
        && !metadata.HasTitle && !metadata.HasExample && !metadata.HasExternalDocs && !metadata.Nullable && !metadata.EmbeddedResource && !metadata.IntOrString
        && metadata.PreserveUnknownFields != true && metadata.ListMapKeys.Count == 0 && metadata.ListType is null && metadata.MapType is null
        && metadata.Validations.Count == 0 && metadata.Format.Length == 0 && metadata.Pattern.Length == 0 && !metadata.HasBounds && !metadata.UniqueItems
        && metadata.Enum is null && metadata.Required.Count == 0 && metadata.AllOf.Count == 0 && metadata.AnyOf.Count == 0 && metadata.OneOf.Count == 0 && metadata.Not is null;

    /// <summary>The one way to name types in alternatives: integer or string.</summary>
    private static bool IsIntOrString(IReadOnlyList<SchemaProps> anyOf) =>
        anyOf is [{ Type: "integer", Source.Count: 1 }, { Type: "string", Source.Count: 1 }];

    private void Values(SchemaProps schema, bool skipAnyOf, bool skipFirstAllOf, FieldPath path)
    {
        for (var i = 0; !skipAnyOf && i < schema.AnyOf.Count; i++)
            Nested(schema.AnyOf[i], false, path["anyOf"][i]);
        for (var i = 0; i < schema.AllOf.Count; i++)
            Nested(schema.AllOf[i], skipFirstAllOf && i == 0, path["allOf"][i]);
        for (var i = 0; i < schema.OneOf.Count; i++)
            Nested(schema.OneOf[i], false, path["oneOf"][i]);
        if (schema.Not is not null)
            Nested(schema.Not, false, path["not"]);
        if (schema.Pattern.Length > 0 && Re2Problem(schema.Pattern) is { } problem)
            Invalid(path["pattern"], schema.Pattern, $"must be a valid regular expression, but isn't: {problem}");
    }

    private void Nested(SchemaProps schema, bool skipAnyOf, FieldPath path)
    {
        Values(schema, skipAnyOf, false, path);
        if (schema.Items is not null)
            Nested(schema.Items, false, path["items"]);
        foreach (var (name, property) in schema.Properties)
            Nested(property, false, path["properties"].Key(name));
        Empty(schema.Type.Length > 0, path["type"], "must be empty to be structural");
        Empty(schema.HasAdditionalProperties && schema.AllowsAdditionalProperties, path["additionalProperties"], "must be undefined to be structural");
        Empty(schema.Default is not null, path["default"], "must be undefined to be structural");
        Empty(schema.HasTitle, path["title"], "must be empty to be structural");
        Empty(schema.HasDescription, path["description"], "must be empty to be structural");
        Empty(schema.Nullable, path["nullable"], "must be false to be structural");
        Empty(schema.PreserveUnknownFields == true, path["x-kubernetes-preserve-unknown-fields"], "must be false to be structural");
        Empty(schema.EmbeddedResource, path["x-kubernetes-embedded-resource"], "must be false to be structural");
        Empty(schema.IntOrString, path["x-kubernetes-int-or-string"], "must be false to be structural");
        Empty(schema.ListMapKeys.Count > 0, path["x-kubernetes-list-map-keys"], "must be empty to be structural");
        Empty(schema.ListType is not null, path["x-kubernetes-list-type"], "must be undefined to be structural");
        Empty(schema.MapType is not null, path["x-kubernetes-map-type"], "must be undefined to be structural");
        Empty(schema.Validations.Count > 0, path["x-kubernetes-validations"], "must be empty to be structural");
        if (schema.Property("metadata") is not null)
            Forbidden(path["properties"].Key("metadata"), "must not be specified in a nested context");
    }

    private static string? Re2Problem(string pattern)
    {
        try
        {
            Re2.Parse(pattern);
            return null;
        }
        catch (Re2Exception e)
        {
            return e.Message;
        }
    }

    private void Empty(bool isSet, FieldPath path, string problem)
    {
        if (isSet)
            Forbidden(path, problem);
    }

    private void Required(FieldPath path, string detail) => errors.Add(FieldError.Required(path.ToString(), detail));

    private void Invalid(FieldPath path, JsonNode? value, string detail) => errors.Add(FieldError.Invalid(path.ToString(), value, detail));

    private void Forbidden(FieldPath path, string detail) => errors.Add(FieldError.Forbidden(path.ToString(), detail));
}

/// <summary>Every field and element that alternatives speak of must be declared outside of them too.</summary>
internal static class StructuralCompleteness
{
    public static void Validate(SchemaProps schema, FieldPath path, List<FieldError> errors) => Values(schema, schema, path, path, errors);

    private static void Values(SchemaProps values, SchemaProps? structure, FieldPath structurePath, FieldPath path, List<FieldError> errors)
    {
        if (values.Not is not null)
            Nested(values.Not, structure, structurePath, path["not"], errors);
        Each(values.AllOf, "allOf");
        Each(values.AnyOf, "anyOf");
        Each(values.OneOf, "oneOf");

        void Each(IReadOnlyList<SchemaProps> parts, string name)
        {
            for (var i = 0; i < parts.Count; i++)
                Nested(parts[i], structure, structurePath, path[name][i], errors);
        }
    }

    private static void Nested(SchemaProps values, SchemaProps? structure, FieldPath structurePath, FieldPath path, List<FieldError> errors)
    {
        if (structure is null)
        {
            errors.Add(FieldError.Required(structurePath.ToString(), $"because it is defined in {path}"));
            return;
        }
        Values(values, structure, structurePath, path, errors);
        if (values.Items is not null)
            Nested(values.Items, structure.Items, structurePath["items"], path["items"], errors);
        foreach (var (name, property) in values.Properties)
            Nested(property, structure.Property(name), structurePath["properties"].Key(name), path["properties"].Key(name), errors);
    }
}
