using System.Collections.Concurrent;
using Flotilla.Content;
using Flotilla.Core;
using Flotilla.Hub.Hosting;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Components;

/// <summary>
/// Brings sources on the web into the content store: from a mirror folder where it holds them (no network then), else over HTTP. What arrives is
/// verified on its way; failures are tried again, later each time.
/// </summary>
internal sealed partial class SourceFetcher : IDisposable
{
    private const int AtOnce = 4;
    private readonly IContentStore content;
    private readonly HttpMessageInvoker? web;
    private readonly string? mirror;
    private readonly Action<Digest> changed;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<Digest, string> wanted = new();
    private readonly ConcurrentDictionary<Digest, string> troubles = new();
    private readonly ReconcileLoop<Digest> loop;

    /// <param name="web">Null when there is no network to be used.</param>
    /// <param name="mirror">A folder with files named by their SHA-256, or an OCI image layout.</param>
    /// <param name="changed">Told when content arrived, or when a try failed in another way than before.</param>
    public SourceFetcher(IContentStore content, HttpMessageInvoker? web, string? mirror, Action<Digest> changed, TimeProvider time, ILogger logger)
    {
        (this.content, this.web, this.mirror, this.changed, this.logger) = (content, web, mirror, changed, logger);
        loop = new ReconcileLoop<Digest>("source", AtOnce, FetchAsync, time, logger);
    }

    /// <summary>Asks for content.</summary>
    public void Want(Digest digest, string url)
    {
        if (!wanted.TryGetValue(digest, out var before) || before != url)
        {
            wanted[digest] = url;
            loop.Add(digest);
        }
    }

    /// <summary>Why the last try failed; null when none did.</summary>
    public string? TroubleOf(Digest digest) => troubles.GetValueOrDefault(digest);

    public Task RunAsync(CancellationToken cancellation) => loop.RunAsync(cancellation);

    public void Dispose() => loop.Dispose();

    private async Task<NextLook> FetchAsync(Digest digest, CancellationToken cancellation)
    {
        if (!wanted.TryGetValue(digest, out var url))
            return new NextLook.OnChange();
        try
        {
            if (!await content.ContainsAsync(digest, cancellation) && !await TryMirrorAsync(digest, cancellation))
                await DownloadAsync(digest, url, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or DigestMismatchException or UnauthorizedAccessException or UriFormatException)
        {
            var trouble = $"{url} cannot be fetched: {e.Message}";
            if (troubles.GetValueOrDefault(digest) != trouble)
            {
                troubles[digest] = trouble;
                changed(digest);
            }
            throw new HttpRequestException(trouble, e);
        }
        troubles.TryRemove(digest, out _);
        wanted.TryRemove(digest, out _);
        Arrived(url, digest.ToString());
        changed(digest);
        return new NextLook.OnChange();
    }

    private async Task<bool> TryMirrorAsync(Digest digest, CancellationToken cancellation)
    {
        if (mirror is null)
            return false;
        foreach (var path in (string[])[Path.Combine(mirror, digest.Hex), Path.Combine(mirror, "blobs", "sha256", digest.Hex)])
        {
            if (!File.Exists(path))
                continue;
            await using var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            await content.WriteAsync(digest, file, file.Length, cancellation);
            return true;
        }
        return false;
    }

    private async Task DownloadAsync(Digest digest, string url, CancellationToken cancellation)
    {
        if (web is null)
            throw new InvalidDataException("the mirror does not hold it, and the network is not used");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await web.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"the server answered {(int)response.StatusCode}");
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await content.WriteAsync(digest, stream, response.Content.Headers.ContentEncoding.Count == 0 ? response.Content.Headers.ContentLength : null, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Url} is here ({Digest})")]
    private partial void Arrived(string url, string digest);
}
