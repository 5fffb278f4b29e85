using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tables;

/// <summary>
/// Column definitions of the built-in resources: names and types as recorded from a real API server, with descriptions
/// from <c>columns-descriptions.json</c> (under the resource, else under <c>*</c>).
/// </summary>
internal static class ColumnDefinitions
{
    private static readonly Lazy<(JsonObject Columns, JsonObject Descriptions)> Loaded =
        new(() => (Read("columns-1.36.json"), Read("columns-descriptions.json")));

    public static string Name => Describe("*", "Name");

    public static string CreationTimestamp => Describe("*", "Age");

    /// <summary>Definitions of a resource, as <c>apps/v1</c> and <c>deployments</c>; null when it has none of its own.</summary>
    public static JsonArray? Of(string apiVersion, string plural)
    {
        var resource = $"{apiVersion}/{plural}";
        if (Loaded.Value.Columns.Array(resource) is not { } columns)
            return null;
        var definitions = new JsonArray();
        foreach (var column in columns)
        {
            var name = column.String("name")!;
            definitions.Add((JsonNode)Define(
                name, column.String("type")!, column.String("format") ?? "", Describe(resource, name), column.Member("priority").AsInt64OrNull() ?? 0));
        }
        return definitions;
    }

    public static JsonObject Define(string name, string type, string format, string description, long priority) => new()
    {
        ["name"] = name,
        ["type"] = type,
        ["format"] = format,
        ["description"] = description,
        ["priority"] = priority,
    };

    private static string Describe(string resource, string column)
    {
        var descriptions = Loaded.Value.Descriptions;
        return descriptions.Object(resource).String(column) ?? descriptions.Object("*").String(column) ?? "";
    }

    private static JsonObject Read(string name)
    {
        using var stream = typeof(ColumnDefinitions).Assembly.GetManifestResourceStream(name)!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return (JsonObject)JsonText.Parse(text)!;
    }
}
