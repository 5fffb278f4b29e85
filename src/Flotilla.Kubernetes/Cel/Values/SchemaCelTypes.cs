using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>
/// Schemas as types. What has no type (free-form values, arrays without items) is hidden from expressions, as Kubernetes
/// does.
/// </summary>
internal static class SchemaCelTypes
{
    private static readonly Schema StringSchema = new() { Type = "string" };

    private static readonly Schema MetadataSchema = new()
    {
        Type = "object",
        Properties = new Dictionary<string, Schema> { ["name"] = StringSchema, ["generateName"] = StringSchema },
    };

    private static readonly ConditionalWeakTable<Schema, Schema> Resources = [];

    /// <summary>The schema of a resource, with what every resource lets expressions see.</summary>
    public static Schema WithObjectMeta(Schema schema)
    {
        if (IsString(schema, "kind") && IsString(schema, "apiVersion") && schema.Properties.TryGetValue("metadata", out var metadata)
            && IsString(metadata, "name") && IsString(metadata, "generateName"))
            return schema;
        return Resources.GetValue(schema, static original =>
        {
            var resource = original.Clone();
            resource.Properties = new Dictionary<string, Schema>(original.Properties)
            {
                ["kind"] = StringSchema,
                ["apiVersion"] = StringSchema,
                ["metadata"] = MetadataSchema,
            };
            return resource;
        });

        static bool IsString(Schema parent, string property) => parent.Properties.TryGetValue(property, out var found) && found.Type == "string";
    }

    /// <summary>The type of values of a schema, or null when expressions cannot see them.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="isResource">Whether it is the schema of a whole resource.</param>
    /// <param name="name">Path of the schema, which names the types of its objects.</param>
    public static CelType? Of(Schema schema, bool isResource, string name)
    {
        if (schema.IntOrString)
            return CelType.Dyn;
        if (isResource || schema.EmbeddedResource)
            schema = WithObjectMeta(schema);
        switch (schema.Type)
        {
            case "array":
                return schema.Items is not null && Of(schema.Items, false, name + ".@idx") is { } element ? CelType.List(element) : null;
            case "object":
                if (schema.AdditionalProperties is { } values)
                    return Of(values, false, name + ".@elem") is { } value ? CelType.Map(CelType.String, value) : null;
                return ObjectOf(schema, schema.TypeName ?? name);
            case "string":
                return schema.Format switch
                {
                    "byte" => CelType.Bytes,
                    "duration" => CelType.Duration,
                    "date" or "date-time" => CelType.Timestamp,
                    _ => CelType.String,
                };
            case "boolean":
                return CelType.Bool;
            case "number":
                return CelType.Double;
            case "integer":
                return CelType.Int;
            default:
                return null;
        }
    }

    private static ObjectType ObjectOf(Schema schema, string name)
    {
        // Fields get their types when they are first asked for: schemas may be recursive.
        var fields = new ConcurrentDictionary<string, CelType?>();
        return new ObjectType(name, field => fields.GetOrAdd(field, static (field, of) =>
        {
            // Only the escaped form names a field: what needs no escape is its own.
            var property = CelFieldNames.Unescape(field);
            return property is not null && CelFieldNames.Escape(property) == field && of.schema.Properties.TryGetValue(property, out var found)
                ? Of(found, false, $"{of.name}.{field}")
                : null;
        }, (schema, name)));
    }
}
