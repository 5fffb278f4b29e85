using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

public sealed class ResourceStoreTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private ObjectDatabase database = null!;
    private ResourceStore store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), Cancel);
        store = database.Cluster("one").Resource("things");
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_created_object_carries_its_revision_in_its_text()
    {
        var created = await Create("a/x", 1);
        Assert.Equal(created.Revision.ToString(), created.Parse()["metadata"]!["resourceVersion"]!.GetValue<string>());
        Assert.Equal(created.Revision, created.CreatedRevision);
        Assert.Equal(created.Revision, database.Revision);
        Assert.Same(created, store.Get(Objects.Key("a/x")));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a","uid":"u","generation":1}}""", """{"metadata":{"name":"a","uid":"u","resourceVersion":"2","generation":1}}""")]
    [InlineData("""{"metadata":{"name":"a","resourceVersion":"77777","uid":"u"}}""", """{"metadata":{"name":"a","resourceVersion":"2","uid":"u"}}""")]
    [InlineData("""{"metadata":{"name":"a"},"x":null}""", """{"metadata":{"name":"a","resourceVersion":"2"},"x":null}""")]
    [InlineData("""{"x":1}""", """{"x":1,"metadata":{"resourceVersion":"2"}}""")]
    [InlineData("""{"metadata":{"name":"ä<&>","labels":{"k":"v"},"other":{"resourceVersion":"9"}}}""", """{"metadata":{"name":"ä<&>","labels":{"k":"v"},"other":{"resourceVersion":"9"},"resourceVersion":"2"}}""")]
    public async Task The_revision_takes_its_usual_place(string given, string stored)
    {
        var obj = (JsonObject)JsonNode.Parse(given)!;
        var created = await store.CreateAsync(new ObjectKey("", "a"), obj, Cancel);
        Assert.Equal(stored, Encoding.UTF8.GetString(created.Json.Span));
        Assert.Equal(given, obj.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task Revisions_grow_over_every_number_of_digits()
    {
        var latest = await Create("a/x", 0);
        for (var i = 1; i <= 1200; i++)
        {
            latest = await store.UpdateAsync(latest.Key, latest.Revision, Objects.Of(latest.Key, i), Cancel);
            Assert.Equal(latest.Revision.ToString(), latest.Parse()["metadata"]!["resourceVersion"]!.GetValue<string>());
        }
        Assert.Equal(1202, latest.Revision);
    }

    [Fact]
    public async Task Labels_are_known_without_a_parse()
    {
        var key = Objects.Key("a/x");
        var created = await store.CreateAsync(key, Objects.Of(key, 1, ("app", "shop"), ("tier", "")), Cancel);
        Assert.Equal("shop", created.Label("app"));
        Assert.Equal("", created.Label("tier"));
        Assert.Null(created.Label("other"));
    }

    [Fact]
    public async Task A_write_that_expects_something_else_is_refused_and_told_what_is_there()
    {
        var first = await Create("a/x", 1);
        var exists = await Assert.ThrowsAsync<StorageConflictException>(() => Create("a/x", 2));
        Assert.Equal((StorageConflict.Exists, first), (exists.Conflict, exists.Current));
        var changed = await Assert.ThrowsAsync<StorageConflictException>(() => store.UpdateAsync(first.Key, first.Revision - 1, Objects.Of("a/x", 2), Cancel));
        Assert.Equal((StorageConflict.Changed, first), (changed.Conflict, changed.Current));
        var missing = await Assert.ThrowsAsync<StorageConflictException>(() => store.DeleteAsync(Objects.Key("a/y"), 1, null, Cancel));
        Assert.Equal((StorageConflict.Missing, null), (missing.Conflict, missing.Current));
        Assert.Equal(first.Revision, database.Revision);
    }

    [Fact]
    public async Task Of_two_writes_at_once_to_the_same_state_one_wins()
    {
        var first = await Create("a/x", 0);
        var writes = Enumerable.Range(1, 20).Select(i => store.UpdateAsync(first.Key, first.Revision, Objects.Of("a/x", i), Cancel)).ToList();
        await Task.WhenAll(writes).ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        var winner = Assert.Single(writes, w => w.IsCompletedSuccessfully);
        Assert.All(writes.Where(w => w != winner), w => Assert.IsType<StorageConflictException>(w.Exception!.InnerException));
        Assert.Same(await winner, store.Get(first.Key));
    }

    [Fact]
    public async Task The_last_state_of_a_deleted_object_has_the_revision_of_the_delete()
    {
        var first = await Create("a/x", 1);
        var second = await Create("a/y", 2);
        await using var watcher = store.Watch(null, null, second.Revision);
        var plain = await store.DeleteAsync(first.Key, first.Revision, null, Cancel);
        var final = await store.DeleteAsync(second.Key, second.Revision, Objects.Of("a/y", 3), Cancel);
        Assert.Equal(["Deleted a/x=1", "Deleted a/y=3"], Objects.ReadAll(watcher).Select(Objects.Show));
        Assert.Equal([second.Revision + 1, second.Revision + 2], [plain.Revision, final.Revision]);
        Assert.Equal(plain.Revision.ToString(), plain.Parse()["metadata"]!["resourceVersion"]!.GetValue<string>());
        Assert.Null(store.Get(first.Key));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public async Task Lists_are_sorted_as_etcd_sorts_paths()
    {
        foreach (var key in (string[])["b/a", "a/z", "a-b/c", "a.b/c", "a/b", "a0/a"])
            await Create(key, 1);
        Assert.Equal(["a-b/c", "a.b/c", "a/b", "a/z", "a0/a", "b/a"], store.List(null, null, 0, null, null).Items.Select(o => o.Key.ToString()));
        Assert.Equal(["a/b", "a/z"], store.List("a", null, 0, null, null).Items.Select(o => o.Key.ToString()));
        Assert.Empty(store.List("c", null, 0, null, null).Items);
    }

    [Fact]
    public async Task Pages_continue_at_the_revision_of_the_first_one()
    {
        foreach (var name in "abcdefg")
            await Create($"n/{name}", 1);
        var first = store.List("n", null, 3, null, null);
        Assert.Equal(["n/a=1", "n/b=1", "n/c=1"], Objects.Show(first.Items));
        Assert.Equal((true, 4), (first.HasMore, first.Remaining));
        await store.DeleteAsync(Objects.Key("n/e"), store.Get(Objects.Key("n/e"))!.Revision, null, Cancel);
        await store.UpdateAsync(Objects.Key("n/f"), store.Get(Objects.Key("n/f"))!.Revision, Objects.Of("n/f", 2), Cancel);
        await Create("n/cc", 9);
        var second = store.List("n", first.Items[^1].Key, 3, first.Revision, null);
        Assert.Equal(["n/d=1", "n/e=1", "n/f=1"], Objects.Show(second.Items));
        Assert.Equal((first.Revision, true, 1), (second.Revision, second.HasMore, second.Remaining));
        var last = store.List("n", second.Items[^1].Key, 3, first.Revision, null);
        Assert.Equal(["n/g=1"], Objects.Show(last.Items));
        Assert.Equal((false, 0), (last.HasMore, last.Remaining));
    }

    [Fact]
    public async Task A_filtered_page_holds_as_many_matches_as_asked_for()
    {
        for (var i = 0; i < 10; i++)
            await Create($"n/{i}", i);
        var page = store.List(null, null, 3, null, o => Objects.Value(o) % 2 == 1);
        Assert.Equal(["n/1=1", "n/3=3", "n/5=5"], Objects.Show(page.Items));
        Assert.Equal((true, null), (page.HasMore, page.Remaining));
    }

    [Fact]
    public async Task Clusters_and_resources_do_not_see_each_other()
    {
        await Create("a/x", 1);
        await database.Cluster("two").Resource("things").CreateAsync(Objects.Key("a/x"), Objects.Of("a/x", 2), Cancel);
        await database.Cluster("one").Resource("others").CreateAsync(Objects.Key("a/x"), Objects.Of("a/x", 3), Cancel);
        Assert.Equal(["a/x=1"], Objects.Show(store.List(null, null, 0, null, null).Items));
    }

    [Fact]
    public async Task A_deleted_cluster_is_empty_ends_its_watchers_and_refuses_writes()
    {
        await Create("a/x", 1);
        var other = await database.Cluster("two").Resource("things").CreateAsync(Objects.Key("a/x"), Objects.Of("a/x", 2), Cancel);
        await using var watcher = store.Watch(null, null, database.Revision);
        var waiting = watcher.WaitAsync(Cancel);
        Assert.True(await database.DeleteClusterAsync("one", Cancel));
        Assert.False(await database.DeleteClusterAsync("one", Cancel));
        Assert.True(await waiting);
        Assert.False(watcher.TryRead(out _));
        Assert.Equal(WatchEnd.Closed, watcher.End);
        Assert.False(await watcher.WaitAsync(Cancel));
        Assert.Empty(store.List(null, null, 0, null, null).Items);
        var refused = await Assert.ThrowsAsync<StorageConflictException>(() => Create("a/y", 1));
        Assert.Equal(StorageConflict.ClusterDeleted, refused.Conflict);
        Assert.Same(other, database.Cluster("two").Resource("things").Get(other.Key));
        Assert.Equal(0, database.Cluster("one").Resource("things").Count);
    }

    [Fact]
    public async Task Events_are_lines_of_json()
    {
        var created = await Create("a/x", 1);
        var buffer = new ArrayBufferWriter<byte>();
        new Change(ChangeType.Added, created, null).AppendTo(buffer);
        Assert.Equal($"{{\"type\":\"ADDED\",\"object\":{Encoding.UTF8.GetString(created.Json.Span)}}}\n", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private Task<StoredObject> Create(string key, long value) => store.CreateAsync(Objects.Key(key), Objects.Of(key, value), Cancel);
}
