using System.Runtime.CompilerServices;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>
/// How large values of a schema can be in a request of three megabytes. Where the schema sets no bounds, the smallest
/// JSON of an element says how many there may be.
/// </summary>
internal sealed class SchemaSize
{
    private const long MaxRequest = 3 * 1024 * 1024;
    private const int Quotes = 2;
    private const int EmptyContainer = 2;
    private static readonly SchemaSize Key = new(0, Quotes);
    private readonly Dictionary<string, SchemaSize?> fields = [];
    private readonly Schema? schema;

    private SchemaSize(long maxElements, long minJson, Schema? schema = null, SchemaSize? element = null, SchemaSize? keys = null)
    {
        MaxElements = maxElements;
        MinJson = minJson;
        this.schema = schema;
        Element = element;
        Keys = keys;
    }

    /// <summary>Most characters of a text, elements of a list, entries of a map; 0 for what has no size.</summary>
    public long MaxElements { get; }

    /// <summary>Length of the shortest JSON.</summary>
    public long MinJson { get; }

    /// <summary>Elements of a list, values of a map.</summary>
    public SchemaSize? Element { get; }

    public SchemaSize? Keys { get; }

    /// <summary>The sizes of a schema; null when expressions cannot see it.</summary>
    public static SchemaSize? Of(Schema schema, bool isResource)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (schema.IntOrString)
            return new SchemaSize(schema.MaxLength is { } most ? TextBytes(most) : MaxRequest - Quotes, 1);
        if (isResource || schema.EmbeddedResource)
            schema = SchemaCelTypes.WithObjectMeta(schema);
        switch (schema.Type)
        {
            case "array":
                return schema.Items is not null && Of(schema.Items, false) is { } items
                    ? new SchemaSize(NotNegative(schema.MaxItems) ?? (MaxRequest - EmptyContainer) / (items.MinJson + 1), EmptyContainer, element: items)
                    : null;
            case "object" when schema.AdditionalProperties is { } values:
                return Of(values, false) is { } value
                    ? new SchemaSize(NotNegative(schema.MaxProperties) ?? (MaxRequest - EmptyContainer) / (value.MinJson + 6), EmptyContainer, element: value, keys: Key)
                    : null;
            case "object":
                return new SchemaSize(0, SmallestObject(schema), schema);
            case "string":
                return Text(schema);
            case "boolean":
                return new SchemaSize(0, 4);
            case "number" or "integer":
                return new SchemaSize(0, 1);
            default:
                return null;
        }
    }

    /// <summary>How often a value may occur in an object when nothing else bounds it.</summary>
    public ulong MaxCardinality => (ulong)(MaxRequest / (MinJson + 1));

    /// <summary>A field under its name in expressions; null when there is none.</summary>
    public SchemaSize? Field(string name)
    {
        if (fields.TryGetValue(name, out var known))
            return known;
        var property = CelFieldNames.Unescape(name);
        var found = property is not null && CelFieldNames.Escape(property) == name && schema is not null && schema.Properties.TryGetValue(property, out var child)
            ? Of(child, false)
            : null;
        return fields[name] = found;
    }

    private static SchemaSize Text(Schema schema)
    {
        const int timeOrDuration = 32;
        const int date = 12;
        switch (schema.Format)
        {
            case "byte":
                return new SchemaSize(NotNegative(schema.MaxLength) ?? MaxRequest - Quotes, Quotes);
            case "duration":
                return new SchemaSize(timeOrDuration, 3);
            case "date":
                return new SchemaSize(date, date);
            case "date-time":
                return new SchemaSize(timeOrDuration, 21);
        }
        if (schema.MaxLength is { } most)
            return new SchemaSize(TextBytes(most), Quotes);
        return new SchemaSize(
            schema.Enum is { Count: > 0 } values ? values.Max(v => v.AsStringOrNull() is { } text ? System.Text.Encoding.UTF8.GetByteCount(text) : 0) : MaxRequest - Quotes,
            Quotes);
    }

    private static long SmallestObject(Schema schema)
    {
        long size = EmptyContainer;
        foreach (var name in schema.Required)
        {
            // Fields with a default come from the server, not from the request.
            if (schema.Properties.TryGetValue(name, out var property) && property.Default is null && Of(property, false) is { } field)
                size += System.Text.Encoding.UTF8.GetByteCount(name) + field.MinJson + 4;
        }
        return size;
    }

    /// <summary>A code point takes up to four bytes.</summary>
    private static long TextBytes(long codePoints) => Math.Clamp(codePoints, 0, long.MaxValue / 4) * 4;

    private static long? NotNegative(long? bound) => bound is { } value ? Math.Max(0, value) : null;
}
