using System.Globalization;

namespace Flotilla.Content;

/// <summary>
/// Fetches blobs by digest over links that break: <c>GET {address}/v2/{repository}/blobs/{digest}</c> (OCI distribution specification), from where the
/// last attempt ended, verified over the whole. Nothing that is not what the digest promises reaches the store.
/// </summary>
/// <param name="http">Sends the requests; an HttpClient's own timeout should allow for slow links.</param>
/// <param name="address">The server.</param>
/// <param name="repository">The name in the server's paths.</param>
public sealed class BlobDownload(HttpMessageInvoker http, Uri address, string repository, BlobDownloadOptions options)
{
    /// <summary>In which a hub tells from which byte on it sends a blob, when it was asked for <c>?from=N</c>.</summary>
    public const string FromHeader = "Flotilla-From";

    /// <summary>Fetches what a descriptor names into a store, unless it is there already.</summary>
    /// <exception cref="BlobDownloadException">As for the other overload.</exception>
    public ValueTask FetchAsync(OciDescriptor blob, IContentStore store, CancellationToken cancellation, IProgress<BlobProgress>? progress = null) =>
        FetchAsync(blob.Digest, blob.Size, store, cancellation, progress);

    /// <summary>Fetches a blob into a store, unless it is there already. One call for one blob at a time.</summary>
    /// <param name="size">Its bytes, where known.</param>
    /// <exception cref="BlobDownloadException">The last attempt failed, and the options allow no other.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public async ValueTask FetchAsync(
        Digest digest, long? size, IContentStore store, CancellationToken cancellation, IProgress<BlobProgress>? progress = null)
    {
        if (await store.ContainsAsync(digest, cancellation))
            return;
        await using (var partial = await PartialBlob.OpenAsync(options.PartialFolder, digest, cancellation))
        {
            await ReceiveAsync(digest, size, partial, progress, cancellation);
            await store.WriteAsync(digest, partial.Rewind(), partial.Length, cancellation);
        }
        PartialBlob.Forget(options.PartialFolder, digest);
    }

    private async ValueTask ReceiveAsync(Digest digest, long? size, PartialBlob partial, IProgress<BlobProgress>? progress, CancellationToken cancellation)
    {
        var request = new BlobRequest(http, new Uri(address, string.Create(CultureInfo.InvariantCulture, $"/v2/{repository}/blobs/{digest}")), options);
        for (var failures = 0; ;)
        {
            var before = partial.Length;
            try
            {
                await request.ReceiveAsync(partial, size, progress, cancellation);
                Require(digest, partial);
                return;
            }
            catch (BlobDownloadException exception)
            {
                failures = partial.Length > before ? 1 : failures + 1;
                if (options.Retry?.Invoke(failures, exception) is not { } wait)
                    throw;
                await Task.Delay(wait, options.Time, cancellation);
            }
        }
    }

    private void Require(Digest digest, PartialBlob partial)
    {
        if (partial.Hash() is var actual && actual == digest)
            return;
        partial.Clear();
        throw new BlobDownloadException(
            BlobDownloadFailure.WrongContent, $"{address} sent {actual} where {digest} was asked for: what came is thrown away; a proxy or the server's disk may be at fault");
    }
}
