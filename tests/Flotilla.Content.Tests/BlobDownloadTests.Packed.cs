using System.IO.Compression;
using System.Net.Http.Headers;
using static Flotilla.Content.Tests.BlobServer;

namespace Flotilla.Content.Tests;

/// <summary>What comes packed, and what stands between a download and its server.</summary>
public sealed partial class BlobDownloadTests
{
    private static readonly byte[] text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"kind\":\"Thing\",\"number\":{i * 7919 % 104_729}}}\n")));

    private static byte[] Pack(string coding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (Stream stream = coding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest) : new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private string PartialOf(byte[] bytes) => folder[$"{Digest.Of(bytes).Hex}.partial"];

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_hub_sends_packed_and_after_a_cut_only_the_rest_packed(string coding)
    {
        var first = Pack(coding, text);
        // Cut in the middle of what is packed: what could be unpacked by then is kept.
        await using var server = new BlobServer(
            Answer($"200 OK\nContent-Encoding: {coding}\nContent-Length: {first.Length}", first.AsMemory(0, first.Length / 2)),
            async (stream, cancellation) =>
            {
                var from = (int)new FileInfo(PartialOf(text)).Length;
                Assert.InRange(from, text.Length / 10, text.Length - 1);
                var rest = Pack(coding, text[from..]);
                await Answer($"200 OK\nContent-Encoding: {coding}\nFlotilla-From: {from}\nContent-Length: {rest.Length}", rest)(stream, cancellation);
            });
        var wire = 0;
        var blob = OciDescriptor.Of("application/octet-stream", text);
        await Download(server, o => o with
        {
            Packed = true,
            Retry = AtOnce,
            Received = (count, _) =>
            {
                wire += count;
                return ValueTask.CompletedTask;
            },
        }).FetchAsync(blob, store, Cancellation);

        Assert.Equal(text, (await store.ReadAsync(blob.Digest, Cancellation))!.Value.ToArray());
        Assert.Contains("Accept-Encoding: br, gzip; q=0.8", server.Requests[0]);
        Assert.Contains($"{blob.Digest}?from=", server.Requests[1].Split("\r\n")[0]);
        Assert.All(server.Ranges, range => Assert.Equal("", range));
        Assert.InRange(wire, 1, first.Length * 3 / 2);
    }

    [Fact]
    public async Task A_server_that_does_not_say_that_it_sends_the_rest_sends_all()
    {
        await File.WriteAllBytesAsync(Partial, content[..70_000], Cancellation);
        await using var server = new BlobServer(Answer(whole, content));

        await Download(server, o => o with { Packed = true }).FetchAsync(Described, store, Cancellation);

        Assert.True(await store.ContainsAsync(digest, Cancellation));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_body_that_swells_beyond_what_was_promised_is_cut(string coding)
    {
        var bomb = Pack(coding, new byte[50_000_000]);
        await using var server = new BlobServer(Answer($"200 OK\nContent-Encoding: {coding}\nContent-Length: {bomb.Length}", bomb));

        await FailsAsync(BlobDownloadFailure.WrongAnswer, "goes on after the 200000 bytes", Download(server, o => o with { Packed = true }));
        Assert.Equal(0, new FileInfo(Partial).Length);

        await using var unknown = new BlobServer(Answer($"200 OK\nContent-Encoding: {coding}\nContent-Length: {bomb.Length}", bomb));
        var refusal = await Assert.ThrowsAsync<BlobDownloadException>(
            async () => await Download(unknown, o => o with { Packed = true, MaximumSize = 1000 }).FetchAsync(digest, null, store, Cancellation));
        Assert.Contains("goes on after the 1000 bytes", refusal.Message);
    }

    [Fact]
    public async Task Packed_bytes_that_are_not_what_the_digest_promises_are_thrown_away()
    {
        var wrong = content.ToArray();
        wrong[100_000] ^= 1;
        var packed = Pack("br", wrong);
        await using var server = new BlobServer(Answer($"200 OK\nContent-Encoding: br\nContent-Length: {packed.Length}", packed));

        await FailsAsync(BlobDownloadFailure.WrongContent, $"sent {Digest.Of(wrong)}", Download(server, o => o with { Packed = true }));
        Assert.Equal(0, new FileInfo(Partial).Length);
    }

    [Fact]
    public async Task What_says_that_it_is_packed_and_is_not_is_an_interruption_that_keeps_what_came()
    {
        await File.WriteAllBytesAsync(Partial, content[..70_000], Cancellation);
        await using var server = new BlobServer(Answer("200 OK\nContent-Encoding: gzip\nFlotilla-From: 70000\nContent-Length: 10", new byte[10]));

        await FailsAsync(BlobDownloadFailure.Interrupted, "70000 bytes are kept", Download(server, o => o with { Packed = true }));
        Assert.Equal(70_000, new FileInfo(Partial).Length);
    }

    [Fact]
    public async Task A_refusal_that_tells_how_to_sign_is_answered_once()
    {
        const string Refusal = "401 Unauthorized\nFlotilla-Nonce: fresh\nContent-Length: 0";
        await using var server = new BlobServer(Answer(Refusal), Answer(whole, content), Answer(Refusal), Answer(Refusal));
        string? nonce = null;
        var download = Download(server, o => o with
        {
            Sign = request =>
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", nonce ?? "none");
                return ValueTask.CompletedTask;
            },
            Refused = answer => (nonce = answer.Headers.GetValues("Flotilla-Nonce").Single()) is not null,
        });
        await download.FetchAsync(Described, store, Cancellation);
        Assert.Contains("Bearer none", server.Requests[0]);
        Assert.Contains("Bearer fresh", server.Requests[1]);

        await store.DeleteAsync(digest, Cancellation);
        await FailsAsync(BlobDownloadFailure.Refused, "HTTP 401", download);
    }

    [Fact]
    public async Task When_a_server_wants_to_be_asked_again_is_told()
    {
        await using var server = new BlobServer(Answer("429 Too Many Requests\nRetry-After: 17\nContent-Length: 0"));
        var failure = await Assert.ThrowsAsync<BlobDownloadException>(async () => await Download(server).FetchAsync(Described, store, Cancellation));
        Assert.Equal(TimeSpan.FromSeconds(17), failure.RetryAfter);
    }

    /// <summary>Whoever holds a download back is not taken for a line that stands still.</summary>
    [Fact]
    public async Task A_pause_of_our_own_is_no_standstill()
    {
        await using var server = new BlobServer(Answer(whole, content));
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var download = Download(server, o => o with
        {
            Received = async (_, _) =>
            {
                paused.TrySetResult();
                await goOn.Task;
            },
        }).FetchAsync(Described, store, Cancellation).AsTask();
        await paused.Task.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromHours(1));
        goOn.SetResult();
        await download;
        Assert.True(await store.ContainsAsync(digest, Cancellation));
    }
}
