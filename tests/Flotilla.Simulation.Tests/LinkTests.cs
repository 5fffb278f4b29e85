using System.Net;
using Flotilla.Simulation.Links;
using Flotilla.Simulation.Time;

namespace Flotilla.Simulation.Tests;

public sealed class LinkTests
{
    private readonly SimulatedTime time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cut_line_breaks_what_is_under_way_and_refuses_what_comes_after_until_it_is_mended()
    {
        using var link = new SimulatedLink(new Hub(hold: TimeSpan.FromMinutes(4), time), time);
        using var site = new HttpClient(link);
        var held = site.GetAsync(new Uri("http://hub/v1/sync"), Cancelled);

        link.Cut();

        await Assert.ThrowsAsync<HttpRequestException>(() => held);
        await Assert.ThrowsAsync<HttpRequestException>(() => site.GetAsync(new Uri("http://hub/"), Cancelled));
        link.Mend();
        var again = site.GetAsync(new Uri("http://hub/"), Cancelled);
        await time.PassAsync(TimeSpan.FromMinutes(5), Cancelled);
        Assert.Equal(HttpStatusCode.OK, (await again).StatusCode);
    }

    [Fact]
    public async Task A_slow_line_takes_its_time_both_ways_and_counts_what_it_carries()
    {
        using var link = new SimulatedLink(new Hub(TimeSpan.Zero, time), time) { Latency = TimeSpan.FromSeconds(1), Bandwidth = 8_000 };
        using var site = new HttpClient(link);
        var begun = time.GetUtcNow();
        DateTimeOffset? ended = null;
        var answer = Task.Run(async () =>
        {
            await site.PostAsync(new Uri("http://hub/"), new ByteArrayContent(new byte[2_000]), Cancelled);
            ended = time.GetUtcNow();
        }, Cancelled);

        await time.PassAsync(TimeSpan.FromMinutes(1), Cancelled);

        await answer;
        // 1 s + 2 s for 2,000 bytes, 1 s + 1 s for 1,000 bytes.
        Assert.Equal(begun.AddSeconds(5), ended);
        Assert.Equal((2_000, 1_000), (link.Sent, link.Received));
    }

    private sealed class Hub(TimeSpan hold, TimeProvider time) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (hold > TimeSpan.Zero)
                await Task.Delay(hold, time, cancellationToken);
            return new HttpResponseMessage { Content = new ByteArrayContent(new byte[1_000]) };
        }
    }
}
