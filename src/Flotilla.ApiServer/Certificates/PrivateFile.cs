namespace Flotilla.ApiServer.Certificates;

/// <summary>Files that only their owner may read: keys and sign-in data.</summary>
internal static class PrivateFile
{
    /// <summary>
    /// Puts a file in place at once: a reader, or a crash, sees the old content or the new one. The mode is 0600 where the system has modes.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Replace(string path, string content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(content));
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
