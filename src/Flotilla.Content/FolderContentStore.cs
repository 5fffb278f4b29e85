using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Flotilla.Content;

/// <summary>
/// Content in a folder that is an OCI image layout (OCI image specification 1.1), so that skopeo and oras read it. Blobs may be read and
/// written by several processes at once; names are given by one store.
/// </summary>
public sealed class FolderContentStore : IContentStore
{
    private static readonly TimeSpan abandoned = TimeSpan.FromDays(1);

    private readonly string folder, blobs, unfinished;
    private readonly SemaphoreSlim naming = new(1);
    private readonly VerifiedFiles verified = new();

    private FolderContentStore(string folder)
    {
        this.folder = folder;
        blobs = Path.Combine(folder, "blobs", "sha256");
        unfinished = Path.Combine(folder, "unfinished");
    }

    private string IndexPath => Path.Combine(folder, "index.json");

    /// <summary>Opens a layout, and makes it where there is none.</summary>
    /// <exception cref="InvalidDataException">The folder is a layout of a version that is not known.</exception>
    public static async ValueTask<FolderContentStore> OpenAsync(string folder, CancellationToken cancellation)
    {
        var store = new FolderContentStore(Path.GetFullPath(folder));
        DurableFile.CreateFolder(store.blobs);
        DurableFile.CreateFolder(store.unfinished);
        foreach (var file in Directory.EnumerateFiles(store.unfinished, $"*{DurableFile.TemporaryExtension}"))
        {
            // Another process may be writing a young one.
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > abandoned)
                File.Delete(file);
        }
        if (!File.Exists(store.IndexPath))
            await store.WriteIndexAsync(new OciIndex(), cancellation);
        var marker = Path.Combine(store.folder, "oci-layout");
        if (File.Exists(marker))
            RequireVersion(marker, await File.ReadAllBytesAsync(marker, cancellation));
        else
            await DurableFile.WriteAsync(marker, """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray(), cancellation);
        return store;
    }

    /// <inheritdoc/>
    public ValueTask<bool> ContainsAsync(Digest digest, CancellationToken cancellation) => ValueTask.FromResult(File.Exists(PathOf(digest)));

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Digest digest, CancellationToken cancellation)
    {
        var path = PathOf(digest);
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        var actual = Digest.Of(content);
        return actual == digest ? content : throw new DigestMismatchException(path, digest, actual);
    }

    /// <inheritdoc/>
    public async ValueTask<Stream?> OpenAsync(Digest digest, CancellationToken cancellation)
    {
        FileStream file;
        try
        {
            file = new FileStream(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 4096, FileOptions.Asynchronous);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        try
        {
            await verified.RequireAsync(digest, file, cancellation);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Digest> WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var digest = Digest.Of(content.Span);
        if (!await IsSoundAsync(digest, cancellation))
            await DurableFile.WriteAsync(PathOf(digest), unfinished, file => file.WriteAsync(content, cancellation), replace: true, null, cancellation);
        return digest;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Digest expected, Stream content, long? length, CancellationToken cancellation) =>
        await DurableFile.WriteAsync(
            PathOf(expected), unfinished, file => VerifiedCopy.CopyAsync(expected, content, length, file, cancellation), replace: true, null, cancellation);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(Digest digest, CancellationToken cancellation)
    {
        verified.Forget(digest);
        DurableFile.Delete(PathOf(digest));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Digest> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await ValueTask.CompletedTask;
        foreach (var file in Directory.EnumerateFiles(blobs))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Digest.TryParseHex(Path.GetFileName(file.AsSpan()), out var digest))
                yield return digest;
        }
    }

    /// <summary>Gives a stored manifest a name, which may have named another before.</summary>
    /// <exception cref="InvalidOperationException">The manifest is not stored.</exception>
    public async ValueTask TagAsync(string name, OciDescriptor manifest, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!await ContainsAsync(manifest.Digest, cancellation))
            throw new InvalidOperationException($"cannot name {manifest.Digest} '{name}': it is not in {folder}; write it first");
        await ChangeIndexAsync(index => index.With(name, manifest), cancellation);
    }

    /// <summary>Takes a name away; one that names nothing is no error. The content stays.</summary>
    public ValueTask UntagAsync(string name, CancellationToken cancellation) => ChangeIndexAsync(index => index.Without(name), cancellation);

    /// <summary>The manifest of a name; null when it names nothing.</summary>
    public async ValueTask<OciDescriptor?> ResolveAsync(string name, CancellationToken cancellation) => (await ReadIndexAsync(cancellation)).Find(name);

    /// <summary>Every manifest that has a name, with that name.</summary>
    public async ValueTask<IReadOnlyDictionary<string, OciDescriptor>> NamesAsync(CancellationToken cancellation)
    {
        var names = new Dictionary<string, OciDescriptor>(StringComparer.Ordinal);
        foreach (var manifest in (await ReadIndexAsync(cancellation)).Manifests)
        {
            if (OciIndex.NameOf(manifest) is { } name)
                names.TryAdd(name, manifest);
        }
        return names;
    }

    private async ValueTask ChangeIndexAsync(Func<OciIndex, OciIndex> change, CancellationToken cancellation)
    {
        await naming.WaitAsync(cancellation);
        try
        {
            await WriteIndexAsync(change(await ReadIndexAsync(cancellation)), cancellation);
        }
        finally
        {
            naming.Release();
        }
    }

    private async ValueTask<OciIndex> ReadIndexAsync(CancellationToken cancellation)
    {
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllBytesAsync(IndexPath, cancellation), ContentJson.Default.OciIndex) ?? new OciIndex();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{IndexPath} is not an OCI image index: {exception.Message}", exception);
        }
    }

    private ValueTask WriteIndexAsync(OciIndex index, CancellationToken cancellation) =>
        DurableFile.WriteAsync(IndexPath, CanonicalJson.Write(JsonSerializer.SerializeToNode(index, ContentJson.Default.OciIndex)), cancellation);

    private async ValueTask<bool> IsSoundAsync(Digest digest, CancellationToken cancellation)
    {
        try
        {
            await using var file = await OpenAsync(digest, cancellation);
            return file is not null;
        }
        catch (DigestMismatchException)
        {
            return false;
        }
    }

    private static void RequireVersion(string path, byte[] marker)
    {
        try
        {
            using var document = JsonDocument.Parse(marker);
            if (document.RootElement.GetProperty("imageLayoutVersion").GetString() is not "1.0.0" and var version)
                throw new InvalidDataException($"{path} names the layout version '{version}'; only 1.0.0 is known");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not the marker of an OCI image layout: {exception.Message}", exception);
        }
    }

    private string PathOf(Digest digest) => Path.Combine(blobs, digest.Hex);
}
