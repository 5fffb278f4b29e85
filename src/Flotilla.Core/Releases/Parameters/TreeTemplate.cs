using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Core.Releases.Parameters;

/// <summary>Placeholders anywhere in the texts and keys of a tree.</summary>
internal static class TreeTemplate
{
    /// <summary>Whether any text or key fulfils a condition; the quick look before any path is put together.</summary>
    public static bool Any(JsonNode? tree, Func<string, bool> condition)
    {
        switch (tree)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    if (condition(key) || Any(value, condition))
                        return true;
                }
                return false;
            case JsonArray list:
                foreach (var value in list)
                {
                    if (Any(value, condition))
                        return true;
                }
                return false;
            default:
                return tree.AsStringOrNull() is { } text && condition(text);
        }
    }

    /// <summary>Visits every text and key with the path of its field, as <c>spec.ports[0].name</c>.</summary>
    public static void Visit(JsonNode? tree, string path, Action<string, string> visit)
    {
        switch (tree)
        {
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    var field = FieldText.Child(path, key);
                    visit(field, key);
                    Visit(value, field, visit);
                }
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Visit(list[i], FieldText.Element(path, i), visit);
                break;
            default:
                if (tree.AsStringOrNull() is { } text)
                    visit(path, text);
                break;
        }
    }

    /// <summary>
    /// A new tree with every placeholder replaced. One that is a whole text takes the type of its value, except where the schema wants
    /// text, as in the data of a ConfigMap.
    /// </summary>
    /// <param name="schema">Schema of the tree; null where none is known.</param>
    /// <exception cref="TemplateException">Two keys of an object become the same, or a value is not to be had.</exception>
    public static JsonNode? Fill(JsonNode? tree, Func<string, BoundValue> valueOf, Schema? schema = null)
    {
        switch (tree)
        {
            case JsonObject map:
                var filled = new JsonObject();
                foreach (var (key, value) in map)
                {
                    var name = TextTemplate.IsTemplate(key) ? FillText(key, valueOf) : key;
                    if (!filled.TryAdd(name, Fill(value, valueOf, Member(schema, name))))
                        throw new TemplateException($"two keys become \"{name}\" once placeholders are replaced");
                }
                return filled;
            case JsonArray list:
                var elements = new JsonArray();
                foreach (var value in list)
                    elements.Add(Fill(value, valueOf, schema?.Items));
                return elements;
            default:
                return tree.AsStringOrNull() is { } text && TextTemplate.IsTemplate(text) ? FillValue(text, valueOf, schema) : tree?.DeepClone();
        }
    }

    /// <summary>Schema of the built-in kind that an object says it is; null for others.</summary>
    public static Schema? SchemaOf(JsonObject content) =>
        BuiltInTypes.Instance.Kind(content.String("apiVersion") ?? "", content.String("kind") ?? "");

    private static Schema? Member(Schema? schema, string name) =>
        schema is null ? null : schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties;

    private static JsonNode FillValue(string text, Func<string, BoundValue> valueOf, Schema? schema)
    {
        var template = Read(text);
        return template.Whole is { } name && schema?.Type != "string" ? valueOf(name).Value.DeepClone() : JsonValue.Create(template.Fill(n => valueOf(n).Text));
    }

    private static string FillText(string text, Func<string, BoundValue> valueOf) => Read(text).Fill(n => valueOf(n).Text);

    private static TextTemplate Read(string text) =>
        TextTemplate.TryRead(text, out var template) is { } problem ? throw new TemplateException(problem) : template;
}
