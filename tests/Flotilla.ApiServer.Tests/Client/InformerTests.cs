using System.Text.Json.Nodes;
using Flotilla.ApiServer.Tests.Storage;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using static Flotilla.ApiServer.Tests.Client.ObjectTests;
using static Flotilla.ApiServer.Tests.Client.ServedClient;

namespace Flotilla.ApiServer.Tests.Client;

public sealed class InformerTests
{
    private static readonly InformerOptions Quick = new() { LabelSelector = "fleet", FirstRetry = TimeSpan.FromMilliseconds(10), LongestRetry = TimeSpan.FromMilliseconds(200), PageSize = 2 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task What_is_there_and_what_changes_is_told_once(Way way)
    {
        await using var served = await StartAsync(way);
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            await CreateAsync(served.Client, name, "1");
        await using var followed = Follow(served.Client);

        Assert.Equal(["a", "b", "c", "d", "e"], (await followed.Changes.NextAsync(5)).Select(t => t.Name));
        await followed.Informer.HasSynced;
        Assert.Equal(5, followed.Informer.Count);
        await SetAsync(served.Client, "c", "2");
        Assert.Equal(new Told("c", "1", "2"), await followed.Changes.NextAsync());
        // No change of what is kept, so none that is told.
        await served.Client.PatchAsync(
            ConfigMaps, "default", "d", PatchKind.Merge, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["a"] = "b" } } }, PatchOptions.Default, Cancellation);
        await served.Client.DeleteAsync(ConfigMaps, "default", "a", DeleteOptions.Default, Cancellation);
        Assert.Equal(new Told("a", "1", null), await followed.Changes.NextAsync());
        Assert.Equal("2", followed.Informer.Find(new ObjectKey("default", "c")));
        Assert.Null(followed.Informer.Find(new ObjectKey("default", "a")));
        Assert.Equal(4, followed.Informer.Snapshot().Count);
    }

    [Fact]
    public async Task A_server_that_restarts_is_followed_again_with_what_happened_meanwhile()
    {
        using var folder = new TemporaryFolder();
        var options = new KubernetesApiOptions { DataFolder = folder.Path };
        var first = await KubernetesApi.StartAsync(options, Cancellation);
        options = options with { Port = first.Address.Port, Token = first.Token };
        using var client = Connect(first, Way.Wire);
        foreach (var name in new[] { "a", "b", "c" })
            await CreateAsync(client, name, "1");
        await using var followed = Follow(client);
        await followed.Changes.NextAsync(3);
        await first.DisposeAsync();

        // Where nobody watches: the same data under another port.
        await using (var aside = await KubernetesApi.StartAsync(options with { Port = 0 }, Cancellation))
        {
            using var other = Connect(aside, Way.Memory);
            await SetAsync(other, "b", "2");
            await other.DeleteAsync(ConfigMaps, "default", "a", DeleteOptions.Default, Cancellation);
            await CreateAsync(other, "d", "1");
        }
        await using var second = await KubernetesApi.StartAsync(options, Cancellation);
        Assert.Equal([new Told("a", "1", null), new Told("b", "1", "2"), new Told("d", null, "1")], await followed.Changes.NextAsync(3));
        await SetAsync(client, "d", "2");
        Assert.Equal(new Told("d", "1", "2"), await followed.Changes.NextAsync());
        Assert.True(followed.Changes.IsEmpty);
        Assert.NotEmpty(followed.Troubles);
    }

    [Fact]
    public async Task Two_thousand_changes_in_a_row_arrive_in_order()
    {
        await using var served = await StartAsync(Way.Memory);
        await CreateAsync(served.Client, "till", "0");
        await using var followed = Follow(served.Client);
        Assert.Equal(new Told("till", null, "0"), await followed.Changes.NextAsync());
        for (var i = 1; i <= 2000; i++)
        {
            await SetAsync(served.Client, "till", $"{i}");
            if (i % 500 == 0)
            {
                for (var seen = i - 499; seen <= i; seen++)
                    Assert.Equal(new Told("till", $"{seen - 1}", $"{seen}"), await followed.Changes.NextAsync());
            }
        }
    }

    private static Followed Follow(KubernetesClient client)
    {
        var changes = new Changes();
        var troubles = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var options = Quick with { OnTrouble = (e, _) => troubles.Enqueue(e) };
        var informer = new Informer<string>(client, ConfigMaps, null, o => o.Object("data").String("price")!, changes.Add, options, TimeProvider.System, new Random(1));
        return new Followed(informer, changes, troubles);
    }

    private static async Task CreateAsync(KubernetesClient client, string name, string price)
    {
        var obj = ConfigMap(name, price);
        obj["metadata"]!["labels"] = new JsonObject { ["fleet"] = "stores" };
        await client.CreateAsync(ConfigMaps, "default", obj, WriteOptions.Default, Cancellation);
    }

    private static Task SetAsync(KubernetesClient client, string name, string price) => client.PatchAsync(
        ConfigMaps, "default", name, PatchKind.Merge, new JsonObject { ["data"] = new JsonObject { ["price"] = price } }, PatchOptions.Default, Cancellation);

    private sealed class Followed : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public Followed(Informer<string> informer, Changes changes, IReadOnlyCollection<Exception> troubles)
        {
            (Informer, Changes, Troubles) = (informer, changes, troubles);
            running = Task.Run(() => informer.RunAsync(stop.Token));
        }

        public Informer<string> Informer { get; }

        public Changes Changes { get; }

        public IReadOnlyCollection<Exception> Troubles { get; }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            stop.Dispose();
        }
    }
}
