using System.Net;
using System.Text.Json.Nodes;
using Flotilla.Api.Sync;

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
