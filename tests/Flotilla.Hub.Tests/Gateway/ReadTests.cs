using System.Net;
using System.Text.Json.Nodes;
using Flotilla.Api.Sync;
using Flotilla.Hub.Ledger;

namespace Flotilla.Hub.Tests.Gateway;

public sealed class ReadTests : IAsyncLifetime
{
    private GatewayGround ground = null!;
    private TestSite site = null!;

    public async ValueTask InitializeAsync()
    {
        ground = await GatewayGround.StartAsync();
        site = await ground.EnrolAsync();
        await ground.EnrolAsync(new("retail", "store-2"));
        var entries = Enumerable.Range(1, 3).Select(n => new JournalEntry { Number = n, Time = ground.Time.GetUtcNow(), Event = JournalEvent.DriftCorrected, Message = $"n{n}" });
        await ground.SyncAsync(site, new() { Journal = "a", KeySet = 1, Agent = "1.0", Entries = [.. entries], Report = new() { Healthy = true, Phase = SitePhase.Staged }, ReportDigest = "d" });
        await ground.SetTargetAsync(site.Name, 1, "sha256:release");
    }

    public ValueTask DisposeAsync() => ground.DisposeAsync();

    [Fact]
    public async Task A_journal_is_read_in_pages()
    {
        var entries = (JsonArray)(await GetAsync("sites/store-1/journal?after=1&limit=1"))["entries"]!;
        var entry = (JsonObject)Assert.Single(entries)!;
        Assert.Equal((2, "a"), (entry["position"]!.GetValue<int>(), entry["journal"]!.GetValue<string>()));
        Assert.Equal(("DriftCorrected", "n2"), (entry["entry"]!["event"]!.GetValue<string>(), entry["entry"]!["message"]!.GetValue<string>()));
        Assert.Equal(3, ((JsonArray)(await GetAsync("sites/store-1/journal"))["entries"]!).Count);
        using var wrong = await ground.SendAsync(HttpMethod.Get, "/v1/namespaces/retail/sites/store-1/journal?after=x", ground.AdminToken);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Report_and_target_are_read()
    {
        Assert.Equal("Staged", (await GetAsync("sites/store-1/report"))["report"]!["phase"]!.GetValue<string>());
        var target = await GetAsync("sites/store-1/target");
        Assert.Equal(("retail/store-1", "sha256:release", 1), (target["site"]!.GetValue<string>(), target["stage"]!["release"]!.GetValue<string>(), target["sequence"]!.GetValue<int>()));
        Assert.Equal(DesiredState.PayloadType, target["envelope"]!["payloadType"]!.GetValue<string>());
        foreach (var what in (string[])["report", "target"])
        {
            using var none = await ground.SendAsync(HttpMethod.Get, $"/v1/namespaces/retail/sites/store-2/{what}", ground.AdminToken);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [Fact]
    public async Task A_fleets_sites_are_listed()
    {
        var one = (JsonObject)Assert.Single((JsonArray)(await GetAsync("fleets/stores/sites"))["sites"]!)!;
        Assert.Equal(("retail/store-1", "1.0", "Staged"), (one["site"]!.GetValue<string>(), one["agent"]!.GetValue<string>(), one["phase"]!.GetValue<string>()));
        Assert.Empty((JsonArray)(await GetAsync("fleets/ships/sites"))["sites"]!);
    }

    [Fact]
    public async Task A_rollouts_story_is_read_in_pages_and_its_sites_with_it()
    {
        await BeginRolloutAsync();
        var lines = (JsonArray)(await GetAsync("rollouts/stores-1/story?after=1&limit=1"))["lines"]!;
        Assert.Equal("""[{"number":2,"line":{"message":"n2"}}]""", lines.ToJsonString());
        Assert.Equal(3, ((JsonArray)(await GetAsync("rollouts/stores-1/story"))["lines"]!).Count);
        Assert.Empty((JsonArray)(await GetAsync("rollouts/stores-1/story?after=3"))["lines"]!);
        Assert.Equal(
            """{"name":"stores-1","fleet":"stores","ended":false,"rollout":{"phase":"Running"},"sites":[{"site":"store-1"},{"site":"store-2"}]}""",
            (await GetAsync("rollouts/stores-1/sites")).ToJsonString());
        foreach (var what in (string[])["story", "sites"])
        {
            using var none = await ground.SendAsync(HttpMethod.Get, $"/v1/namespaces/retail/rollouts/stores-2/{what}", ground.AdminToken);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
            Assert.Contains("it has not begun, or ended long ago", await GatewayGround.TextAsync(none), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("story")]
    [InlineData("sites")]
    public async Task Rollouts_are_read_by_those_who_may_get_rollouts(string what)
    {
        await BeginRolloutAsync();
        var path = $"/v1/namespaces/retail/rollouts/stores-1/{what}";
        await ground.AllowAliceAsync("get", "fleets");
        await ground.AllowAliceAsync("get", "sites");
        using (var before = await ground.SendAsync(HttpMethod.Get, path, "alice-token"))
            Assert.Equal(HttpStatusCode.Forbidden, before.StatusCode);
        await ground.AllowAliceAsync("get", "rollouts");
        ground.Time.Advance(TimeSpan.FromSeconds(10));
        using (var now = await ground.SendAsync(HttpMethod.Get, path, "alice-token"))
            Assert.Equal(HttpStatusCode.OK, now.StatusCode);
        using var stranger = await ground.SendAsync(HttpMethod.Get, path, null);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task Forecasts_are_for_those_who_may_get_rollouts_and_are_made_once_all_is_known()
    {
        await BeginRolloutAsync();
        const string Path = "/v1/namespaces/retail/rollouts/stores-1/forecast";
        using (var stranger = await ground.SendAsync(HttpMethod.Get, Path, null))
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        using (var alice = await ground.SendAsync(HttpMethod.Get, Path, "alice-token"))
            Assert.Equal(HttpStatusCode.Forbidden, alice.StatusCode);
        using (var wrong = await ground.SendAsync(HttpMethod.Get, $"{Path}?approvals=soon", ground.AdminToken))
        {
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            Assert.Contains("approvals: \"soon\" is no duration as 24h, and not never", (await GatewayGround.JsonAsync(wrong))["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }
        // This gateway has no controllers beside it.
        using var early = await ground.SendAsync(HttpMethod.Get, Path, ground.AdminToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
    }

    private async Task BeginRolloutAsync()
    {
        var rollout = new RolloutCommit("stores-1")
        {
            Document = """{"phase":"Running"}""",
            Members = [new("store-2", """{"site":"store-2"}"""), new("store-1", """{"site":"store-1"}""")],
            Story = [.. Enumerable.Range(1, 3).Select(n => $$"""{"message":"n{{n}}"}""")],
        };
        Assert.True(await ground.Ledger.CommitAsync(new FleetLease("retail", "stores", 1), new FleetCommit { Rollouts = [rollout] }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Rights_count_for_each_site_and_are_asked_again_after_a_while()
    {
        const string Path = "/v1/namespaces/retail/sites/store-1/journal";
        using (var before = await ground.SendAsync(HttpMethod.Get, Path, "alice-token"))
            Assert.Equal(HttpStatusCode.Forbidden, before.StatusCode);
        await ground.AllowAliceAsync("get", "sites");
        using (var remembered = await ground.SendAsync(HttpMethod.Get, Path, "alice-token"))
            Assert.Equal(HttpStatusCode.Forbidden, remembered.StatusCode);
        ground.Time.Advance(TimeSpan.FromSeconds(10));
        using (var now = await ground.SendAsync(HttpMethod.Get, Path, "alice-token"))
            Assert.Equal(HttpStatusCode.OK, now.StatusCode);
        using var fleet = await ground.SendAsync(HttpMethod.Get, "/v1/namespaces/retail/fleets/stores/sites", "alice-token");
        Assert.Equal(HttpStatusCode.Forbidden, fleet.StatusCode);
        using var elsewhere = await ground.SendAsync(HttpMethod.Get, Path.Replace("retail", "other", StringComparison.Ordinal), "alice-token");
        Assert.Equal(HttpStatusCode.Forbidden, elsewhere.StatusCode);
    }

    private async Task<JsonObject> GetAsync(string path)
    {
        using var answer = await ground.SendAsync(HttpMethod.Get, $"/v1/namespaces/retail/{path}", ground.AdminToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await GatewayGround.JsonAsync(answer);
    }
}
