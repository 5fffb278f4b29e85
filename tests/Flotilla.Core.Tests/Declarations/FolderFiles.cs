using Flotilla.Core.Declarations;

namespace Flotilla.Core.Tests.Declarations;

/// <summary>Files of a folder, named relative to it with slashes.</summary>
internal sealed class FolderFiles(string root)
{
    /// <summary>The YAML files directly in the folder.</summary>
    public IReadOnlyList<DeclarationFile> Declarations() =>
        [.. Directory.GetFiles(root, "*.yaml").Order(StringComparer.Ordinal).Select(Read)];

    public IReadOnlyList<DeclarationFile> Find(string declaringFile, string path)
    {
        var folder = Path.GetFullPath(Path.Combine(root, Path.GetDirectoryName(declaringFile)!, Path.GetDirectoryName(path)!));
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, Path.GetFileName(path)).Order(StringComparer.Ordinal).Select(Read)] : [];
    }

    private DeclarationFile Read(string file) => new(Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllBytes(file));
}
