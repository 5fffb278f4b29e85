using Flotilla.Api.Sync;
using Flotilla.Content;

namespace Flotilla.Hub.Rollouts;

/// <summary>How much of a release a site has to fetch that has another: by the manifests, each read once.</summary>
internal sealed class MissingContent(IContentStore content)
{
    private readonly Dictionary<(string? From, string To), long> known = [];
    private readonly Dictionary<string, OciManifest?> manifests = new(StringComparer.Ordinal);

    /// <summary>Bytes of the manifest and of the blobs that the other release does not have. Of what is not at hand nothing is known: it counts as nothing.</summary>
    public async ValueTask<long> OfAsync(string? from, ReleaseTarget to, CancellationToken cancellation)
    {
        if (known.TryGetValue((from, to.Release), out var bytes))
            return bytes;
        if (await ReadAsync(to.Release, cancellation) is { } wanted)
        {
            var there = from is null || await ReadAsync(from, cancellation) is not { } had ? [] : had.Blobs.Select(b => b.Digest).ToHashSet();
            bytes = wanted.ToBytes().Length + wanted.Blobs.Where(b => !there.Contains(b.Digest)).DistinctBy(b => b.Digest).Sum(b => b.Size);
        }
        return known[(from, to.Release)] = bytes;
    }

    private async ValueTask<OciManifest?> ReadAsync(string release, CancellationToken cancellation)
    {
        if (!manifests.TryGetValue(release, out var manifest))
        {
            manifest = Digest.TryParse(release, out var digest) && await content.ReadAsync(digest, cancellation) is { } bytes ? OciManifest.Parse(bytes.Span) : null;
            manifests[release] = manifest;
        }
        return manifest;
    }
}
