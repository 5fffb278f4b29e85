using System.Net.Http.Headers;
using Flotilla.TestKit;
using static Flotilla.Content.Tests.BlobServer;

namespace Flotilla.Content.Tests;

public sealed partial class BlobDownloadTests : IDisposable
{
    private static readonly byte[] content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31 >> 3))];
    private static readonly Digest digest = Digest.Of(content);
    private static readonly string whole = $"200 OK\nContent-Type: application/octet-stream\nContent-Length: {content.Length}";

    private readonly TemporaryFolder folder = new();
    private readonly MemoryContentStore store = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ManualTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_blob_is_fetched_signed_and_verified_with_progress()
    {
        await using var server = new BlobServer(Answer(whole, content));
        var progress = new Progress();

        await Download(server, o => o with { Sign = Sign }).FetchAsync(Described, store, Cancellation, progress);

        Assert.Equal(content, (await store.ReadAsync(digest, Cancellation))!.Value.ToArray());
        Assert.StartsWith($"GET /v2/content/blobs/{digest} HTTP/1.1", server.Requests.Single());
        Assert.Contains("Authorization: Bearer token", server.Requests.Single());
        Assert.Equal(new BlobProgress(content.Length, content.Length), progress.Last);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task What_is_in_the_store_is_not_fetched()
    {
        await using var server = new BlobServer();
        await store.WriteAsync(content, Cancellation);

        await Download(server).FetchAsync(Described, store, Cancellation);

        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupted_download_goes_on_where_it_ended(bool onDisk)
    {
        await using var server = new BlobServer(
            Answer(whole, content.AsMemory(0, 70_000)), HangUp, Answer(Rest(70_000), content.AsMemory(70_000, 80_000)), Answer(Rest(150_000), content.AsMemory(150_000)));

        await Download(server, o => o with { Retry = AtOnce, PartialFolder = onDisk ? folder.Path : null }).FetchAsync(Described, store, Cancellation);

        Assert.Equal(content, (await store.ReadAsync(digest, Cancellation))!.Value.ToArray());
        Assert.Equal(["", "bytes=70000-", "bytes=70000-", "bytes=150000-"], server.Ranges);
    }

    [Fact]
    public async Task A_download_goes_on_after_a_restart()
    {
        await using (var first = new BlobServer(Answer(whole, content.AsMemory(0, 70_000))))
            await FailsAsync(BlobDownloadFailure.Interrupted, "70000", Download(first));
        Assert.Equal(70_000, new FileInfo(Partial).Length);

        await using var second = new BlobServer(Answer(Rest(70_000), content.AsMemory(70_000)));
        await Download(second).FetchAsync(Described, store, Cancellation);

        Assert.Equal(["bytes=70000-"], second.Ranges);
        Assert.True(await store.ContainsAsync(digest, Cancellation));
        Assert.False(File.Exists(Partial));
    }

    [Fact]
    public async Task A_server_without_ranges_sends_all_again()
    {
        await File.WriteAllBytesAsync(Partial, content[..70_000], Cancellation);
        await using var server = new BlobServer(Answer(whole, content));

        await Download(server).FetchAsync(Described, store, Cancellation);

        Assert.Equal(content, (await store.ReadAsync(digest, Cancellation))!.Value.ToArray());
    }

    [Fact]
    public async Task What_came_whole_before_a_restart_is_not_asked_for_again()
    {
        await File.WriteAllBytesAsync(Partial, content, Cancellation);
        await using var server = new BlobServer();

        await Download(server).FetchAsync(Described, store, Cancellation);

        Assert.Empty(server.Requests);
        Assert.True(await store.ContainsAsync(digest, Cancellation));
    }

    [Fact]
    public async Task Where_the_size_is_not_known_a_server_with_nothing_more_to_send_ends_the_download()
    {
        await File.WriteAllBytesAsync(Partial, content, Cancellation);
        await using var server = new BlobServer(Answer($"416 Range Not Satisfiable\nContent-Range: bytes */{content.Length}\nContent-Length: 0"));

        await Download(server).FetchAsync(digest, null, store, Cancellation);

        Assert.True(await store.ContainsAsync(digest, Cancellation));
    }

    [Fact]
    public async Task Where_the_size_is_not_known_the_end_of_the_body_is_the_end_of_the_blob()
    {
        await using var server = new BlobServer(Answer("200 OK", content));

        await Download(server).FetchAsync(digest, null, store, Cancellation);

        Assert.True(await store.ContainsAsync(digest, Cancellation));
    }

    [Fact]
    public async Task What_is_longer_than_the_blob_is_thrown_away_and_fetched_anew()
    {
        await File.WriteAllBytesAsync(Partial, new byte[300_000], Cancellation);
        await using var server = new BlobServer(
            Answer($"416 Range Not Satisfiable\nContent-Range: bytes */{content.Length}\nContent-Length: 0"), Answer(whole, content));

        await Download(server, o => o with { Retry = AtOnce }).FetchAsync(digest, null, store, Cancellation);

        Assert.Equal(["bytes=300000-", ""], server.Ranges);
        Assert.True(await store.ContainsAsync(digest, Cancellation));
    }

    [Fact]
    public async Task A_partial_file_that_was_spoilt_is_thrown_away_and_fetched_anew()
    {
        await File.WriteAllBytesAsync(Partial, new byte[70_000], Cancellation);
        await using var server = new BlobServer(Answer(Rest(70_000), content.AsMemory(70_000)), Answer(whole, content));

        await Download(server, o => o with { Retry = AtOnce }).FetchAsync(Described, store, Cancellation);

        Assert.Equal(["bytes=70000-", ""], server.Ranges);
        Assert.True(await store.ContainsAsync(digest, Cancellation));
    }

    public static TheoryData<BlobDownloadFailure, string, string, int> HostileAnswers => new()
    {
        { BlobDownloadFailure.NotTheServer, "sign-in page", "200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: 10", 10 },
        { BlobDownloadFailure.NotTheServer, "https://portal.example/login", "302 Found\nLocation: https://portal.example/login\nContent-Length: 0", 0 },
        { BlobDownloadFailure.NotTheServer, "HTTP 511", "511 Network Authentication Required\nContent-Length: 0", 0 },
        { BlobDownloadFailure.NotFound, "does not have it", "404 Not Found\nContent-Length: 0", 0 },
        { BlobDownloadFailure.Refused, "HTTP 403", "403 Forbidden\nContent-Length: 0", 0 },
        { BlobDownloadFailure.ServerError, "HTTP 503", "503 Service Unavailable\nContent-Length: 0", 0 },
        { BlobDownloadFailure.WrongAnswer, "has 200000 bytes, and the answer speaks of 10", "200 OK\nContent-Length: 10", 10 },
        { BlobDownloadFailure.WrongAnswer, "is encoded (gzip)", "200 OK\nContent-Encoding: gzip\nContent-Length: 200000", 10 },
        { BlobDownloadFailure.WrongAnswer, "bytes from 70000 were asked for, and 'bytes 0-9/200000' came", "206 Partial Content\nContent-Range: bytes 0-9/200000\nContent-Length: 10", 10 },
        { BlobDownloadFailure.WrongAnswer, "and '' came", "206 Partial Content\nContent-Length: 10", 10 },
        { BlobDownloadFailure.WrongAnswer, "the answer speaks of 70010", "206 Partial Content\nContent-Range: bytes 70000-70009/70010\nContent-Length: 10", 10 },
    };

    [Theory, MemberData(nameof(HostileAnswers))]
    public async Task An_answer_that_is_not_what_was_asked_for_costs_nothing_that_came_before(BlobDownloadFailure failure, string message, string head, int body)
    {
        await File.WriteAllBytesAsync(Partial, content[..70_000], Cancellation);
        await using var server = new BlobServer(Answer(head, new byte[body]));

        await FailsAsync(failure, message, Download(server));

        Assert.Equal(70_000, new FileInfo(Partial).Length);
        Assert.False(await store.ContainsAsync(digest, Cancellation));
    }

    [Fact]
    public async Task Wrong_bytes_are_thrown_away()
    {
        var wrong = content.ToArray();
        wrong[100_000] ^= 1;
        await using var server = new BlobServer(Answer(whole, wrong));

        await FailsAsync(BlobDownloadFailure.WrongContent, $"sent {Digest.Of(wrong)} where {digest} was asked for", Download(server));

        Assert.Equal(0, new FileInfo(Partial).Length);
        Assert.False(await store.ContainsAsync(digest, Cancellation));
    }

    [Fact]
    public async Task A_body_without_end_is_cut()
    {
        await using var server = new BlobServer(Answer("200 OK", new byte[2_000_000]));

        await FailsAsync(BlobDownloadFailure.WrongAnswer, "goes on after the 200000 bytes", Download(server));

        await using var unknown = new BlobServer(Answer("200 OK", new byte[2_000_000]));
        var refusal = await Assert.ThrowsAsync<BlobDownloadException>(
            async () => await Download(unknown, o => o with { MaximumSize = 1000 }).FetchAsync(digest, null, store, Cancellation));
        Assert.Contains("goes on after the 1000 bytes", refusal.Message);
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up_and_what_came_is_kept()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new BlobServer(StandStillAfter(whole, content.AsMemory(0, 70_000), reached));
        var received = new Progress { Until = 70_000 };

        var download = Download(server).FetchAsync(Described, store, Cancellation, received).AsTask();
        await reached.Task.WaitAsync(Cancellation);
        await received.Reached.Task.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(download.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        var failure = await Assert.ThrowsAsync<BlobDownloadException>(() => download);
        Assert.Equal(BlobDownloadFailure.Interrupted, failure.Failure);
        Assert.Contains("nothing arrived for 00:01:00; 70000 bytes are kept", failure.Message);
        Assert.Equal(70_000, new FileInfo(Partial).Length);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_interruption()
    {
        Uri address;
        await using (var server = new BlobServer())
            address = server.Address;

        await FailsAsync(BlobDownloadFailure.Interrupted, address.ToString(), new BlobDownload(http, address, "content", new() { Time = time }));
    }

    [Fact]
    public async Task The_caller_decides_how_often_and_how_long_is_waited()
    {
        await using var server = new BlobServer(Busy, Answer(whole, content.AsMemory(0, 10)), Busy, Busy);
        var failures = new List<int>();

        await FailsAsync(BlobDownloadFailure.ServerError, "HTTP 503", Download(server, o => o with
        {
            Retry = (count, _) =>
            {
                failures.Add(count);
                return count < 3 ? TimeSpan.Zero : null;
            },
        }));

        // What arrived in between starts the count again.
        Assert.Equal([1, 1, 2, 3], failures);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so_and_not_of_an_interruption()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new BlobServer(StandStillAfter(whole, content.AsMemory(0, 10), reached));
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var download = Download(server).FetchAsync(Described, store, giveUp.Token).AsTask();
        await reached.Task.WaitAsync(Cancellation);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
    }

    private static OciDescriptor Described => OciDescriptor.Of("application/octet-stream", content);

    private string Partial => folder[$"{digest.Hex}.partial"];

    private static string Rest(int from) =>
        $"206 Partial Content\nContent-Range: bytes {from}-{content.Length - 1}/{content.Length}\nContent-Length: {content.Length - from}";

    private static TimeSpan? AtOnce(int failures, BlobDownloadException failure) => TimeSpan.Zero;

    private static ValueTask Sign(HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token");
        return ValueTask.CompletedTask;
    }

    private BlobDownload Download(BlobServer server, Func<BlobDownloadOptions, BlobDownloadOptions>? with = null)
    {
        var options = new BlobDownloadOptions { PartialFolder = folder.Path, Time = time };
        return new BlobDownload(http, server.Address, "content", with?.Invoke(options) ?? options);
    }

    private async Task FailsAsync(BlobDownloadFailure failure, string message, BlobDownload download)
    {
        var exception = await Assert.ThrowsAsync<BlobDownloadException>(async () => await download.FetchAsync(Described, store, Cancellation));
        Assert.Equal(failure, exception.Failure);
        Assert.Contains(message, exception.Message);
    }

    private sealed class Progress : IProgress<BlobProgress>
    {
        public long Until { get; init; } = long.MaxValue;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BlobProgress Last { get; private set; }

        public void Report(BlobProgress value)
        {
            Last = value;
            if (value.Received >= Until)
                Reached.TrySetResult();
        }
    }
}
