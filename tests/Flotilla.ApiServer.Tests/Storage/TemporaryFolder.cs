namespace Flotilla.ApiServer.Tests.Storage;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flotilla-").FullName;

    public string Database => System.IO.Path.Combine(Path, "flotilla.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
