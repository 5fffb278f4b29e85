using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Api.Tests.Docs;

/// <summary>The page about a kind, made of its definition.</summary>
internal static class KindPage
{
    public static string Write(Type kind, string example)
    {
        var definition = CustomResourceDefinitions.Of(kind);
        var version = definition.Object("spec").Array("versions")![0];
        var schema = version.Object("schema").Object("openAPIV3Schema")!;
        var names = CustomResourceDefinitions.NamesOf(kind);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {kind.Name}\n\n{schema.String("description")}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"`{CustomResourceDefinitions.ApiVersion}`, namespaced; `kubectl get {names.Plural}`, in short `{names.ShortName}`. ");
        page.Append("This page is made from the definition: `kubectl explain` says the same.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"## Example\n\n```yaml\n{example.TrimEnd()}\n```\n\n");
        page.Append("## Fields of spec\n\n");
        Fields(page, schema.Object("properties").Object("spec")!);
        var rules = new List<string>();
        Rules(rules, schema.Object("properties").Object("spec")!, "spec");
        if (rules.Count > 0)
            page.Append("## Rules\n\n").AppendJoin('\n', rules).Append("\n\n");
        if (schema.Object("properties").Object("status") is { } status)
        {
            page.Append("## Fields of status\n\nThe hub writes them; nobody else should.\n\n");
            Fields(page, status);
        }
        page.Append("## Columns of kubectl get\n\n| column | shows | |\n|---|---|---|\n");
        foreach (var column in version.Array("additionalPrinterColumns")!)
            page.Append(CultureInfo.InvariantCulture, $"| {column.String("name")} | {column.String("description")} | {(column.Member("priority") is null ? "" : "`-o wide`")} |\n");
        return page.ToString();
    }

    private static void Fields(StringBuilder page, JsonObject schema)
    {
        page.Append("| field | is | what it means |\n|---|---|---|\n");
        Rows(page, schema, "");
        page.Append('\n');
    }

    private static void Rows(StringBuilder page, JsonObject schema, string prefix)
    {
        var required = (schema.Array("required") ?? []).Select(name => name.AsStringOrNull()).ToHashSet();
        foreach (var (name, node) in schema.Object("properties") ?? [])
        {
            var property = (JsonObject)node!;
            var path = prefix + name;
            var must = required.Contains(name) ? ", **required**" : "";
            page.Append(CultureInfo.InvariantCulture, $"| `{path}` | {Cell(Says(property))}{must} | {Cell(property.String("description") ?? "")} |\n");
            if (property.Object("items") is { } items)
                Rows(page, items, path + "[].");
            else
                Rows(page, property, path + ".");
        }
    }

    private static string Says(JsonObject schema)
    {
        var text = schema.String("type") switch
        {
            "array" => List(schema),
            "object" when schema.Object("additionalProperties") is not null => "a map of texts",
            "object" when schema.Object("properties") is null => "anything",
            "object" => "an object",
            "boolean" => "true or false",
            "integer" or "number" => Number(schema),
            _ => Text(schema),
        };
        return schema.Member("default") is { } filled ? $"{text}; `{filled}` when left out" : text;
    }

    private static string List(JsonObject schema)
    {
        var elements = schema.Object("items") is { } items && items.String("type") != "object" ? $"a list, each {Says(items)}" : "a list";
        var keys = schema.Array("x-kubernetes-list-map-keys");
        return keys is null ? elements : $"{elements}, merged by `{string.Join("`, `", keys.Select(key => key.AsStringOrNull()))}`";
    }

    private static string Number(JsonObject schema)
    {
        var kind = schema.String("type") == "integer" ? "a whole number" : "a number";
        return schema.Member("minimum") is { } minimum ? $"{kind} from {minimum} to {schema["maximum"]}" : kind;
    }

    private static string Text(JsonObject schema)
    {
        if (schema.Array("enum") is { } words)
            return string.Join(", ", words.Select(word => $"`{word}`"));
        if (schema.String("pattern") is { } pattern && TextForms.WithPattern(pattern) is { } form)
            return form.Says;
        if (schema.String("format") == "date-time")
            return "a time";
        return schema.Member("x-kubernetes-int-or-string") is null ? "text" : "text or a whole number";
    }

    private static void Rules(List<string> rules, JsonObject schema, string path)
    {
        foreach (var rule in schema.Array("x-kubernetes-validations") ?? [])
            rules.Add($"- `{path}`: {rule.String("message")}");
        foreach (var (name, property) in schema.Object("properties") ?? [])
            Rules(rules, (JsonObject)property!, $"{path}.{name}");
        if (schema.Object("items") is { } items)
            Rules(rules, items, path + "[]");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
