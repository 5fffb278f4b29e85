using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Kubernetes.Tests.Yaml;

/// <summary>What kubectl 1.32 read and wrote. <c>%HEAD%</c> stands for the fields that kubectl wants; without it, and without <c>%RAW%</c>, they come first.</summary>
internal static class GoldenTable
{
    private const string Head = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n";

    public static JsonArray Reads { get; } = Load("kubectl-reads.json");

    public static JsonArray Writes { get; } = Load("kubectl-writes.json");

    public static string Expand(string yaml)
    {
        if (yaml.StartsWith("%RAW%", StringComparison.Ordinal))
            return yaml["%RAW%".Length..];
        return yaml.Contains("%HEAD%", StringComparison.Ordinal) ? yaml.Replace("%HEAD%", Head, StringComparison.Ordinal) : Head + yaml;
    }

    /// <summary>Takes the fields off again that were added for kubectl.</summary>
    public static JsonNode? WithoutHead(JsonNode? document)
    {
        if (document is JsonObject map && map.String("kind") == "Thing")
        {
            map.Remove("apiVersion");
            map.Remove("kind");
            map.Remove("metadata");
        }
        return document;
    }

    /// <summary>One text for equal content: keys in order, numbers as they are written.</summary>
    public static string Canonical(JsonNode? node) => node switch
    {
        JsonObject map => "{" + string.Join(",", map.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{JsonValue.Create(f.Key).ToJsonString()}:{Canonical(f.Value)}")) + "}",
        JsonArray list => "[" + string.Join(",", list.Select(Canonical)) + "]",
        null => "null",
        _ => node.ToJsonString(),
    };

    /// <summary>A stream of JSON values, as kubectl prints objects.</summary>
    public static List<JsonNode?> ReadStream(string output)
    {
        var found = new List<JsonNode?>();
        var rest = Encoding.UTF8.GetBytes(output).AsSpan().TrimStart(" \n"u8);
        while (rest.Length > 0)
        {
            var reader = new System.Text.Json.Utf8JsonReader(rest, new System.Text.Json.JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 1000 });
            reader.Read();
            reader.Skip();
            found.Add(JsonText.Parse(rest[..(int)reader.BytesConsumed]));
            rest = rest[(int)reader.BytesConsumed..].TrimStart(" \n"u8);
        }
        return found;
    }

    private static JsonArray Load(string name) =>
        (JsonArray)JsonText.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "tests/Flotilla.Kubernetes.Tests/Yaml", name)))!;
}
