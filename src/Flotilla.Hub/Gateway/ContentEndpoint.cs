using System.Globalization;
using System.IO.Compression;
using Flotilla.Content;
using Flotilla.Content.Trust;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Flotilla.Hub.Gateway;

/// <summary><c>GET|HEAD /v2/content/{blobs|manifests}/DIGEST</c>: to sites what they need, to people with the right to see Stacks everything.</summary>
internal sealed class ContentEndpoint(SiteAuthentication sites, KubernetesAccess access, ReachableContent reachable, IContentStore content) : IDisposable
{
    private const int WorthPacking = 1024;
    private readonly PackedContent packed = new();
    private static readonly Digest NoBody = Digest.Of([]);

    public async Task HandleAsync(HttpContext http, string what, string name)
    {
        if (!Digest.TryParse(name, out var digest))
            throw ApiStatusException.NoSuchPath();
        await DemandAsync(http, digest);
        await using var stream = await content.OpenAsync(digest, http.RequestAborted) ?? throw ApiStatusException.NoSuchPath();
        var response = http.Response;
        response.ContentType = what == "manifests" ? OciManifest.ManifestMediaType : "application/octet-stream";
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
        response.Headers.AcceptRanges = "bytes";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.ETag = $"\"{digest}\"";
        if (Matches(http.Request.Headers.IfNoneMatch.ToString(), digest))
            response.StatusCode = 304;
        else if (RangeOf(http.Request, digest, stream.Length) is { } range)
            await SendRangeAsync(http, stream, range);
        else
            await SendFromAsync(http, stream, digest, FromOf(http.Request, stream.Length));
    }

    /// <summary>
    /// From which byte on a site wants the blob. Unlike a range that is something of its own, and can be packed; so a download that breaks
    /// goes on where it ended and is packed all the way.
    /// </summary>
    private static long FromOf(HttpRequest request, long length) =>
        long.TryParse(request.Query["from"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var from) && from <= length ? from : 0;

    private async Task SendFromAsync(HttpContext http, Stream stream, Digest digest, long from)
    {
        if (from > 0)
        {
            http.Response.Headers[BlobDownload.FromHeader] = from.ToString(CultureInfo.InvariantCulture);
            // Not the blob itself, so not by its name.
            http.Response.Headers.ETag = default;
        }
        stream.Position = from;
        var coding = stream.Length - from >= WorthPacking ? GatewayResponse.CodingFor(http.Request) : null;
        if (coding is null)
        {
            await SendAsync(http, stream, from, stream.Length - from);
            return;
        }
        http.Response.Headers.ContentEncoding = coding;
        // Other bytes than those of the digest: not to be continued with a range of them.
        if (from == 0)
            http.Response.Headers.ETag = $"W/\"{digest}\"";
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        if (coding == "br" && from == 0 && stream.Length <= PackedContent.Largest)
        {
            var whole = await packed.GetAsync(digest, stream, http.RequestAborted);
            http.Response.ContentLength = whole.Length;
            await http.Response.BodyWriter.WriteAsync(whole, http.RequestAborted);
            return;
        }
        await using Stream packing = coding == "br"
            ? new BrotliStream(http.Response.Body, PackedContent.Options, leaveOpen: true)
            : new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await stream.CopyToAsync(packing, http.RequestAborted);
    }

    public void Dispose() => packed.Dispose();

    private async Task DemandAsync(HttpContext http, Digest digest)
    {
        if (SiteToken.Read(SiteAuthentication.BearerOf(http.Request)) is null)
        {
            await access.DemandAsync(http, new AccessWish("get", "stacks", null, "", null));
            return;
        }
        var claim = await sites.ClaimAsync(http);
        sites.Prove(http, claim, NoBody);
        // Not to be told from what is not there at all.
        if (!await reachable.MayFetchAsync(claim.Site, digest, http.RequestAborted))
            throw ApiStatusException.NoSuchPath();
    }

    private static bool Matches(string header, Digest digest) =>
        header == "*" || header.Split(',').Any(tag => tag.Trim() is var one && (one == $"\"{digest}\"" || one == $"W/\"{digest}\""));

    /// <summary>The one range that is asked for; null for all. Several at once are not served (RFC 9110 section 14.2 leaves that to servers).</summary>
    private static (long From, long Count)? RangeOf(HttpRequest request, Digest digest, long length)
    {
        if (request.Headers.IfRange.ToString() is { Length: > 0 } condition && condition != $"\"{digest}\"")
            return null;
        if (!RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var header) || header.Unit != "bytes" || header.Ranges.Count != 1)
            return null;
        var range = header.Ranges.First();
        if (range.From is not { } from)
            return range.To is > 0 and var last && length > 0 ? (Math.Max(0, length - last), Math.Min(length, last)) : (0, 0);
        return from >= length ? (0, 0) : (from, Math.Min(range.To ?? long.MaxValue, length - 1) - from + 1);
    }

    private static Task SendRangeAsync(HttpContext http, Stream stream, (long From, long Count) range)
    {
        var response = http.Response;
        if (range.Count == 0)
        {
            response.StatusCode = 416;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{stream.Length}");
            return Task.CompletedTask;
        }
        response.StatusCode = 206;
        response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {range.From}-{range.From + range.Count - 1}/{stream.Length}");
        return SendAsync(http, stream, range.From, range.Count);
    }

    private static async Task SendAsync(HttpContext http, Stream stream, long from, long count)
    {
        http.Response.ContentLength = count;
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        stream.Position = from;
        while (count > 0)
        {
            var buffer = http.Response.BodyWriter.GetMemory();
            var read = await stream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, count)], http.RequestAborted);
            if (read == 0)
                throw new EndOfStreamException("the content became shorter while it was sent");
            http.Response.BodyWriter.Advance(read);
            count -= read;
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    }
}
