using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Releases.Sources;

/// <summary>An object as a source declares it.</summary>
/// <param name="Content">The object.</param>
/// <param name="Document">The document that holds it.</param>
/// <param name="Path">Where in the document, as <c>items[2]</c>; empty for the document itself.</param>
/// <param name="Source">The source, as a field of the component.</param>
internal sealed record ManifestObject(JsonObject Content, YamlDocument Document, string Path, Place Source)
{
    /// <summary>The object by the name that its source gives it.</summary>
    public string Name => Content.Id().ToString();

    /// <summary>Line in the source, from 1.</summary>
    public int Line => Path.Length == 0 ? Document.Line : Document.LineOf(Path);

    /// <summary>A problem with a field of the object.</summary>
    public CompileProblem Problem(string field, string message, string remedy) =>
        Source.Stalled($"{Name}: {(field.Length == 0 ? "" : field + ": ")}{message}", remedy, Document.LineOf(Path.Length == 0 ? field : field.Length == 0 ? Path : $"{Path}.{field}"));
}
