using System.Buffers;
using System.Security.Cryptography;

namespace Flotilla.Content;

/// <summary>What came so far of a blob, and the hash of it: a file that a later process goes on with, or memory.</summary>
internal sealed class PartialBlob : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream content;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private PartialBlob(Stream content) => this.content = content;

    public long Length { get; private set; }

    /// <exception cref="IOException">Another download of the same blob is under way.</exception>
    public static async ValueTask<PartialBlob> OpenAsync(string? folder, Digest digest, CancellationToken cancellation)
    {
        if (folder is null)
            return new PartialBlob(new MemoryStream());
        Directory.CreateDirectory(folder);
        var partial = new PartialBlob(new FileStream(PathOf(folder, digest), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous));
        try
        {
            await partial.HashWhatIsThereAsync(cancellation);
            return partial;
        }
        catch
        {
            await partial.DisposeAsync();
            throw;
        }
    }

    public static void Forget(string? folder, Digest digest)
    {
        if (folder is not null)
            File.Delete(PathOf(folder, digest));
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        // A write that was cancelled half-way must not leave bytes that the hash does not know.
        content.Position = Length;
        await content.WriteAsync(bytes, cancellation);
        hash.AppendData(bytes.Span);
        Length += bytes.Length;
    }

    public void Clear()
    {
        content.SetLength(0);
        hash.GetHashAndReset();
        Length = 0;
    }

    public Digest Hash() => Digest.FromHash(hash.GetCurrentHash());

    public Stream Rewind()
    {
        content.SetLength(Length);
        content.Position = 0;
        return content;
    }

    public ValueTask DisposeAsync()
    {
        hash.Dispose();
        return content.DisposeAsync();
    }

    private async ValueTask HashWhatIsThereAsync(CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int read; (read = await content.ReadAsync(buffer.AsMemory(0, BufferSize), cancellation)) > 0; Length += read)
                hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string PathOf(string folder, Digest digest) => Path.Combine(folder, $"{digest.Hex}.partial");
}
