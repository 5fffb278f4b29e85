using System.Net;
using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Sync;

namespace Flotilla.Hub.Tests.Gateway;

/// <summary>More syncs at a time than the hub takes on.</summary>
public sealed class OverloadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly SyncRequest Quiet = new() { Journal = "a", Agent = "test", KeySet = 1 };

    [Fact]
    public async Task Whoever_comes_when_there_is_too_much_to_do_is_told_to_come_later_and_is_served_then()
    {
        await using var ground = await GatewayGround.StartAsync(mostSyncs: 2);
        var site = await ground.EnrolAsync();
        await ground.SyncAsync(site, Quiet);
        // A ledger that takes its time over what one of them says; the other waits for that.
        using var leave = new ManualResetEventSlim();
        using var slowly = ground.Ledger.Subscribe(_ => leave.Wait(Cancellation));
        var slow = Enumerable.Range(1, 2).Select(i => Task.Factory.StartNew(
            () => ground.SyncAsync(site, Quiet with { Agent = $"test {i}" }), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
        while (ground.Gateway.Numbers.UnderWay < 2)
            await Task.Yield();

        var waits = new HashSet<TimeSpan>();
        for (var i = 0; i < 100; i++)
        {
            using var refused = await SendAsync(ground, site, Quiet);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            var wait = refused.Headers.RetryAfter!.Delta!.Value;
            Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
            waits.Add(wait);
        }
        Assert.True(waits.Count > 5, $"all of them are told to come back after {string.Join(", ", waits)}");
        Assert.Equal(100, ground.Gateway.Numbers.Refused);

        leave.Set();
        await Task.WhenAll(slow);
        Assert.Equal(0, ground.Gateway.Numbers.UnderWay);
        await ground.SyncAsync(site, Quiet);
    }

    [Fact]
    public async Task Held_syncs_are_no_work()
    {
        await using var ground = await GatewayGround.StartAsync(mostSyncs: 1);
        var held = new List<Task<SyncResponse>>();
        for (var i = 0; i < 20; i++)
        {
            var site = await ground.EnrolAsync(new("retail", $"store-{i}"));
            await ground.SyncAsync(site, Quiet);
            held.Add(ground.SyncAsync(site, Quiet with { HoldSeconds = 100 }));
            while (ground.Gateway.Numbers.Held <= i)
                await Task.Yield();
        }
        ground.Time.Advance(TimeSpan.FromSeconds(101));
        await Task.WhenAll(held);
        Assert.Equal(0, ground.Gateway.Numbers.Refused);
    }

    private static Task<HttpResponseMessage> SendAsync(GatewayGround ground, TestSite site, SyncRequest request)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.SyncRequest);
        return ground.SendAsync(HttpMethod.Post, "/v1/sync", ground.Token(site, "POST", "/v1/sync", body), body);
    }
}
