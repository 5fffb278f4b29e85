using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Schemas;

/// <summary>Reads schemas from OpenAPI v3 JSON; <c>$ref</c>s are looked up by the last part of their path.</summary>
public sealed class SchemaReader(Func<string, Schema>? resolve = null)
{
    /// <summary>Reads one schema.</summary>
    public Schema Read(JsonObject source)
    {
        if (Reference(source) is { } shared)
            return shared;
        var schema = new Schema();
        Fill(schema, source);
        return schema;
    }

    /// <summary>Fills a schema that others may already point to, so that types can be recursive.</summary>
    internal void Fill(Schema schema, JsonObject source)
    {
        schema.Type = source.String("type");
        schema.Format = source.String("format");
        schema.Title = source.String("title");
        schema.Description = source.String("description");
        schema.Nullable = source.Member("nullable").AsBoolOrNull() ?? false;
        schema.Required = Strings(source.Array("required"));
        if (source.Object("properties") is { } properties)
        {
            var read = new Dictionary<string, Schema>(properties.Count, StringComparer.Ordinal);
            foreach (var (name, value) in properties)
            {
                if (value is JsonObject property)
                    read[name] = Read(property);
            }
            schema.Properties = read;
        }
        schema.AdditionalProperties = source.Object("additionalProperties") is { } values ? Read(values) : null;
        schema.AdditionalPropertiesAllowed = source.Member("additionalProperties").AsBoolOrNull();
        schema.Items = source.Object("items") is { } items ? Read(items) : null;
        schema.HasDefault = source.ContainsKey("default");
        schema.Default = source.Member("default");
        schema.Enum = source.Array("enum") is { } allowed ? [.. allowed] : null;
        ReadBounds(schema, source);
        schema.AllOf = Schemas(source.Array("allOf"));
        schema.AnyOf = Schemas(source.Array("anyOf"));
        schema.OneOf = Schemas(source.Array("oneOf"));
        schema.Not = source.Object("not") is { } not ? Read(not) : null;
        ReadExtensions(schema, source);
    }

    private static void ReadBounds(Schema schema, JsonObject source)
    {
        schema.Pattern = source.String("pattern");
        schema.MinLength = source.Member("minLength").AsInt64OrNull();
        schema.MaxLength = source.Member("maxLength").AsInt64OrNull();
        schema.Minimum = source.Member("minimum").AsDoubleOrNull();
        schema.Maximum = source.Member("maximum").AsDoubleOrNull();
        schema.ExclusiveMinimum = source.Member("exclusiveMinimum").AsBoolOrNull() ?? false;
        schema.ExclusiveMaximum = source.Member("exclusiveMaximum").AsBoolOrNull() ?? false;
        schema.MultipleOf = source.Member("multipleOf").AsDoubleOrNull();
        schema.MinItems = source.Member("minItems").AsInt64OrNull();
        schema.MaxItems = source.Member("maxItems").AsInt64OrNull();
        schema.UniqueItems = source.Member("uniqueItems").AsBoolOrNull() ?? false;
        schema.MinProperties = source.Member("minProperties").AsInt64OrNull();
        schema.MaxProperties = source.Member("maxProperties").AsInt64OrNull();
    }

    private static void ReadExtensions(Schema schema, JsonObject source)
    {
        schema.ListType = source.String("x-kubernetes-list-type");
        schema.ListMapKeys = Strings(source.Array("x-kubernetes-list-map-keys"));
        schema.MapType = source.String("x-kubernetes-map-type");
        schema.PatchStrategy = source.String("x-kubernetes-patch-strategy");
        schema.PatchMergeKey = source.String("x-kubernetes-patch-merge-key");
        schema.IntOrString = (source.Member("x-kubernetes-int-or-string").AsBoolOrNull() ?? false) || schema.Format == "int-or-string";
        schema.PreserveUnknownFields = source.Member("x-kubernetes-preserve-unknown-fields").AsBoolOrNull() ?? false;
        schema.EmbeddedResource = source.Member("x-kubernetes-embedded-resource").AsBoolOrNull() ?? false;
        schema.Validations =
        [
            .. (source.Array("x-kubernetes-validations") ?? []).OfType<JsonObject>().Select(rule => new ValidationRule(
                rule.String("rule") ?? "", rule.String("message"), rule.String("messageExpression"), rule.String("reason"),
                rule.String("fieldPath"), rule.Member("optionalOldSelf").AsBoolOrNull() ?? false)),
        ];
    }

    /// <summary>A bare <c>$ref</c>, or <c>allOf</c> with one (how Kubernetes adds a description, a default or a list type to it).</summary>
    private Schema? Reference(JsonObject source)
    {
        if (resolve is null)
            return null;
        if (source.String("$ref") is { } bare)
            return resolve(LastPart(bare));
        if (source.Array("allOf") is not [JsonObject only] || only.String("$ref") is not { } wrapped)
            return null;
        var target = resolve(LastPart(wrapped));
        var strategy = source.String("x-kubernetes-patch-strategy");
        var mapType = source.String("x-kubernetes-map-type");
        if (strategy is null && mapType is null)
            return target;
        var own = target.Clone();
        own.PatchStrategy = strategy ?? own.PatchStrategy;
        own.MapType = mapType ?? own.MapType;
        return own;
    }

    private IReadOnlyList<Schema> Schemas(JsonArray? array) => array is null ? [] : [.. array.OfType<JsonObject>().Select(Read)];

    private static string LastPart(string reference) => reference[(reference.LastIndexOf('/') + 1)..];

    private static IReadOnlyList<string> Strings(JsonArray? array) =>
        array is null ? [] : [.. array.Select(n => n.AsStringOrNull()).OfType<string>()];
}
