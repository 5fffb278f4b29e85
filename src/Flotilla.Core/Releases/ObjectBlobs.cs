using Flotilla.Api.Releases;

namespace Flotilla.Core.Releases;

/// <summary>A blob of a release.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record ReleaseBlob(string Digest, ReadOnlyMemory<byte> Bytes)
{
    internal static ReleaseBlob Of(byte[] bytes) => new(ContentDigest.Of(bytes), bytes);
}

/// <summary>Puts objects into blobs (<see cref="ReleaseMediaTypes.Objects"/>).</summary>
internal static class ObjectBlobs
{
    /// <summary>What is larger gets a blob of its own, so that a change of something small never sends it again.</summary>
    private const int Large = 32 * 1024;

    /// <summary>Blobs of objects that are the same at each site: large ones alone, the others together.</summary>
    public static IReadOnlyList<ReleaseBlob> OfShared(IEnumerable<SharedObject> objects)
    {
        var sorted = objects.OrderBy(o => o.Key).ToList();
        var small = sorted.Where(o => o.Line.Length <= Large).Select(o => o.Line).ToList();
        return [.. small.Count == 0 ? [] : new[] { Of(small) }, .. sorted.Where(o => o.Line.Length > Large).Select(o => Of([o.Line]))];
    }

    /// <summary>One blob of lines.</summary>
    public static ReleaseBlob Of(IReadOnlyList<byte[]> lines)
    {
        var bytes = new byte[lines.Sum(l => l.Length + 1)];
        var at = 0;
        foreach (var line in lines)
        {
            line.CopyTo(bytes, at);
            at += line.Length;
            bytes[at++] = (byte)'\n';
        }
        return ReleaseBlob.Of(bytes);
    }
}
