using System.IO.Compression;
using System.Net;
using System.Text;
using Flotilla.Api.Releases;
using Flotilla.Content;

namespace Flotilla.Hub.Tests.Gateway;

public sealed class ContentTests : IAsyncLifetime
{
    private static readonly byte[] Objects = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"kind\":\"Whatever\"}\n", 500)));
    private GatewayGround ground = null!;
    private TestSite site = null!;
    private Digest release, blob, other;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ground = await GatewayGround.StartAsync();
        site = await ground.EnrolAsync();
        blob = await ground.Content.WriteAsync(Objects, Cancellation);
        other = await ground.Content.WriteAsync("another site's"u8.ToArray(), Cancellation);
        var config = "{}"u8.ToArray();
        await ground.Content.WriteAsync(config, Cancellation);
        release = await ground.Content.WriteAsync(
            new OciManifest
            {
                ArtifactType = ReleaseMediaTypes.Release,
                Config = OciDescriptor.Of(ReleaseMediaTypes.Release, config),
                Layers = [OciDescriptor.Of(ReleaseMediaTypes.Objects, Objects)],
            }.ToBytes(),
            Cancellation);
    }

    public ValueTask DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task A_site_gets_what_its_target_is_made_of_and_nothing_else()
    {
        using (var early = await GetAsync("blobs", blob))
            Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
        await ground.SetTargetAsync(site.Name, 1, release.ToString());

        using (var manifest = await GetAsync("manifests", release))
        {
            Assert.Equal(OciManifest.ManifestMediaType, manifest.Content.Headers.ContentType!.MediaType);
            Assert.Equal(release, Digest.Of(await manifest.Content.ReadAsByteArrayAsync(Cancellation)));
        }
        using (var got = await GetAsync("blobs", blob))
        {
            Assert.Equal($"\"{blob}\"", got.Headers.ETag!.Tag);
            Assert.Equal(Objects, await got.Content.ReadAsByteArrayAsync(Cancellation));
        }
        foreach (var (what, digest) in (ValueTuple<string, Digest>[])[("blobs", other), ("blobs", Digest.Of("nowhere"u8)), ("manifests", other)])
        {
            using var refused = await GetAsync(what, digest);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }

        await ground.SetTargetAsync(site.Name, 2);
        using var late = await GetAsync("blobs", blob);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, 0, 1)]
    [InlineData("bytes=100-", 206, 100, 9900)]
    [InlineData("bytes=9990-20000", 206, 9990, 10)]
    [InlineData("bytes=-5", 206, 9995, 5)]
    [InlineData("bytes=-20000", 206, 0, 10000)]
    [InlineData("bytes=10000-", 416, 0, 0)]
    [InlineData("bytes=-0", 416, 0, 0)]
    [InlineData("bytes=0-1,5-6", 200, 0, 10000)]
    [InlineData("lines=0-1", 200, 0, 10000)]
    [InlineData("nonsense", 200, 0, 10000)]
    public async Task Parts_are_served(string range, int code, int from, int count)
    {
        Assert.Equal(10_000, Objects.Length);
        await ground.SetTargetAsync(site.Name, 1, release.ToString());
        using var answer = await GetAsync("blobs", blob, r => r.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(code, (int)answer.StatusCode);
        if (code == 416)
        {
            Assert.Equal("bytes */10000", answer.Content.Headers.ContentRange!.ToString());
            return;
        }
        Assert.Equal(Objects[from..(from + count)], await answer.Content.ReadAsByteArrayAsync(Cancellation));
        if (code == 206)
            Assert.Equal($"bytes {from}-{from + count - 1}/10000", answer.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task What_is_known_is_not_sent_again_and_a_head_has_no_body()
    {
        await ground.SetTargetAsync(site.Name, 1, release.ToString());
        using var known = await GetAsync("blobs", blob, r => r.Headers.TryAddWithoutValidation("If-None-Match", $"W/\"{blob}\""));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);

        using var changed = await GetAsync("blobs", blob, r =>
        {
            r.Headers.TryAddWithoutValidation("Range", "bytes=5-");
            r.Headers.TryAddWithoutValidation("If-Range", $"\"{other}\"");
        });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        var path = $"/v2/content/blobs/{blob}";
        using var head = await ground.SendAsync(HttpMethod.Head, path, ground.Token(site, "HEAD", path, []));
        Assert.Equal(Objects.Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Whoever_takes_gzip_gets_it()
    {
        await ground.SetTargetAsync(site.Name, 1, release.ToString());
        using var answer = await GetAsync("blobs", blob, r => r.Headers.AcceptEncoding.Add(new("gzip")));
        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        Assert.True(answer.Headers.ETag!.IsWeak);
        var packed = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.InRange(packed.Length, 1, 500);
        await using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        Assert.Equal(blob, await Digest.OfAsync(unpacked, Cancellation));
        using var plain = await GetAsync("blobs", blob, r => r.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip;q=0"));
        Assert.Empty(plain.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("", 0, 10_000, true)]
    [InlineData("?from=4000", 4000, 6000, true)]
    [InlineData("?from=9990", 9990, 10, false)]
    [InlineData("?from=10000", 10_000, 0, false)]
    [InlineData("?from=10001", 0, 10_000, true)]
    [InlineData("?from=-1", 0, 10_000, true)]
    [InlineData("?from=x", 0, 10_000, true)]
    public async Task The_rest_of_a_blob_is_packed_like_the_whole(string query, int from, int count, bool isPacked)
    {
        await ground.SetTargetAsync(site.Name, 1, release.ToString());
        // The second time it may be one that was kept.
        for (var i = 0; i < 2; i++)
        {
            var path = $"/v2/content/blobs/{blob}{query}";
            using var answer = await ground.SendAsync(HttpMethod.Get, path, ground.Token(site, "GET", path, []), change: r => r.Headers.TryAddWithoutValidation("Accept-Encoding", "br, gzip;q=0.8"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(from > 0 ? $"{from}" : null, answer.Headers.TryGetValues(BlobDownload.FromHeader, out var told) ? told.Single() : null);
            // A cache must not take the rest for the whole.
            Assert.Equal(from > 0 ? null : $"W/\"{blob}\"", answer.Headers.ETag?.ToString());
            Assert.Equal(isPacked ? ["br"] : [], answer.Content.Headers.ContentEncoding);
            await using var sent = await answer.Content.ReadAsStreamAsync(Cancellation);
            await using var unpacked = isPacked ? new BrotliStream(sent, CompressionMode.Decompress) : sent;
            using var got = new MemoryStream();
            await unpacked.CopyToAsync(got, Cancellation);
            Assert.Equal(Objects[from..(from + count)], got.ToArray());
        }
    }

    [Fact]
    public async Task People_who_may_see_stacks_everywhere_see_content()
    {
        var path = $"/v2/content/blobs/{other}";
        using var answer = await ground.SendAsync(HttpMethod.Get, path, ground.AdminToken);
        Assert.Equal("another site's", await GatewayGround.TextAsync(answer));
        await ground.AllowAliceAsync("get", "stacks");
        using var refused = await ground.SendAsync(HttpMethod.Get, path, "alice-token");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Content_is_uploaded_by_who_may_create_components()
    {
        using (var refused = await ground.SendAsync(HttpMethod.Post, "/v1/namespaces/retail/content", "alice-token", Objects))
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await ground.AllowAliceAsync("create", "components");
        ground.Time.Advance(TimeSpan.FromSeconds(11));
        var body = "kind: Namespace"u8.ToArray();
        for (var again = 0; again < 2; again++)
        {
            using var answer = await ground.SendAsync(HttpMethod.Post, "/v1/namespaces/retail/content", "alice-token", body);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            var stored = await GatewayGround.JsonAsync(answer);
            Assert.Equal((Digest.Of(body).ToString(), 15L), (stored["digest"]!.GetValue<string>(), stored["size"]!.GetValue<long>()));
        }
        Assert.True(await ground.Content.ContainsAsync(Digest.Of(body), Cancellation));
        using var elsewhere = await ground.SendAsync(HttpMethod.Post, "/v1/namespaces/other/content", "alice-token", body);
        Assert.Equal(HttpStatusCode.Forbidden, elsewhere.StatusCode);
        using var large = await ground.SendAsync(HttpMethod.Post, "/v1/namespaces/retail/content", "alice-token", new byte[32 * 1024 * 1024 + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    private Task<HttpResponseMessage> GetAsync(string what, Digest digest, Action<HttpRequestMessage>? change = null)
    {
        var path = $"/v2/content/{what}/{digest}";
        return ground.SendAsync(HttpMethod.Get, path, ground.Token(site, "GET", path, []), change: change);
    }
}
