using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;

namespace Flotilla.Hub.Tests.Gateway;

public sealed class SyncTests : IAsyncLifetime
{
    private GatewayGround ground = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => ground = await GatewayGround.StartAsync();

    public ValueTask DisposeAsync() => ground.DisposeAsync();

    private SyncRequest Idle => new() { Journal = "a", Agent = "test", KeySet = 1, HoldSeconds = 240 };

    private JournalEntry Entry(long number) => new() { Number = number, Time = ground.Time.GetUtcNow(), Event = JournalEvent.AgentStarted };

    [Fact]
    public async Task What_a_site_says_is_stored_and_it_gets_what_is_new()
    {
        var site = await ground.EnrolAsync();
        await ground.SetTargetAsync(site.Name, 1);
        var response = await ground.SyncAsync(site, Idle with { KeySet = 0, Entries = [Entry(1), Entry(2)], Report = new() { Healthy = true }, ReportDigest = "sha256:r" });

        Assert.Equal((2, "sha256:r", ground.Time.GetUtcNow()), (response.Acknowledged, response.ReportDigest, response.Now));
        var set = KeySet.Verify(DsseEnvelope.Parse(response.KeySet!.Value), ground.Keys.Root, ground.Keys.Hub);
        var payload = DsseEnvelope.Parse(response.Envelope!.Value).Verify(DesiredState.PayloadType, set);
        var state = JsonSerializer.Deserialize(payload, ApiJson.Default.DesiredState)!;
        Assert.Equal((ground.Keys.Hub, "retail/store-1", 1L, 1L), (state.Hub, state.Site, state.Epoch, state.Sequence));
        Assert.Equal(2, (await ground.Ledger.JournalAsync(site.Name, 0, 10, Cancellation)).Count);
        Assert.True((await ground.Ledger.ReportAsync(site.Name, Cancellation))!.Healthy);
    }

    [Fact]
    public async Task An_entry_that_stands_for_several_goes_on_behind_the_last_of_them_and_may_reach_back()
    {
        var site = await ground.EnrolAsync();
        var gap = Entry(40) with { First = 3, Event = JournalEvent.JournalCompacted, Reason = Reasons.DiskShort, Message = "38 entries were left out" };
        Assert.Equal(2, (await ground.SyncAsync(site, Idle with { Entries = [Entry(1), Entry(2)] })).Acknowledged);
        // One that begins later than the next would hide what is missing.
        Assert.Equal(2, (await ground.SyncAsync(site, Idle with { Entries = [gap with { First = 4 }, Entry(41)] })).Acknowledged);
        Assert.Equal(41, (await ground.SyncAsync(site, Idle with { Entries = [gap, Entry(41)] })).Acknowledged);
        // The same again, and one that stands for some that are here already: nothing is doubled, and it goes on.
        Assert.Equal(41, (await ground.SyncAsync(site, Idle with { Entries = [gap, Entry(41)] })).Acknowledged);
        Assert.Equal(60, (await ground.SyncAsync(site, Idle with { Entries = [gap with { First = 30, Number = 60 }] })).Acknowledged);
        var stored = await ground.Ledger.JournalAsync(site.Name, 0, 100, Cancellation);
        Assert.Equal([1L, 2, 40, 41, 60], stored.Select(e => e.Entry.Number));
        Assert.Equal((3L, Reasons.DiskShort), (stored[2].Entry.First, stored[2].Entry.Reason));
    }

    [Fact]
    public async Task What_a_sites_journal_lacks_is_among_what_is_known_of_it()
    {
        var site = await ground.EnrolAsync();
        var lacks = new JournalGap(38, ground.Time.GetUtcNow().AddDays(-3), ground.Time.GetUtcNow());
        await ground.SyncAsync(site, Idle with { Report = new() { Gap = lacks }, ReportDigest = "sha256:gap" });
        Assert.Equal(lacks, (await ground.Ledger.FactsAsync(site.Name, Cancellation))!.Gap);
    }

    [Fact]
    public async Task A_held_sync_ends_when_there_is_a_new_target()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0 });
        var sync = ground.SyncAsync(site, Idle);
        Assert.False(sync.IsCompleted);
        Assert.Equal((1, 0), (ground.Gateway.Numbers.Held, ground.Gateway.Numbers.UnderWay));
        await ground.SetTargetAsync(site.Name, 1);
        Assert.NotNull((await sync).Envelope);
        Assert.Equal((0, 0), (ground.Gateway.Numbers.Held, ground.Gateway.Numbers.UnderWay));
    }

    [Fact]
    public async Task A_held_sync_ends_with_its_time_and_never_lasts_longer_than_five_minutes()
    {
        var site = await ground.EnrolAsync();
        var other = await ground.EnrolAsync(new("retail", "store-2"));
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0 });
        await ground.SyncAsync(other, Idle with { HoldSeconds = 0 });
        var (shorter, longest) = (ground.SyncAsync(site, Idle with { HoldSeconds = 30 }), ground.SyncAsync(other, Idle with { HoldSeconds = 100_000 }));
        ground.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(shorter.IsCompleted);
        ground.Time.Advance(TimeSpan.FromSeconds(2));
        var response = await shorter;
        Assert.Null(response.Envelope);
        Assert.Equal(ground.Time.GetUtcNow(), response.Now, TimeSpan.FromSeconds(2));
        Assert.False(longest.IsCompleted);
        ground.Time.Advance(TimeSpan.FromSeconds(270));
        await longest;
    }

    [Fact]
    public async Task Another_sites_target_wakes_nobody()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0 });
        var sync = ground.SyncAsync(site, Idle);
        await ground.SetTargetAsync(new("retail", "store-2"), 1);
        Assert.False(sync.IsCompleted);
        Assert.Equal(1, ground.Gateway.Numbers.Held);
        await ground.SetTargetAsync(site.Name, 1);
        await sync;
    }

    [Fact]
    public async Task Whoever_sends_something_or_wants_no_hold_is_answered_at_once()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle with { Entries = [Entry(1)] });
        await ground.SyncAsync(site, Idle with { Report = new(), ReportDigest = "d" });
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0, ReportDigest = "d" });
        Assert.Equal("d", (await ground.SyncAsync(site, Idle with { ReportDigest = "unknown" })).ReportDigest);
        Assert.NotNull((await ground.SyncAsync(site, Idle with { ReportDigest = "d", KeySet = 0 })).KeySet);
    }

    [Fact]
    public async Task A_newer_sync_of_a_site_takes_the_place_of_the_one_that_is_held()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0 });
        var first = ground.SyncAsync(site, Idle);
        var second = ground.SyncAsync(site, Idle);
        Assert.Null((await first).Envelope);
        Assert.False(second.IsCompleted);
        await ground.SetTargetAsync(site.Name, 1);
        Assert.NotNull((await second).Envelope);
    }

    [Fact]
    public async Task Held_syncs_are_answered_when_the_gateway_stops()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0 });
        var sync = ground.SyncAsync(site, Idle);
        await ground.Gateway.DisposeAsync();
        Assert.Null((await sync).Envelope);
        await Assert.ThrowsAsync<HttpRequestException>(() => ground.SyncAsync(site, Idle));
    }

    [Fact]
    public async Task A_site_that_hangs_up_leaves_nothing_behind()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0 });
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var sync = ground.SyncAsync(site, Idle, hangUp.Token);
        Assert.Equal(1, ground.Gateway.Numbers.Held);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sync);
        var again = ground.SyncAsync(site, Idle);
        await ground.SetTargetAsync(site.Name, 1);
        await again;
        // The hub hears of a hang-up a moment after the site's side is done with it.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (ground.Gateway.Numbers.Held > 0 && !patience.IsCancellationRequested)
            await Task.Yield();
        Assert.Equal(0, ground.Gateway.Numbers.Held);
    }

    [Fact]
    public async Task A_removed_site_is_turned_away_also_from_where_it_waits()
    {
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Idle with { HoldSeconds = 0 });
        var body = JsonSerializer.SerializeToUtf8Bytes(Idle, ApiJson.Default.SyncRequest);
        var sync = ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body), body);
        Assert.False(sync.IsCompleted);
        await ground.Ledger.RemoveAsync(site.Name, Cancellation);
        using var answer = await sync;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Bodies_may_be_packed_both_ways()
    {
        var site = await ground.EnrolAsync();
        await ground.SetTargetAsync(site.Name, 1);
        var plain = JsonSerializer.SerializeToUtf8Bytes(Idle with { Entries = [Entry(1)], KeySet = 0 }, ApiJson.Default.SyncRequest);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(plain, Cancellation);
        var body = packed.ToArray();
        using var answer = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body), body, request =>
        {
            request.Content!.Headers.ContentEncoding.Add("gzip");
            request.Headers.AcceptEncoding.Add(new("gzip"));
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(Cancellation), CompressionMode.Decompress);
        var response = await JsonSerializer.DeserializeAsync(unpacked, ApiJson.Default.SyncResponse, Cancellation);
        Assert.Equal(1, response!.Acknowledged);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"epoch":-1}""", 400)]
    [InlineData("""{"entries":[{"number":1,"time":"2026-01-01T00:00:00Z","event":"Pruned"}]}""", 400)]
    [InlineData("""{"report":{}}""", 400)]
    [InlineData("""{"unknown":true}""", 200)]
    public async Task A_body_that_is_no_sync_request_is_refused(string text, int code)
    {
        var site = await ground.EnrolAsync();
        var body = System.Text.Encoding.UTF8.GetBytes(text);
        using var answer = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body), body);
        Assert.Equal(code, (int)answer.StatusCode);
        if (code != 200)
            Assert.Equal("Status", (await GatewayGround.JsonAsync(answer))["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_explodes_is_refused()
    {
        var site = await ground.EnrolAsync();
        var large = new byte[4 * 1024 * 1024 + 1];
        using var refused = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", large), large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);

        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await gzip.WriteAsync(large, Cancellation);
        var bomb = packed.ToArray();
        using var answer = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", bomb), bomb, r => r.Content!.Headers.ContentEncoding.Add("gzip"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData(-4, true)]
    [InlineData(4, true)]
    [InlineData(-7, false)]
    [InlineData(7, false)]
    public async Task A_clock_that_is_wrong_needs_a_nonce_of_the_hub(int minutes, bool tolerated)
    {
        var site = await ground.EnrolAsync();
        var body = JsonSerializer.SerializeToUtf8Bytes(Idle with { HoldSeconds = 0 }, ApiJson.Default.SyncRequest);
        var ahead = TimeSpan.FromMinutes(minutes);
        using var first = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body, ahead: ahead), body);
        Assert.Equal(tolerated ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, first.StatusCode);
        if (tolerated)
            return;
        var nonce = Assert.Single(first.Headers.GetValues("Flotilla-Nonce"));
        Assert.Equal(ground.Time.GetUtcNow(), DateTimeOffset.Parse(Assert.Single(first.Headers.GetValues("Flotilla-Time")), null));
        using var second = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body, ahead: ahead, nonce: nonce), body);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);

        ground.Time.Advance(TimeSpan.FromMinutes(6));
        using var stale = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body, ahead: ahead, nonce: nonce), body);
        Assert.Equal(HttpStatusCode.Unauthorized, stale.StatusCode);
        foreach (var invented in (string[])["", "x", new string('A', 32), new string('!', 32), nonce[..31] + (nonce[31] == 'A' ? 'B' : 'A')])
        {
            using var refused = await ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body, ahead: ahead, nonce: invented), body);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }
}
