using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Flotilla.Core.Applying;

namespace Flotilla.Agent.Applying;

/// <summary>One object of a blob: a line of canonical JSON.</summary>
/// <param name="Id">The object.</param>
/// <param name="Blob">Digest of the blob.</param>
/// <param name="Start">Where the line begins.</param>
/// <param name="Length">Its bytes, without the line end.</param>
/// <param name="Digest">SHA-256 of the line, hex.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record BlobObject(ObjectId Id, string Blob, int Start, int Length, string Digest, IReadOnlyDictionary<string, string> Labels);

/// <summary>
/// The objects of a blob. Blobs never change, so all sites of a process share what was read of one for as long as somebody uses it;
/// the text itself is let go and read again when needed.
/// </summary>
internal sealed class BlobObjects
{
    private static readonly ConcurrentDictionary<string, WeakReference<BlobObjects>> Known = new(StringComparer.Ordinal);
    private readonly string digest;
    private WeakReference<Text>? text;

    private BlobObjects(string digest, IReadOnlyList<BlobObject> objects) => (this.digest, Objects) = (digest, objects);

    public IReadOnlyList<BlobObject> Objects { get; }

    public static async ValueTask<BlobObjects> ReadAsync(LoadedRelease release, string digest, CancellationToken cancellation)
    {
        if (Known.TryGetValue(digest, out var reference) && reference.TryGetTarget(out var there))
            return there;
        var bytes = await release.ReadBlob(digest, cancellation);
        var read = new BlobObjects(digest, Split(digest, bytes)) { text = new(new Text(bytes)) };
        Known[digest] = new(read);
        if (Known.Count > 4096)
            ForgetUnused();
        return read;
    }

    /// <summary>The line of an object.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> LineAsync(LoadedRelease release, BlobObject obj, CancellationToken cancellation)
    {
        if (text is null || !text.TryGetTarget(out var there))
        {
            there = new Text(await release.ReadBlob(digest, cancellation));
            text = new(there);
        }
        return there.Bytes.Slice(obj.Start, obj.Length);
    }

    private static void ForgetUnused()
    {
        foreach (var (key, reference) in Known)
        {
            if (!reference.TryGetTarget(out _))
                Known.TryRemove(KeyValuePair.Create(key, reference));
        }
    }

    private static List<BlobObject> Split(string digest, ReadOnlyMemory<byte> bytes)
    {
        var objects = new List<BlobObject>();
        var start = 0;
        while (start < bytes.Length)
        {
            var rest = bytes.Span[start..];
            var length = rest.IndexOf((byte)'\n') is >= 0 and var end ? end : rest.Length;
            if (length > 0)
                objects.Add(Read(digest, start, rest[..length]));
            start += length + 1;
        }
        return objects;
    }

    /// <summary>Reads only what stands at the top and in metadata, so that a definition of 500 KB costs no tree of nodes.</summary>
    private static BlobObject Read(string digest, int start, ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string apiVersion = "", kind = "", name = "", ns = "";
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("apiVersion"u8))
                apiVersion = Next(ref reader);
            else if (reader.ValueTextEquals("kind"u8))
                kind = Next(ref reader);
            else if (reader.ValueTextEquals("metadata"u8))
                ReadMetadata(ref reader, ref name, ref ns, labels);
            else
                reader.Skip();
        }
        return new BlobObject(new ObjectId(apiVersion, kind, ns, name), digest, start, line.Length, Convert.ToHexStringLower(SHA256.HashData(line)), labels);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, ref string name, ref string ns, Dictionary<string, string> labels)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = Next(ref reader);
            }
            else if (reader.ValueTextEquals("namespace"u8))
            {
                ns = Next(ref reader);
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var key = reader.GetString()!;
                    labels[key] = Next(ref reader);
                }
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static string Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString()!;
        reader.Skip();
        return "";
    }

    private sealed record Text(ReadOnlyMemory<byte> Bytes);
}
