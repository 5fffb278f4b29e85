using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Flotilla.Content;

/// <summary>Content in memory: for simulated sites and tests.</summary>
public sealed class MemoryContentStore : IContentStore
{
    private readonly ConcurrentDictionary<Digest, byte[]> blobs = new();

    /// <inheritdoc/>
    public ValueTask<bool> ContainsAsync(Digest digest, CancellationToken cancellation) => ValueTask.FromResult(blobs.ContainsKey(digest));

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Digest digest, CancellationToken cancellation) =>
        ValueTask.FromResult(blobs.TryGetValue(digest, out var content) ? content : default(ReadOnlyMemory<byte>?));

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenAsync(Digest digest, CancellationToken cancellation) =>
        ValueTask.FromResult<Stream?>(blobs.TryGetValue(digest, out var content) ? new MemoryStream(content, writable: false) : null);

    /// <inheritdoc/>
    public ValueTask<Digest> WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var digest = Digest.Of(content.Span);
        if (!blobs.ContainsKey(digest))
            blobs.TryAdd(digest, content.ToArray());
        return ValueTask.FromResult(digest);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Digest expected, Stream content, long? length, CancellationToken cancellation)
    {
        using var memory = new MemoryStream();
        await VerifiedCopy.CopyAsync(expected, content, length, memory, cancellation);
        blobs.TryAdd(expected, memory.ToArray());
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(Digest digest, CancellationToken cancellation)
    {
        blobs.TryRemove(digest, out _);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Digest> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await ValueTask.CompletedTask;
        foreach (var digest in blobs.Keys)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return digest;
        }
    }
}
