using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Flotilla.Api.Definitions;

/// <summary>Makes structural schemas (OpenAPI v3 with Kubernetes' extensions) of our records, as they stand on the wire.</summary>
internal static class SchemaWriter
{
    /// <summary>The schema of a record.</summary>
    public static JsonObject Object(Type type)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (type.GetCustomAttribute<DescriptionAttribute>() is { } description)
            schema["description"] = description.Description;
        var required = new JsonArray();
        var properties = new JsonObject();
        foreach (var property in Properties(type).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            properties[property.Name] = Property(property);
            if (IsRequired(property))
                required.Add((JsonNode)property.Name);
        }
        schema["properties"] = properties;
        if (required.Count > 0)
            schema["required"] = required;
        AddRules(schema, type);
        return schema;
    }

    /// <summary>Fields of a record, in the order of its declaration.</summary>
    public static IList<JsonPropertyInfo> Properties(Type type) => TypeInfo(type).Properties;

    public static bool IsRequired(JsonPropertyInfo property) => property.IsRequired || Find<MandatoryAttribute>(property) is not null;

    public static T? Find<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();

    public static IEnumerable<RuleAttribute> Rules(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(RuleAttribute), inherit: true).OfType<RuleAttribute>() ?? [];

    public static JsonTypeInfo TypeInfo(Type type) =>
        ApiJson.Default.GetTypeInfo(type) ?? throw new NotSupportedException($"{type} does not stand on the wire");

    private static JsonObject Property(JsonPropertyInfo property)
    {
        var schema = Find<FreeFormAttribute>(property) is { } free ? FreeForm(free) : Value(property.PropertyType, property);
        if (Find<DescriptionAttribute>(property) is { } description)
            schema["description"] = description.Description;
        if (Find<FilledWithAttribute>(property) is { } filled)
            schema["default"] = filled.Value;
        AddRules(schema, property.AttributeProvider);
        return schema;
    }

    private static JsonObject FreeForm(FreeFormAttribute free)
    {
        var anything = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        return free.IsList ? new JsonObject { ["type"] = "array", ["items"] = anything, ["minItems"] = 1, ["maxItems"] = 256 } : anything;
    }

    private static JsonObject Value(Type type, JsonPropertyInfo property)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return Text(property);
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        if (type == typeof(DateTimeOffset))
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(int) || type == typeof(long))
            return Number(new JsonObject { ["type"] = "integer", ["format"] = type == typeof(int) ? "int32" : "int64" }, property);
        if (type == typeof(double))
            return Number(new JsonObject { ["type"] = "number" }, property);
        if (type.IsEnum)
            return new JsonObject { ["type"] = "string", ["enum"] = Texts(Enum.GetNames(type)) };
        var info = TypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => List(info.ElementType!, property),
            JsonTypeInfoKind.Dictionary => Map(info.ElementType!, property),
            _ => Object(type),
        };
    }

    private static JsonObject Text(JsonPropertyInfo property)
    {
        var schema = Find<NumberOrTextAttribute>(property) is null
            ? new JsonObject { ["type"] = "string" }
            : new JsonObject { ["x-kubernetes-int-or-string"] = true };
        if (Find<WordsAttribute>(property) is { } words)
            schema["enum"] = Texts(words.Words);
        Form(schema, property);
        if (Find<SizeAttribute>(property) is { } size && property.PropertyType == typeof(string))
        {
            if (size.Minimum > 0)
                schema["minLength"] = size.Minimum;
            schema["maxLength"] = size.Maximum;
        }
        return schema;
    }

    private static void Form(JsonObject schema, JsonPropertyInfo property)
    {
        if (Find<FormAttribute>(property) is not { } form)
            return;
        var facts = TextForms.Of(form.Form);
        schema["pattern"] = facts.Pattern;
        schema["maxLength"] = facts.Longest;
    }

    private static JsonObject Number(JsonObject schema, JsonPropertyInfo property)
    {
        if (Find<BetweenAttribute>(property) is { } between)
        {
            schema["minimum"] = between.Minimum;
            schema["maximum"] = between.Maximum;
        }
        return schema;
    }

    private static JsonObject List(Type element, JsonPropertyInfo property)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Value(element, property) };
        if (Find<SizeAttribute>(property) is { } size)
        {
            if (size.Minimum > 0)
                schema["minItems"] = size.Minimum;
            schema["maxItems"] = size.Maximum;
        }
        var merged = Find<MergedByAttribute>(property);
        schema["x-kubernetes-list-type"] = merged is null ? "atomic" : merged.Keys.Count == 0 ? "set" : "map";
        if (merged is { Keys.Count: > 0 })
            schema["x-kubernetes-list-map-keys"] = Texts(merged.Keys);
        return schema;
    }

    private static JsonObject Map(Type element, JsonPropertyInfo property)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(element, property) };
        if (Find<SizeAttribute>(property) is { } size)
            schema["maxProperties"] = size.Maximum;
        return schema;
    }

    private static void AddRules(JsonObject schema, ICustomAttributeProvider? provider)
    {
        var rules = (JsonArray?)schema["x-kubernetes-validations"] ?? [];
        foreach (var rule in Rules(provider))
        {
            var entry = new JsonObject { ["rule"] = rule.Expression, ["message"] = rule.Message };
            if (rule.Field is not null)
                entry["fieldPath"] = rule.Field;
            if (rule.Reason is not null)
                entry["reason"] = rule.Reason;
            rules.Add((JsonNode)entry);
        }
        if (rules is { Count: > 0, Parent: null })
            schema["x-kubernetes-validations"] = rules;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
