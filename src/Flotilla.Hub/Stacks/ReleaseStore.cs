using System.Collections.Concurrent;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Content;
using Flotilla.Core.Releases;

namespace Flotilla.Hub.Stacks;

/// <summary>Puts what is compiled into the content store, before anybody is told of it.</summary>
internal sealed class ReleaseStore(IContentStore content)
{
    private readonly ConcurrentDictionary<string, bool> kept = new(StringComparer.Ordinal);

    public async Task KeepAsync(Revision revision, CancellationToken cancellation)
    {
        if (kept.ContainsKey(revision.Digest))
            return;
        await Parallel.ForEachAsync(revision.SharedBlobs, cancellation, (blob, c) => WriteAsync(blob.Key, blob.Value, c));
        foreach (var source in revision.InlineSources)
            await WriteAsync(source.Digest, source.Bytes, cancellation);
        // Written last: where it is, all that it names is, too.
        await WriteAsync(revision.Digest, revision.Inputs, cancellation);
        kept[revision.Digest] = true;
    }

    public async Task KeepAsync(Release release, CancellationToken cancellation)
    {
        if (kept.ContainsKey(release.Digest))
            return;
        // The manifest is written last: where it is, the rest is, too.
        if (!await content.ContainsAsync(Digest.Parse(release.Digest), cancellation))
        {
            foreach (var blob in release.OwnBlobs)
                await WriteAsync(blob.Digest, blob.Bytes, cancellation);
            await WriteAsync(release.Config.Digest, release.Config.Bytes, cancellation);
            await WriteAsync(release.Digest, release.Manifest, cancellation);
        }
        kept[release.Digest] = true;
    }

    /// <summary>The document of a release; null when it is not there.</summary>
    public async Task<ReleaseDocument?> ReadAsync(string release, CancellationToken cancellation)
    {
        if (await content.ReadAsync(Digest.Parse(release), cancellation) is not { } manifest
            || await content.ReadAsync(OciManifest.Parse(manifest.Span).Config.Digest, cancellation) is not { } config)
            return null;
        return JsonSerializer.Deserialize(config.Span, ApiJson.Default.ReleaseDocument);
    }

    private async ValueTask WriteAsync(string digest, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (!await content.ContainsAsync(Digest.Parse(digest), cancellation))
            await content.WriteAsync(bytes, cancellation);
    }
}
