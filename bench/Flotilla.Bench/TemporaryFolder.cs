namespace Flotilla.Bench;

/// <summary>A folder that goes when the bench is done with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flotilla-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
