using System.Runtime.InteropServices;

namespace Flotilla.Content;

/// <summary>
/// Flushes the entries of a folder to disk: a renamed file is only then sure to be found after a loss of power (fsync(2)).
/// .NET opens no folders, hence the calls of the system. Windows has no such call and needs none.
/// </summary>
internal static partial class FolderFlush
{
    private const int InterruptedCall = 4, InvalidArgument = 22;

    /// <exception cref="IOException">The folder could not be opened or flushed.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, OperatingSystem.IsLinux() ? 0x80000 : 0x1000000); // O_RDONLY | O_CLOEXEC
        if (descriptor < 0)
            throw Failure("open", folder, Marshal.GetLastPInvokeError());
        try
        {
            while (Synchronize(descriptor) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                // Some network file systems do not know folders to flush.
                if (error == InvalidArgument)
                    return;
                if (error != InterruptedCall)
                    throw Failure("flush", folder, error);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string folder, int error) =>
        new($"cannot {what} the folder {folder}: {Marshal.GetPInvokeErrorMessage(error)}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
