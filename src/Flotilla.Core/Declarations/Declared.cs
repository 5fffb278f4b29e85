using System.Text.Json.Nodes;
using Flotilla.Api.Definitions;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;

namespace Flotilla.Core.Declarations;

/// <summary>One object of a file.</summary>
/// <param name="File">Name of its file.</param>
/// <param name="Document">The document that it stands in.</param>
/// <param name="Path">Its path in the document: empty, or an element of a list.</param>
/// <param name="Object">The object; sources are replaced in it.</param>
internal sealed record Declared(string File, YamlDocument Document, string Path, JsonObject Object)
{
    /// <summary>Names of the files behind digests that took the place of <c>files</c>, by the field of the digest.</summary>
    public Dictionary<string, string> ContentFiles { get; } = new(StringComparer.Ordinal);

    public string ApiVersion => Object.String("apiVersion") ?? "";

    public string Kind => Object.String("kind") ?? "";

    public string Name => Object.Object("metadata").String("name") ?? "";

    public string Namespace => Object.Object("metadata").String("namespace") ?? "";

    public bool IsOurs => ApiVersion == CustomResourceDefinitions.ApiVersion && CustomResourceDefinitions.Kinds.Any(kind => kind.Name == Kind);

    public string Shown => Kind.Length == 0 ? "" : Namespace.Length == 0 ? $"{Kind} {Name}".TrimEnd() : $"{Kind} {Namespace}/{Name}";

    public int LineOf(string field) => Document.LineOf(Path.Length == 0 ? field : $"{Path}.{field}");

    public Problem Error(string field, string message, string remedy) => new(ProblemSeverity.Error, File, LineOf(field), Shown, field, message, remedy);

    public Problem Warning(string field, string message, string remedy) => Error(field, message, remedy) with { Severity = ProblemSeverity.Warning };
}

/// <summary>An object that its definition takes.</summary>
/// <param name="Declared">As it was declared.</param>
/// <param name="Decoded">With defaults.</param>
internal sealed record SoundObject(Declared Declared, JsonObject Decoded);
