using System.Text.Json.Nodes;

namespace Flotilla.Kubernetes.Yaml;

/// <summary>A key that stands twice in one mapping.</summary>
/// <param name="Key">The key.</param>
/// <param name="Line">Line of the second value, from 1.</param>
public sealed record YamlDuplicateKey(string Key, int Line);

/// <summary>One document of a text.</summary>
public sealed class YamlDocument
{
    private readonly Lazy<YamlLines> lines;

    internal YamlDocument(JsonNode? content, int line, Func<YamlLines> lines)
    {
        Content = content;
        Line = line;
        this.lines = new Lazy<YamlLines>(lines);
    }

    /// <summary>What it says; null for the document <c>null</c>.</summary>
    public JsonNode? Content { get; }

    /// <summary>Line in the text where the document begins, from 1.</summary>
    public int Line { get; }

    /// <summary>
    /// Line of a field, from 1. The path is that of a field error: <c>spec.ports[0].name</c>, <c>metadata.labels[a.b/c]</c>. A field that
    /// is not there is at the line of what should hold it. The first call reads the document again; reading alone does not pay for it.
    /// </summary>
    public int LineOf(string path) => lines.Value.LineOf(path);
}
