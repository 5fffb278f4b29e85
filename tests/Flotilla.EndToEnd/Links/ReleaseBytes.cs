using Flotilla.Content;

namespace Flotilla.EndToEnd.Links;

/// <summary>What differs between two releases in the content of a hub.</summary>
/// <param name="Blobs">Bytes of the blobs that a site with the first lacks of the second.</param>
/// <param name="Objects">Bytes of the objects within them that the first has not in the same words: what really changed.</param>
internal sealed record ReleaseBytes(long Blobs, long Objects)
{
    /// <param name="before">Null for nothing.</param>
    public static async Task<ReleaseBytes> BetweenAsync(string contentFolder, string? before, string after, CancellationToken cancellation)
    {
        var content = await FolderContentStore.OpenAsync(contentFolder, cancellation);
        var known = before is null ? [] : await BlobsAsync(content, before, cancellation);
        var lines = known.SelectMany(b => LinesOf(b.Value)).ToHashSet(StringComparer.Ordinal);
        var lacking = (await BlobsAsync(content, after, cancellation)).Where(b => !known.ContainsKey(b.Key)).Select(b => b.Value).ToList();
        return new ReleaseBytes(
            lacking.Sum(b => (long)b.Length),
            lacking.SelectMany(LinesOf).Where(l => !lines.Contains(l)).Sum(l => (long)l.Length));
    }

    private static async Task<Dictionary<Digest, byte[]>> BlobsAsync(FolderContentStore content, string release, CancellationToken cancellation)
    {
        var digest = Digest.Parse(release);
        var manifest = await content.ReadAsync(digest, cancellation) ?? throw new InvalidOperationException($"the hub has no {release}");
        var blobs = new Dictionary<Digest, byte[]> { [digest] = manifest.ToArray() };
        foreach (var blob in OciManifest.Parse(manifest.Span).Blobs)
            blobs[blob.Digest] = (await content.ReadAsync(blob.Digest, cancellation))!.Value.ToArray();
        return blobs;
    }

    private static IEnumerable<string> LinesOf(byte[] blob) => System.Text.Encoding.UTF8.GetString(blob).Split('\n');
}
