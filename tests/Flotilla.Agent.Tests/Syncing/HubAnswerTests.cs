using System.IO.Compression;
using System.Net;
using System.Text;
using Flotilla.Agent.State;
using Flotilla.Agent.Syncing;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;
using Flotilla.Simulation.Time;

namespace Flotilla.Agent.Tests.Syncing;

/// <summary>Whoever answers instead of the hub is named for what it is, and costs neither memory nor patience without end.</summary>
public sealed class HubAnswerTests : IDisposable
{
    private const string Page = "<html><body>Welcome aboard! <a href=\"/login\">Sign in</a></body></html>";
    private readonly SimulatedTime time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly SigningKey signing = SigningKey.Create();
    private readonly SealingKey sealing = SealingKey.Create();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, string?, string, string?> Answers => new()
    {
        // what, status, media type, body, reason
        { "a page", 200, "text/html", Page, Reasons.CaptivePortal },
        { "a page that says it is JSON", 200, "application/json", Page, Reasons.CaptivePortal },
        { "a page after a byte order mark", 200, "application/json", "\uFEFF \n<!doctype html>", Reasons.CaptivePortal },
        { "a page without a media type", 200, null, Page, Reasons.CaptivePortal },
        { "a page of XHTML that refuses", 403, "application/xhtml+xml", "<?xml version=\"1.0\"?>", Reasons.CaptivePortal },
        { "a page that was not found", 404, "text/html", Page, Reasons.CaptivePortal },
        { "a redirection", 302, null, "", Reasons.CaptivePortal },
        { "a redirection for good with JSON", 308, "application/json", "{}", Reasons.CaptivePortal },
        { "what RFC 6585 has for it", 511, "text/html", Page, Reasons.CaptivePortal },
        { "a proxy before a hub that is gone", 502, "text/html", "<html>Bad Gateway</html>", Reasons.HubFailing },
        { "other JSON", 200, "application/json", "{\"status\":\"ok\"}", Reasons.NotTheHub },
        { "JSON that is cut", 200, "application/json", "{\"acknowledged\": [", Reasons.NotTheHub },
        { "text", 200, "text/plain", "OK", Reasons.NotTheHub },
        { "JSON that does not say so", 200, "text/plain", "{\"acknowledged\":0,\"now\":\"2026-01-01T00:00:00Z\"}", Reasons.NotTheHub },
        { "nothing", 200, null, "", Reasons.NotTheHub },
        { "a hub that fails", 500, "application/json", "{\"kind\":\"Status\",\"code\":500,\"message\":\"broken\"}", Reasons.HubFailing },
        { "a hub that refuses", 403, "application/json", "{\"kind\":\"Status\",\"code\":403,\"message\":\"gone\"}", Reasons.Revoked },
        { "a proxy that wants a password", 407, "text/plain", "", Reasons.HubUnreachable },
        { "the hub", 200, "application/json", "{\"acknowledged\":0,\"now\":\"2026-01-01T00:00:00Z\"}", null },
        { "the hub, with its character set", 200, "application/json; charset=utf-8", "{\"acknowledged\":0,\"now\":\"2026-01-01T00:00:00Z\"}", null },
    };

    public void Dispose()
    {
        signing.Dispose();
        sealing.Dispose();
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Each_is_named(string what, int status, string? media, string body, string? reason)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = Content(Encoding.UTF8.GetBytes(body), media) };
        if (status is 302 or 308)
            answer.Headers.Location = new Uri("https://portal.example.com/login?mac=00:11");
        var failure = await FailureAsync(answer);
        Assert.True(failure?.Reason == reason, $"{what}: {failure?.Reason} ({failure?.Message})");
        // What strangers wrote is not passed on.
        Assert.DoesNotContain("Welcome", failure?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_that_swells_is_cut_before_it_is_in_memory(string coding)
    {
        var bomb = Bomb(coding, 200 * 1024 * 1024);
        Assert.True(bomb.Length < 4_000_000, $"{bomb.Length} bytes");
        var content = Content(bomb, "application/json");
        content.Headers.ContentEncoding.Add(coding);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var failure = await FailureAsync(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        Assert.Equal(Reasons.NotTheHub, failure!.Reason);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 * 1024 * 1024);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    public async Task A_coding_that_was_not_asked_for_is_not_tried(string codings)
    {
        var content = Content("{}"u8.ToArray(), "application/json");
        foreach (var coding in codings.Split(", "))
            content.Headers.ContentEncoding.Add(coding);
        Assert.Equal(Reasons.NotTheHub, (await FailureAsync(new HttpResponseMessage(HttpStatusCode.OK) { Content = content }))!.Reason);
    }

    [Fact]
    public async Task What_says_that_it_is_packed_and_is_not_is_no_hub()
    {
        var content = Content("{\"acknowledged\":0}"u8.ToArray(), "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        Assert.Equal(Reasons.NotTheHub, (await FailureAsync(new HttpResponseMessage(HttpStatusCode.OK) { Content = content }))!.Reason);
    }

    [Fact]
    public async Task Packed_answers_of_the_hub_are_read()
    {
        var content = Content(Packed("br", stream => stream.Write("{\"acknowledged\":7,\"now\":\"2026-01-01T00:00:00Z\"}"u8)), "application/json");
        content.Headers.ContentEncoding.Add("br");
        Assert.Null(await FailureAsync(new HttpResponseMessage(HttpStatusCode.OK) { Content = content }));
    }

    [Theory]
    // A byte before each time at which nothing would be a standstill: without a least rate this goes on for years.
    [InlineData(50, 1)]
    [InlineData(5, 100)]
    public async Task Who_sends_drop_by_drop_is_given_up_after_minutes(int everySeconds, int bytes)
    {
        var begun = time.GetUtcNow();
        var failure = await FailureAsync(Drop(new DroppingStream(time, TimeSpan.FromSeconds(everySeconds), bytes)));
        Assert.Equal(Reasons.HubUnreachable, failure!.Reason);
        Assert.Contains("32 bytes a second", failure.Message, StringComparison.Ordinal);
        Assert.InRange(time.GetUtcNow() - begun, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task A_slow_line_that_goes_on_is_not_given_up()
    {
        // 1,200 bit/s for a body of 60 KB: seven minutes.
        var body = Encoding.UTF8.GetBytes($"{{\"acknowledged\":7,\"now\":\"2026-01-01T00:00:00Z\"}}{new string(' ', 60_000)}");
        var begun = time.GetUtcNow();
        Assert.Null(await FailureAsync(Drop(new DroppingStream(time, TimeSpan.FromSeconds(1), 150, body))));
        Assert.InRange(time.GetUtcNow() - begun, TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(8));
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up_after_a_minute()
    {
        var failure = await FailureAsync(Drop(new DroppingStream(time, TimeSpan.FromDays(1), 1)));
        Assert.Equal(Reasons.HubUnreachable, failure!.Reason);
        Assert.Contains("nothing arrived for 00:01:00", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(240, 300)]
    public async Task A_connection_that_is_half_open_is_given_up_a_minute_after_the_hub_would_have_answered(int hold, int seconds)
    {
        var begun = time.GetUtcNow();
        var failure = await FailureAsync(cancellation => Task.Delay(Timeout.InfiniteTimeSpan, cancellation).ContinueWith<HttpResponseMessage>(
            static t => throw new OperationCanceledException(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default), hold);
        Assert.Equal(Reasons.HubUnreachable, failure!.Reason);
        Assert.InRange(time.GetUtcNow() - begun, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds + 10));
    }

    [Fact]
    public async Task Retry_After_is_read_as_seconds_and_as_a_date()
    {
        var answer = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Content = Content("{}"u8.ToArray(), "application/json") };
        answer.Headers.Add("Retry-After", "17");
        Assert.Equal(TimeSpan.FromSeconds(17), (await FailureAsync(answer))!.RetryAfter);

        answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = Content(Encoding.UTF8.GetBytes(Page), "text/html") };
        answer.Headers.Add("Retry-After", "Thu, 01 Jan 2026 00:00:40 GMT");
        var failure = await FailureAsync(answer);
        Assert.Equal(TimeSpan.FromSeconds(40), failure!.RetryAfter);

        // All who were told the same come back spread out, and none before.
        var pauses = Enumerable.Range(0, 200).Select(seed => new Backoff(seed).After(failure)).ToList();
        Assert.All(pauses, p => Assert.InRange(p, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(50)));
        Assert.True(pauses.Max() - pauses.Min() > TimeSpan.FromSeconds(8));
        // A year is nothing that a hub means.
        Assert.InRange(new Backoff(1).After(new SyncFailure(Reasons.HubFailing, "", TimeSpan.FromDays(365))), Backoff.Longest / 2, Backoff.Longest);
    }

    private Task<SyncFailure?> FailureAsync(HttpResponseMessage answer) => FailureAsync(_ => Task.FromResult(answer), 0);

    private async Task<SyncFailure?> FailureAsync(Func<CancellationToken, Task<HttpResponseMessage>> answer, int hold)
    {
        using var http = new HttpMessageInvoker(new Answering(answer));
        var site = new SiteIdentity("retail/store-1", "hub-a", default, "") { SigningKey = signing, SealingKey = sealing };
        var requests = new HubRequests(http, new Uri("https://hub.example.com"), time);
        var asking = Task.Run(() => requests.SyncAsync(site, new SyncRequest { HoldSeconds = hold }, Cancelled), Cancelled);
        if (!await time.RunUntilAsync(() => asking.IsCompleted, TimeSpan.FromHours(1), Cancelled))
            Assert.Fail("it still waits after an hour");
        try
        {
            await asking;
            return null;
        }
        catch (SyncFailure failure)
        {
            return failure;
        }
    }

    private static HttpResponseMessage Drop(Stream body)
    {
        var content = new StreamContent(body);
        content.Headers.ContentType = new("application/json");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    private static ByteArrayContent Content(byte[] body, string? media)
    {
        var content = new ByteArrayContent(body);
        if (media is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", media);
        return content;
    }

    private static byte[] Bomb(string coding, int size)
    {
        var zeros = new byte[64 * 1024];
        return Packed(coding, stream =>
        {
            for (var left = size; left > 0; left -= zeros.Length)
                stream.Write(zeros);
        });
    }

    private static byte[] Packed(string coding, Action<Stream> write)
    {
        using var packed = new MemoryStream();
        using (Stream stream = coding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest) : new GZipStream(packed, CompressionLevel.Fastest))
            write(stream);
        return packed.ToArray();
    }

    private sealed class Answering(Func<CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(cancellationToken);
    }
}
