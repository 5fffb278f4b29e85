using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tests.Storage;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.ApiServer.Tests.Resources;

public sealed class WatchTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private readonly ManualTime time = new();
    private RunningApi api = null!;

    public async ValueTask InitializeAsync() => api = await RunningApi.StartAsync(new KubernetesApiOptions { Time = time });

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task Each_minute_brings_a_bookmark_with_a_revision_to_go_on_from()
    {
        await using var watch = await OpenAsync("allowWatchBookmarks=true");
        for (var minute = 0; minute < 3; minute++)
        {
            // Something else happens; the bookmark says that the watcher missed nothing by it.
            var other = await api.DoAsync("POST", "/api/v1/namespaces/default/secrets", new JsonObject { ["metadata"] = new JsonObject { ["name"] = $"s{minute}" } });
            time.Advance(TimeSpan.FromMinutes(1));
            var bookmark = await NextAsync(watch);
            Assert.Equal("BOOKMARK", bookmark.String("type"));
            Assert.Equal(("ConfigMap", "v1"), (bookmark.Object("object").String("kind"), bookmark.Object("object").String("apiVersion")));
            Assert.Equal(Revision(other), Revision(bookmark.Object("object")!));
        }
    }

    [Fact]
    public async Task A_watch_ends_at_its_timeout_after_a_last_bookmark()
    {
        await using var watch = await OpenAsync("allowWatchBookmarks=true&timeoutSeconds=30");
        time.Advance(TimeSpan.FromSeconds(28));
        Assert.Equal("BOOKMARK", (await NextAsync(watch)).String("type"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task Without_a_wish_for_bookmarks_there_are_none()
    {
        await using var watch = await OpenAsync("timeoutSeconds=300");
        time.Advance(TimeSpan.FromSeconds(299));
        await api.DoAsync("POST", Maps, Map("next", "x"));
        Assert.Equal("ADDED", (await NextAsync(watch)).String("type"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task A_watch_may_be_asked_for_years()
    {
        await using var watch = await OpenAsync("timeoutSeconds=2000000000");
        await api.DoAsync("POST", Maps, Map("next", "x"));
        Assert.Equal("ADDED", (await NextAsync(watch)).String("type"));
    }

    [Fact]
    public async Task What_begins_to_match_is_added_and_what_stops_to_match_is_deleted_as_it_was()
    {
        await using var watch = await OpenAsync("labelSelector=app%3Da");
        await api.DoAsync("POST", Maps, Map("m", "b"));
        await api.DoAsync("PUT", $"{Maps}/m", Map("m", "a"));
        await api.DoAsync("PATCH", $"{Maps}/m", new JsonObject { ["data"] = new JsonObject { ["k"] = "v" } }, "application/merge-patch+json");
        var left = await api.DoAsync("PUT", $"{Maps}/m", Map("m", "c"));
        await api.DoAsync("PUT", $"{Maps}/m", Map("m", "d"));
        await api.DoAsync("DELETE", $"{Maps}/m");
        await api.DoAsync("POST", Maps, Map("end", "a"));

        Assert.Equal(("ADDED", "a"), Shown(await NextAsync(watch)));
        Assert.Equal(("MODIFIED", "a"), Shown(await NextAsync(watch)));
        var deleted = await NextAsync(watch);
        Assert.Equal(("DELETED", "a"), Shown(deleted));
        Assert.Equal(Revision(left), Revision(deleted.Object("object")!));
        Assert.Equal("end", (await NextAsync(watch)).Object("object").Object("metadata").String("name"));
    }

    [Fact]
    public async Task A_revision_of_the_future_is_refused()
    {
        var answer = await api.SendAsync("GET", $"{Maps}?watch=true&resourceVersion=999999999");
        Assert.Equal((504, "Timeout"), (answer.Code, answer.Body.String("reason")));
        Assert.Equal("ResourceVersionTooLarge", answer.Body.Object("details").Array("causes")![0].String("reason"));
    }

    [Fact]
    public async Task A_continue_token_of_the_future_is_refused()
    {
        // {"v":"meta.k8s.io/v1","rv":999999999,"start":"a/b"}
        var answer = await api.SendAsync("GET", $"{Maps}?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6OTk5OTk5OTk5LCJzdGFydCI6ImEvYiJ9");
        Assert.Equal((400, "BadRequest"), (answer.Code, answer.Body.String("reason")));
    }

    [Fact]
    public async Task A_revision_from_before_a_restart_has_expired()
    {
        using var folder = new TemporaryFolder();
        var options = new KubernetesApiOptions { DataFolder = folder.Path };
        await using (var first = await RunningApi.StartAsync(options))
            await first.DoAsync("POST", Maps, Map("m", "a"));
        await using var second = await RunningApi.StartAsync(options);
        var events = await second.WatchAsync($"{Maps}?watch=true&resourceVersion=2").ToListAsync(TestContext.Current.CancellationToken);
        var failure = Assert.Single(events);
        Assert.Equal(("ERROR", 410L, "Expired"), (failure.String("type"), failure.Object("object").Member("code").AsInt64OrNull(), failure.Object("object").String("reason")));
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_watches()
    {
        var other = await RunningApi.StartAsync();
        await other.DoAsync("POST", Maps, Map("m", "a"));
        await using var watch = other.WatchAsync($"{Maps}?watch=true").GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await NextAsync(watch);
        var next = watch.MoveNextAsync();
        await other.DisposeAsync();
        Assert.False(await next);
    }

    /// <summary>A watch that follows already: only then does it count the time.</summary>
    private async Task<IAsyncEnumerator<JsonObject>> OpenAsync(string query)
    {
        var list = await api.DoAsync("GET", Maps);
        var watch = api.WatchAsync($"{Maps}?watch=true&resourceVersion={Revision(list)}&{query}").GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var first = watch.MoveNextAsync();
        await api.DoAsync("POST", Maps, Map("first", "a"));
        Assert.True(await first);
        return watch;
    }

    private static async Task<JsonObject> NextAsync(IAsyncEnumerator<JsonObject> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }

    private static (string? Type, string? Label) Shown(JsonObject change) =>
        (change.String("type"), change.Object("object").Object("metadata").Object("labels").String("app"));

    private static string Revision(JsonObject obj) => obj.Object("metadata").String("resourceVersion")!;

    private static JsonObject Map(string name, string app) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = app } },
    };
}
