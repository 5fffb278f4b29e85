using System.IO.Compression;
using Flotilla.Content;

namespace Flotilla.Hub.Gateway;

/// <summary>Blobs as they are sent: thousands of sites of a fleet fetch the same ones, and packing each time would cost more than sending.</summary>
internal sealed class PackedContent : IDisposable
{
    /// <summary>What is larger is packed on the way and not kept.</summary>
    public const long Largest = 4 * 1024 * 1024;
    private const long MostBytes = 64 * 1024 * 1024;
    private readonly Dictionary<Digest, LinkedListNode<(Digest Digest, ReadOnlyMemory<byte> Bytes)>> known = [];
    private readonly LinkedList<(Digest Digest, ReadOnlyMemory<byte> Bytes)> lastUsed = new();
    private readonly Lock guard = new();
    private readonly SemaphoreSlim making = new(1);
    private long bytes;

    /// <summary>Half as large again as the best, at a thirtieth of the time.</summary>
    public static BrotliCompressionOptions Options => new() { Quality = 5 };

    /// <summary>A blob, packed.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(Digest digest, Stream blob, CancellationToken cancellation)
    {
        if (Find(digest) is { } there)
            return there;
        // One after the other: those who come for the same find it made.
        await making.WaitAsync(cancellation);
        try
        {
            if (Find(digest) is { } made)
                return made;
            using var packed = new MemoryStream();
            await using (var packing = new BrotliStream(packed, Options, leaveOpen: true))
                await blob.CopyToAsync(packing, cancellation);
            return Keep(digest, packed.ToArray());
        }
        finally
        {
            making.Release();
        }
    }

    public void Dispose() => making.Dispose();

    private ReadOnlyMemory<byte>? Find(Digest digest)
    {
        lock (guard)
        {
            if (!known.TryGetValue(digest, out var node))
                return null;
            lastUsed.Remove(node);
            lastUsed.AddFirst(node);
            return node.Value.Bytes;
        }
    }

    private ReadOnlyMemory<byte> Keep(Digest digest, ReadOnlyMemory<byte> packed)
    {
        lock (guard)
        {
            known[digest] = lastUsed.AddFirst((digest, packed));
            bytes += packed.Length;
            while (bytes > MostBytes && lastUsed.Last is { } oldest)
            {
                lastUsed.RemoveLast();
                known.Remove(oldest.Value.Digest);
                bytes -= oldest.Value.Bytes.Length;
            }
        }
        return packed;
    }
}
