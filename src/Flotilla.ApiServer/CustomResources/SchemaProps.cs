using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// A schema as its author wrote it (apiextensions' <c>JSONSchemaProps</c>), with everything that may not stand in it: what is
/// judged before it becomes a <see cref="Flotilla.Kubernetes.Schemas.Schema"/>.
/// </summary>
internal sealed class SchemaProps
{
    private static readonly IReadOnlyList<SchemaProps> None = [];
    private Dictionary<string, SchemaProps>? byName;

    public SchemaProps(JsonObject source)
    {
        Source = source;
        foreach (var (name, value) in source)
        {
            if (value is not null)
                Read(name, value);
        }
    }

    public JsonObject Source { get; }

    public string Type { get; private set; } = "";

    public string Format { get; private set; } = "";

    public string Pattern { get; private set; } = "";

    public bool HasTitle { get; private set; }

    public bool HasDescription { get; private set; }

    public bool HasExample { get; private set; }

    public bool HasExternalDocs { get; private set; }

    public bool Nullable { get; private set; }

    public bool UniqueItems { get; private set; }

    /// <summary>Null when there is none; a null default is none.</summary>
    public JsonNode? Default { get; private set; }

    public JsonArray? Enum { get; private set; }

    public long? MaxItems { get; private set; }

    public long? MaxProperties { get; private set; }

    /// <summary>Whether any of the bounds of numbers, texts, lists and objects is set.</summary>
    public bool HasBounds { get; private set; }

    public IReadOnlyList<string> Required { get; private set; } = [];

    public IReadOnlyList<KeyValuePair<string, SchemaProps>> Properties { get; private set; } = [];

    public SchemaProps? Items { get; private set; }

    /// <summary>When <c>items</c> is a list of schemas.</summary>
    public IReadOnlyList<SchemaProps> ItemsList { get; private set; } = None;

    public bool HasItems { get; private set; }

    public bool HasAdditionalProperties { get; private set; }

    /// <summary>False only for <c>additionalProperties: false</c>.</summary>
    public bool AllowsAdditionalProperties { get; private set; }

    public SchemaProps? AdditionalProperties { get; private set; }

    public IReadOnlyList<SchemaProps> AllOf { get; private set; } = None;

    public IReadOnlyList<SchemaProps> AnyOf { get; private set; } = None;

    public IReadOnlyList<SchemaProps> OneOf { get; private set; } = None;

    public SchemaProps? Not { get; private set; }

    /// <summary>Names of the constructs in it that custom resources do not know, as <c>patternProperties</c>.</summary>
    public IReadOnlyList<string> Unsupported { get; private set; } = [];

    public bool? PreserveUnknownFields { get; private set; }

    public bool EmbeddedResource { get; private set; }

    public bool IntOrString { get; private set; }

    public IReadOnlyList<string> ListMapKeys { get; private set; } = [];

    public string? ListType { get; private set; }

    public string? MapType { get; private set; }

    /// <summary>The CEL rules.</summary>
    public IReadOnlyList<JsonObject> Validations { get; private set; } = [];

    public SchemaProps? Property(string name)
    {
        if (Properties.Count <= 8)
            return Properties.FirstOrDefault(p => p.Key == name).Value;
        byName ??= Properties.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        return byName.GetValueOrDefault(name);
    }

    /// <summary>This schema and all below it, wherever schemas stand.</summary>
    public bool Any(Func<SchemaProps, bool> predicate) =>
        predicate(this) || Items?.Any(predicate) == true || ItemsList.Any(s => s.Any(predicate)) || AllOf.Any(s => s.Any(predicate))
        || AnyOf.Any(s => s.Any(predicate)) || OneOf.Any(s => s.Any(predicate)) || Not?.Any(predicate) == true
        || Properties.Any(p => p.Value.Any(predicate)) || AdditionalProperties?.Any(predicate) == true;

    private void Read(string name, JsonNode value)
    {
        switch (name)
        {
            case "type":
                Type = value.AsStringOrNull() ?? "";
                break;
            case "format":
                Format = value.AsStringOrNull() ?? "";
                break;
            case "pattern":
                Pattern = value.AsStringOrNull() ?? "";
                break;
            case "title":
                HasTitle = value.AsStringOrNull() is { Length: > 0 };
                break;
            case "description":
                HasDescription = value.AsStringOrNull() is { Length: > 0 };
                break;
            case "example":
                HasExample = true;
                break;
            case "externalDocs":
                HasExternalDocs = true;
                break;
            case "nullable":
                Nullable = value.AsBoolOrNull() ?? false;
                break;
            case "uniqueItems":
                UniqueItems = value.AsBoolOrNull() ?? false;
                break;
            case "default":
                Default = value;
                break;
            case "enum":
                Enum = value is JsonArray { Count: > 0 } values ? values : null;
                break;
            case "required":
                Required = Strings(value);
                break;
            case "properties":
                Properties = value is JsonObject map
                    ? [.. map.Where(p => p.Value is JsonObject).Select(p => KeyValuePair.Create(p.Key, new SchemaProps((JsonObject)p.Value!)))]
                    : [];
                break;
            case "items":
                HasItems = true;
                Items = One(value);
                ItemsList = Many(value);
                break;
            case "additionalProperties":
                HasAdditionalProperties = true;
                AllowsAdditionalProperties = value.AsBoolOrNull() ?? true;
                AdditionalProperties = One(value);
                break;
            case "allOf":
                AllOf = Many(value);
                break;
            case "anyOf":
                AnyOf = Many(value);
                break;
            case "oneOf":
                OneOf = Many(value);
                break;
            case "not":
                Not = One(value);
                break;
            default:
                ReadRest(name, value);
                break;
        }
    }

    private void ReadRest(string name, JsonNode value)
    {
        switch (name)
        {
            case "maxItems":
                MaxItems = value.AsInt64OrNull();
                HasBounds = true;
                break;
            case "maxProperties":
                MaxProperties = value.AsInt64OrNull();
                HasBounds = true;
                break;
            case "minItems" or "minProperties" or "maxLength" or "minLength" or "maximum" or "minimum" or "multipleOf":
                HasBounds = true;
                break;
            case "exclusiveMaximum" or "exclusiveMinimum":
                HasBounds |= value.AsBoolOrNull() == true;
                break;
            case "id" or "$schema":
                if (value.AsStringOrNull() is { Length: > 0 })
                    Unsupported = [.. Unsupported, name];
                break;
            case "$ref" or "additionalItems" or "dependencies":
                Unsupported = [.. Unsupported, name];
                break;
            case "patternProperties" or "definitions":
                if (value is JsonObject { Count: > 0 })
                    Unsupported = [.. Unsupported, name];
                break;
            case "x-kubernetes-preserve-unknown-fields":
                PreserveUnknownFields = value.AsBoolOrNull();
                break;
            case "x-kubernetes-embedded-resource":
                EmbeddedResource = value.AsBoolOrNull() ?? false;
                break;
            case "x-kubernetes-int-or-string":
                IntOrString = value.AsBoolOrNull() ?? false;
                break;
            case "x-kubernetes-list-map-keys":
                ListMapKeys = Strings(value);
                break;
            case "x-kubernetes-list-type":
                ListType = value.AsStringOrNull();
                break;
            case "x-kubernetes-map-type":
                MapType = value.AsStringOrNull();
                break;
            case "x-kubernetes-validations":
                Validations = value is JsonArray rules ? [.. rules.OfType<JsonObject>()] : [];
                break;
        }
    }

    private static SchemaProps? One(JsonNode value) => value is JsonObject source ? new SchemaProps(source) : null;

    private static IReadOnlyList<SchemaProps> Many(JsonNode value) => value is JsonArray list ? [.. list.OfType<JsonObject>().Select(s => new SchemaProps(s))] : None;

    private static string[] Strings(JsonNode value) => value is JsonArray list ? [.. list.Select(n => n.AsStringOrNull()).OfType<string>()] : [];
}
