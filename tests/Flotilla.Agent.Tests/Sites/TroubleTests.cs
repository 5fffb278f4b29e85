using System.Net;
using System.Text;
using Flotilla.Agent.Syncing;
using Flotilla.Api.Sync;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Agent.Tests.Sites;

/// <summary>A whole agent on lines and at hubs that misbehave.</summary>
public sealed class TroubleTests
{
    private static readonly ResourceReference ConfigMaps = new("", "v1", "configmaps", true, "ConfigMap");

    public static TheoryData<string> Answers => ["no line", "429", "503", "portal", "redirection", "garbage", "403", "401", "too large"];

    [Fact]
    public async Task Answers_that_are_lost_on_the_way_double_nothing()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release));
        var number = 0;
        hub.LosesAnswer = _ => ++number % 3 != 0;
        ground.Boot();
        await ground.UntilAppliedAsync(release.Release);

        Assert.Equal(Enumerable.Range(1, hub.Entries.Count), hub.Entries.Select(e => (int)e.Number));
        Assert.Single(hub.Entries, e => e.Event == JournalEvent.ReleaseApplied);
        // The same entries came more than once, so that there was something to double.
        Assert.Contains(hub.Requests.SelectMany(r => r.Entries).GroupBy(e => e.Number), g => g.Count() > 1);
        Assert.All(hub.Requests.SelectMany(r => r.Entries).GroupBy(e => e.Number), g => Assert.Single(g.Distinct()));
    }

    [Fact]
    public async Task Three_weeks_without_a_hub_lose_nothing_and_keep_what_is_applied()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release));
        ground.Boot();
        await ground.UntilAppliedAsync(release.Release);
        var (before, requests) = (hub.Entries.Count, hub.Requests.Count);
        var tries = 0;
        hub.Before = _ =>
        {
            tries++;
            throw new HttpRequestException("no route");
        };
        for (var day = 1; day <= 21; day++)
        {
            await ground.Time.PassAsync(TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
            await ground.Cluster.PatchAsync(ConfigMaps, "default", "till", PatchKind.Merge, System.Text.Json.Nodes.JsonNode.Parse($$$"""{"data": {"greeting": "by hand {{{day}}}"}}""")!, new PatchOptions { FieldManager = "kubectl-edit" }, TestContext.Current.CancellationToken);
            await ground.Time.PassAsync(TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
            var kept = await ground.Cluster.GetAsync(ConfigMaps, "default", "till", TestContext.Current.CancellationToken);
            Assert.Equal("hello", kept!["data"]!["greeting"]!.GetValue<string>());
        }
        Assert.Equal(requests, hub.Requests.Count);
        // Every five minutes at most: a hub that comes back is found soon, and a line that is gone is not hammered.
        Assert.InRange(tries, 21 * 288, 21 * 576 + 20);
        hub.Before = null;
        await ground.UntilAsync(() => ground.State.Journal.Acknowledged == ground.State.Journal.Last, minutes: 6);

        Assert.True(hub.Entries.Count >= before + 21);
        Assert.Equal(Enumerable.Range(1, hub.Entries.Count), hub.Entries.Select(e => (int)e.Number));
        Assert.Equal(hub.Entries.OrderBy(e => e.Time).Select(e => e.Number), hub.Entries.Select(e => e.Number));
        Assert.Equal(21, hub.Entries.Count(e => e.Event == JournalEvent.DriftCorrected));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Whatever_answers_instead_of_the_hub_is_outlasted(string kind)
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release));
        ground.Boot();
        await ground.UntilAppliedAsync(release.Release);
        var times = new List<DateTimeOffset>();
        hub.Before = _ =>
        {
            times.Add(ground.Time.GetUtcNow());
            return Instead(kind);
        };
        var other = await hub.PublishAsync(AgentGround.ConfigMap("goodbye"));
        // The line under the held request breaks, too, when its time is over.
        await ground.Time.PassAsync(TimeSpan.FromHours(2), TestContext.Current.CancellationToken);
        Assert.False(ground.Running.IsCompleted);
        var pauses = times.Zip(times.Skip(1), (a, b) => b - a).ToList();
        Assert.True(pauses.Count > 10, $"{pauses.Count} tries");
        Assert.True(pauses.TrueForAll(p => p <= Backoff.Longest), $"{pauses.Max()}");
        Assert.True(pauses[^1] > TimeSpan.FromMinutes(2), "pauses do not grow");
        if (kind == "503")
            Assert.True(pauses[0] >= TimeSpan.FromSeconds(40), $"asked {pauses[0]} after a hub that said 40 s");

        hub.Before = null;
        hub.Want(hub.State(2, other));
        await ground.UntilAppliedAsync(other.Release);
    }

    [Fact]
    public async Task A_site_whose_clock_is_wrong_comes_back_with_the_nonce_that_it_is_told()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release));
        hub.Before = request =>
        {
            if (request.RequestUri!.AbsolutePath == "/v1/enrol" || Content.Trust.SiteToken.Read(request.Headers.Authorization?.Parameter)?.Nonce == "fresh")
                return null;
            var answer = FakeHub.Refuse(HttpStatusCode.Unauthorized, "the token's time is not near");
            answer.Headers.Add(HubRequests.NonceHeader, "fresh");
            return answer;
        };
        ground.Boot();
        await ground.UntilAppliedAsync(release.Release);
    }

    [Fact]
    public async Task What_happens_goes_out_beside_the_held_request()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release));
        ground.Boot();
        await ground.UntilAppliedAsync(release.Release);
        await ground.Time.PassAsync(TimeSpan.FromSeconds(100), TestContext.Current.CancellationToken);
        var (before, now) = (hub.Requests.Count, ground.Time.GetUtcNow());
        await ground.Cluster.PatchAsync(ConfigMaps, "default", "till", PatchKind.Merge, System.Text.Json.Nodes.JsonNode.Parse("""{"data": {"greeting": "by hand"}}""")!, new PatchOptions { FieldManager = "kubectl-edit" }, TestContext.Current.CancellationToken);
        await ground.UntilAsync(() => hub.Entries.Any(e => e.Event == JournalEvent.DriftCorrected));
        Assert.InRange(ground.Time.GetUtcNow() - now, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        // The held one was not given up for it.
        Assert.All(hub.Requests.Skip(before), r => Assert.Equal(0, r.HoldSeconds));
        // At rest one request in four minutes, and nothing in it.
        before = hub.Requests.Count;
        await ground.Time.PassAsync(TimeSpan.FromHours(4), TestContext.Current.CancellationToken);
        Assert.InRange(hub.Requests.Count - before, 55, 62);
        Assert.All(hub.Requests.Skip(before), r => Assert.True(r is { Report: null, Entries.Count: 0 }));
    }

    /// <summary>A translator of addresses that forgets a quiet connection: holds become so short that they last, and try longer ones now and then.</summary>
    [Theory]
    [InlineData(45)]
    [InlineData(100)]
    public async Task A_line_that_forgets_quiet_connections_is_held_for_as_long_as_it_bears(int seconds)
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release));
        ground.Boot();
        await ground.UntilAppliedAsync(release.Release);
        hub.ForgottenAfter = TimeSpan.FromSeconds(seconds);
        await ground.Time.PassAsync(TimeSpan.FromMinutes(30), TestContext.Current.CancellationToken);
        var before = hub.Requests.Count;
        await ground.Time.PassAsync(TimeSpan.FromHours(8), TestContext.Current.CancellationToken);
        var holds = hub.Requests.Skip(before).Select(r => r.HoldSeconds).ToList();
        // Nearly all last; those that do not are tries whether the line bears more.
        Assert.True(holds.Count(h => h > seconds) < holds.Count * 0.15, $"{holds.Count(h => h > seconds)} of {holds.Count} holds break");
        Assert.All(holds.Where(h => h <= seconds), h => Assert.InRange(h, 25, seconds));

        hub.ForgottenAfter = null;
        await ground.Time.PassAsync(TimeSpan.FromHours(8), TestContext.Current.CancellationToken);
        Assert.Equal(240, hub.Requests.Last().HoldSeconds);
    }

    [Fact]
    public async Task On_a_metered_line_it_asks_seldom_whatever_happens()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var release = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, release) with { Sync = new SyncPolicy { HoldSeconds = 0, IntervalSeconds = 3600 } });
        ground.Boot();
        await ground.UntilAppliedAsync(release.Release);
        var before = hub.Requests.Count;
        await ground.Time.PassAsync(TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        Assert.InRange(hub.Requests.Count - before, 24, 48);
        Assert.All(hub.Requests.Skip(before), r => Assert.True(r is { HoldSeconds: 0, Report: null, Entries.Count: 0 }));
    }

    /// <summary>A line that brings some hundred bytes of content and breaks, again and again: each piece is kept, and nothing waits long.</summary>
    [Fact]
    public async Task A_download_that_is_cut_again_and_again_gets_on_each_time()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var large = await hub.PublishAsync(AgentGround.ConfigMap(string.Concat(Enumerable.Range(0, 4000).Select(i => $"{i * 7919 % 104_729} "))));
        hub.CutsContentAfter = 1000;
        hub.Want(hub.State(1, large));
        var begun = ground.Time.GetUtcNow();
        ground.Boot();
        await ground.UntilAppliedAsync(large.Release);
        Assert.InRange(hub.ContentRequests, 20, 60);
        Assert.InRange(ground.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(4));
        Assert.InRange(hub.ContentSent, 0, 40_000);
    }

    /// <summary>What is wanted now is not kept waiting by the hours that something else would take to fetch.</summary>
    [Fact]
    public async Task A_release_that_is_not_wanted_any_more_is_not_fetched_to_its_end()
    {
        await using var ground = await AgentGround.StartAsync();
        var hub = ground.Hub;
        var slow = await hub.PublishAsync(AgentGround.ConfigMap(new string('x', 100_000)));
        var quick = await hub.PublishAsync(AgentGround.ConfigMap("hello"));
        hub.Want(hub.State(1, slow) with { Sync = new SyncPolicy { HoldSeconds = 240, IntervalSeconds = 3600, FetchBitsPerSecond = 8 } });
        ground.Boot();
        await ground.UntilAsync(() => hub.Report?.Phase == SitePhase.Staging);
        await ground.Time.PassAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Null(hub.Report!.Applied);
        var begun = ground.Time.GetUtcNow();
        hub.Want(hub.State(2, quick));
        await ground.UntilAppliedAsync(quick.Release);
        Assert.InRange(ground.Time.GetUtcNow() - begun, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static HttpResponseMessage Instead(string kind)
    {
        switch (kind)
        {
            case "429":
                return FakeHub.Refuse(HttpStatusCode.TooManyRequests, "slowly");
            case "503":
                var busy = FakeHub.Refuse(HttpStatusCode.ServiceUnavailable, "stopping");
                busy.Headers.Add("Retry-After", "40");
                return busy;
            case "portal":
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>Welcome to our WiFi</html>", Encoding.UTF8, "text/html") };
            case "redirection":
                var elsewhere = new HttpResponseMessage(HttpStatusCode.Found) { Content = new StringContent("") };
                elsewhere.Headers.Location = new Uri("https://portal.example.com/login");
                return elsewhere;
            case "garbage":
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{\"acknowledged\": [", Encoding.UTF8, "application/json") };
            case "too large":
                var large = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
                large.Content.Headers.ContentLength = 100_000_000;
                return large;
            case "403":
                return FakeHub.Refuse(HttpStatusCode.Forbidden, "removed");
            case "401":
                return FakeHub.Refuse(HttpStatusCode.Unauthorized, "who are you");
            default:
                throw new HttpRequestException("no route");
        }
    }
}
