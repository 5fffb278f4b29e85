using System.Runtime.InteropServices;

namespace Flotilla.Content;

/// <summary>
/// Gives a file a name that nobody else may have taken. .NET's move without overwriting looks first and renames then on Unix, so that of two
/// movers both may succeed; a link is made by one alone.
/// </summary>
internal static partial class NewName
{
    private const int NotPermitted = 1, Exists = 17, NotSupported = 95;

    /// <exception cref="IOException">The name is taken.</exception>
    public static void Take(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Move(temporary, path, overwrite: false);
            return;
        }
        if (Link(temporary, path) == 0)
        {
            File.Delete(temporary);
            return;
        }
        switch (Marshal.GetLastPInvokeError())
        {
            case Exists:
                throw new IOException($"{path} is there already");
            case NotPermitted or NotSupported:
                // A file system without links.
                File.Move(temporary, path, overwrite: false);
                return;
            case var error:
                throw new IOException($"cannot make {path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
