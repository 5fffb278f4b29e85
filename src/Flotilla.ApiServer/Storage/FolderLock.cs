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
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new StorageOpenException($"{folder} is in use by another process (it holds {path}). Stop it, or choose another folder.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageOpenException($"{path} cannot be written: {e.Message} Give this user the right to write there, or choose another folder.", e);
        }
    }

    public void Dispose() => file.Dispose();
}
