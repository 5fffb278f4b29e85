using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tests.Storage;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;
using static Flotilla.ApiServer.Tests.Client.ObjectTests;
using static Flotilla.ApiServer.Tests.Client.ServedClient;

namespace Flotilla.ApiServer.Tests.Client;

public sealed class WatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Changes_arrive_as_they_happen_and_bookmarks_in_between(Way way)
    {
        var time = new ManualTime();
        await using var served = await StartAsync(way, new KubernetesApiOptions { Time = time });
        var client = served.Client;
        await client.CreateAsync(ConfigMaps, "default", ConfigMap("till", "1"), WriteOptions.Default, Cancellation);
        await using var watch = client.WatchAsync(ConfigMaps, "default", new WatchOptions { FieldSelector = "metadata.name=till" }, Cancellation)
            .GetAsyncEnumerator(Cancellation);
        Assert.Equal((WatchEventType.Added, "1"), await NextAsync(watch));
        // What was there is complete.
        Assert.Equal((WatchEventType.Bookmark, null), await NextAsync(watch));
        for (var price = 2; price < 6; price++)
        {
            await client.PatchAsync(ConfigMaps, "default", "till", PatchKind.Merge, Price(price), PatchOptions.Default, Cancellation);
            Assert.Equal((WatchEventType.Modified, $"{price}"), await NextAsync(watch));
        }
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(WatchEventType.Bookmark, watch.Current.Type);
        Assert.NotEqual("", watch.Current.ResourceVersion);
        await client.DeleteAsync(ConfigMaps, "default", "till", DeleteOptions.Default, Cancellation);
        Assert.Equal((WatchEventType.Deleted, "5"), await NextAsync(watch));
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task A_watch_of_metadata_brings_nothing_else(Way way)
    {
        await using var served = await StartAsync(way);
        await served.Client.CreateAsync(ConfigMaps, "default", ConfigMap("till", "1"), WriteOptions.Default, Cancellation);
        var options = new WatchOptions { FieldSelector = "metadata.name=till", MetadataOnly = true };
        await foreach (var change in served.Client.WatchAsync(ConfigMaps, null, options, Cancellation))
        {
            Assert.Equal("PartialObjectMetadata", change.Object.String("kind"));
            Assert.Equal(new ObjectKey("default", "till"), ObjectKey.Of(change.Object));
            Assert.Null(change.Object.Object("data"));
            break;
        }
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Large_objects_come_through_a_watch_whole(Way way)
    {
        await using var served = await StartAsync(way);
        await using var watch = served.Client.WatchAsync(ConfigMaps, "default", new WatchOptions { LabelSelector = "big", Bookmarks = false }, Cancellation).GetAsyncEnumerator(Cancellation);
        var first = watch.MoveNextAsync();
        foreach (var size in new[] { 10, 900_000, 100, 300_000 })
        {
            var obj = ConfigMap($"till-{size}", new string('x', size));
            obj["metadata"]!["labels"] = new JsonObject { ["big"] = "yes" };
            await served.Client.CreateAsync(ConfigMaps, "default", obj, WriteOptions.Default, Cancellation);
            Assert.True(size == 10 ? await first : await watch.MoveNextAsync());
            Assert.Equal(size, watch.Current.Object.Object("data").String("price")!.Length);
        }
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task A_server_that_stops_ends_its_watches(Way way)
    {
        var served = await StartAsync(way);
        await using var watch = served.Client.WatchAsync(ConfigMaps, "default", new WatchOptions { LabelSelector = "none", Bookmarks = false }, Cancellation).GetAsyncEnumerator(Cancellation);
        var next = watch.MoveNextAsync().AsTask();
        await served.Client.CreateAsync(ConfigMaps, "default", ConfigMap("other", "1"), WriteOptions.Default, Cancellation);
        Assert.False(next.IsCompleted);
        await served.Api.DisposeAsync();
        Assert.False(await next.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => served.Client.VersionAsync(Cancellation));
        served.Client.Dispose();
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Who_cancels_a_watch_gets_no_more_of_it_and_leaves_nothing_behind(Way way)
    {
        var time = new ManualTime();
        await using var served = await StartAsync(way, new KubernetesApiOptions { Time = time });
        await served.Client.CreateAsync(ConfigMaps, "default", ConfigMap("till", "1"), WriteOptions.Default, Cancellation);
        var before = time.Waiting;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using (var watch = served.Client.WatchAsync(ConfigMaps, "default", new WatchOptions { FieldSelector = "metadata.name=till", Bookmarks = false }, enough.Token).GetAsyncEnumerator(Cancellation))
        {
            Assert.True(await watch.MoveNextAsync());
            var next = watch.MoveNextAsync().AsTask();
            await enough.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        }
        // The server's side of a watch has a timer for as long as it lives.
        while (time.Waiting > before)
            await Task.Yield();
    }

    [Fact]
    public async Task A_version_that_is_no_longer_known_is_a_410()
    {
        using var folder = new TemporaryFolder();
        var options = new KubernetesApiOptions { DataFolder = folder.Path };
        string before;
        await using (var first = await StartAsync(Way.Memory, options))
        {
            before = (await first.Client.ListAsync(ConfigMaps, null, ListOptions.All, Cancellation)).ResourceVersion;
            await first.Client.CreateAsync(ConfigMaps, "default", ConfigMap("till", "1"), WriteOptions.Default, Cancellation);
        }
        // What happened before a restart is not remembered.
        await using var served = await StartAsync(Way.Memory, options);
        var failure = await Assert.ThrowsAsync<ApiStatusException>(async () =>
        {
            await foreach (var change in served.Client.WatchAsync(ConfigMaps, "default", new WatchOptions { ResourceVersion = before }, Cancellation))
                Assert.Fail($"unexpected {change.Type}");
        });
        Assert.Equal((410, "Expired"), (failure.Status.Code, failure.Status.Reason));
    }

    private static JsonObject Price(int price) => new() { ["data"] = new JsonObject { ["price"] = $"{price}" } };

    private static async Task<(WatchEventType, string?)> NextAsync(IAsyncEnumerator<WatchEvent> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return (watch.Current.Type, watch.Current.Object.Object("data").String("price"));
    }
}
