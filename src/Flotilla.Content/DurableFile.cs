namespace Flotilla.Content;

/// <summary>
/// Files that are whole or not there, and that survive a loss of power: written beside their place, flushed to disk, renamed, and the
/// folder flushed, too. A temporary file that a crash leaves behind ends in <c>.tmp</c> and is never read.
/// </summary>
public static class DurableFile
{
    /// <summary>Who may read a file with secrets: its owner alone.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The ending of what is not yet in place.</summary>
    internal const string TemporaryExtension = ".tmp";

    /// <summary>Puts a file in place, or replaces it.</summary>
    /// <param name="mode">Its mode where the system has modes; null: what the system gives new files.</param>
    public static ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation, UnixFileMode? mode = null) =>
        WriteAsync(path, content, replace: true, mode, cancellation);

    /// <summary>Puts a new file in place.</summary>
    /// <param name="mode">Its mode where the system has modes; null: what the system gives new files.</param>
    /// <exception cref="IOException">There is a file already; it is left as it was.</exception>
    public static ValueTask CreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation, UnixFileMode? mode = null) =>
        WriteAsync(path, content, replace: false, mode, cancellation);

    /// <summary>Makes a folder, and its parents, such that it survives a loss of power.</summary>
    public static void CreateFolder(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            return;
        var parent = Path.GetDirectoryName(full);
        if (parent is not null)
            CreateFolder(parent);
        Directory.CreateDirectory(full);
        if (parent is not null)
            FolderFlush.Flush(parent);
    }

    /// <summary>Puts a file into the place of another one of the same folder, which goes.</summary>
    public static void Replace(string source, string target)
    {
        File.Move(source, target, overwrite: true);
        FolderFlush.Flush(FolderOf(target));
    }

    /// <summary>Removes a file; what is not there is no error.</summary>
    public static void Delete(string path)
    {
        if (!File.Exists(path))
            return;
        File.Delete(path);
        FolderFlush.Flush(FolderOf(path));
    }

    /// <summary>Writes through a temporary file in some folder of the same file system.</summary>
    internal static async ValueTask WriteAsync(
        string path, string temporaryFolder, Func<Stream, ValueTask> write, bool replace, UnixFileMode? mode, CancellationToken cancellation)
    {
        var temporary = Path.Combine(temporaryFolder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{TemporaryExtension}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (mode is not null && !OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        try
        {
            await using (var file = new FileStream(temporary, options))
            {
                await write(file);
                await file.FlushAsync(cancellation);
                file.Flush(flushToDisk: true);
            }
            if (replace)
                File.Move(temporary, path, overwrite: true);
            else
                NewName.Take(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        FolderFlush.Flush(FolderOf(path));
    }

    private static ValueTask WriteAsync(string path, ReadOnlyMemory<byte> content, bool replace, UnixFileMode? mode, CancellationToken cancellation) =>
        WriteAsync(path, FolderOf(path), file => file.WriteAsync(content, cancellation), replace, mode, cancellation);

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
