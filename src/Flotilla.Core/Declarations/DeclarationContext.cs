using System.Text.Json.Nodes;

namespace Flotilla.Core.Declarations;

/// <summary>A file with declarations, or one that a declaration names.</summary>
/// <param name="Name">As problems show it.</param>
/// <param name="Content">Its bytes.</param>
public sealed record DeclarationFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>Finds the files that a declaration names.</summary>
/// <param name="declaringFile">Name of the file with the declaration; paths are relative to its folder.</param>
/// <param name="path">A path, or a pattern with <c>*</c>.</param>
/// <returns>The files in the order of their names; none when there are none.</returns>
public delegate IReadOnlyList<DeclarationFile> FindFiles(string declaringFile, string path);

/// <summary>What declarations are read against.</summary>
public sealed record DeclarationContext
{
    /// <summary>Namespace of objects that name none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Objects of our kinds that the hub has already. A given one takes the place of one of the same name.</summary>
    public IReadOnlyList<JsonObject> Known { get; init; } = [];

    /// <summary>Roles and bindings that there are, to know who may approve; null does not look at it.</summary>
    public IReadOnlyList<JsonObject>? Rights { get; init; }

    /// <summary>Finds the files that <c>source.files</c> names; null where there is no file system.</summary>
    public FindFiles? Files { get; init; }

    /// <summary>Content that is at hand by digest (<c>sha256:…</c>), besides what is uploaded.</summary>
    public Func<string, ReadOnlyMemory<byte>?> Content { get; init; } = _ => null;

    /// <summary>The day, to know what has reached the end of its life; null does not look at it.</summary>
    public DateOnly? Today { get; init; }
}

/// <summary>Declarations, read and checked.</summary>
/// <param name="Objects">Objects to apply, in the order in which they were given.</param>
/// <param name="Uploads">Content to upload before, by digest (<c>sha256:…</c>).</param>
/// <param name="Problems">All problems, by file and line.</param>
public sealed record DeclarationSet(IReadOnlyList<JsonObject> Objects, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Uploads, IReadOnlyList<Problem> Problems)
{
    /// <summary>Whether nothing keeps the objects from being applied.</summary>
    public bool IsValid => Problems.All(problem => problem.Severity == ProblemSeverity.Warning);
}
