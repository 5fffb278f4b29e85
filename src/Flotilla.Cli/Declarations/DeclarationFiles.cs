using System.IO.Enumeration;
using Flotilla.Core.Declarations;

namespace Flotilla.Cli.Declarations;

/// <summary>Declarations as they lie on disk: files, folders with all below, and what they name.</summary>
internal static class DeclarationFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Reads what <c>-f</c> names: files, folders, <c>-</c> for standard input.</summary>
    /// <exception cref="CommandException">Something is not there, or cannot be read; all of it is named.</exception>
    public static async Task<IReadOnlyList<DeclarationFile>> ReadAsync(IEnumerable<string> paths, Func<Stream> input, CancellationToken cancellation)
    {
        var files = new List<DeclarationFile>();
        var missing = new List<string>();
        foreach (var path in paths)
        {
            if (path == "-")
                files.Add(new DeclarationFile("stdin", await ReadStandardInputAsync(input, cancellation)));
            else if (Directory.Exists(path))
                foreach (var file in FilesBelow(path))
                    files.Add(await ReadFileAsync(file, cancellation));
            else if (File.Exists(path))
                files.Add(await ReadFileAsync(path, cancellation));
            else
                missing.Add(path);
        }
        if (missing.Count > 0)
            throw new CommandException($"there is no file or folder {string.Join(", ", missing)}");
        if (files.Count == 0)
            throw new CommandException($"no {string.Join(", ", Extensions)} files below {string.Join(", ", paths)}");
        return files;
    }

    /// <summary>Files that a declaration names, relative to its folder; the last part may have a <c>*</c>.</summary>
    public static IReadOnlyList<DeclarationFile> Find(string declaringFile, string path)
    {
        var folder = declaringFile == "stdin" ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(Path.GetFullPath(declaringFile))!;
        var full = Path.Combine(folder, path);
        if (!path.Contains('*', StringComparison.Ordinal))
            return File.Exists(full) ? [new DeclarationFile(Path.Combine(Path.GetDirectoryName(declaringFile) ?? "", path), File.ReadAllBytes(full))] : [];
        var (parent, pattern) = (Path.GetDirectoryName(full)!, Path.GetFileName(full));
        if (!Directory.Exists(parent))
            return [];
        return
        [
            .. Directory.EnumerateFiles(parent)
                .Where(file => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file), ignoreCase: false))
                .Order(StringComparer.Ordinal)
                .Select(file => new DeclarationFile(Path.GetRelativePath(Directory.GetCurrentDirectory(), file), File.ReadAllBytes(file))),
        ];
    }

    private static IEnumerable<string> FilesBelow(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal))
            .Order(StringComparer.Ordinal);

    private static async Task<DeclarationFile> ReadFileAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return new DeclarationFile(path, await File.ReadAllBytesAsync(path, cancellation));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {e.Message}", inner: e);
        }
    }

    private static async Task<byte[]> ReadStandardInputAsync(Func<Stream> open, CancellationToken cancellation)
    {
        await using var input = open();
        using var buffer = new MemoryStream();
        await input.CopyToAsync(buffer, cancellation);
        return buffer.ToArray();
    }
}
