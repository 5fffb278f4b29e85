using System.Globalization;
using System.Text;

namespace Flotilla.ApiServer.Storage;

/// <summary>Keeps a second process away from a folder. The operating system lifts it when the process ends, however that happens.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <exception cref="StorageOpenException">The folder is in use.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "flotilla.lock");
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
            return new FolderLock(file);
        }
        catch (IOException e)
        {
            throw new StorageOpenException($"{path} is locked: another process uses this folder. Stop it, or choose another folder.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageOpenException($"{path} cannot be written: {e.Message} Give this user the right to write there, or choose another folder.", e);
        }
    }

    public void Dispose() => file.Dispose();
}
