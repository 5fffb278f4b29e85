using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

public sealed class WatcherTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task History_comes_first_then_what_happens()
    {
        await using var database = await Open();
        var store = database.Cluster("c").Resource("things");
        var first = await Create(store, "a/1");
        await Create(store, "a/2");
        await using var watcher = store.Watch(null, null, first.Revision);
        await Create(store, "a/3");
        Assert.Equal(["Added a/2=0", "Added a/3=0"], Objects.ReadAll(watcher).Select(Objects.Show));
        var waiting = watcher.WaitAsync(Cancel);
        Assert.False(waiting.IsCompleted);
        await Create(store, "a/4");
        Assert.True(await waiting);
        Assert.Equal(["Added a/4=0"], Objects.ReadAll(watcher).Select(Objects.Show));
    }

    [Theory]
    [InlineData("", "", "a/x a/y b/x")]
    [InlineData("a", "", "a/x a/y")]
    [InlineData("", "x", "a/x b/x")]
    [InlineData("b", "x", "b/x")]
    [InlineData("b", "y", "")]
    public async Task A_scope_shows_and_wakes_only_for_what_lies_in_it(string ns, string name, string expected)
    {
        await using var database = await Open();
        var store = database.Cluster("c").Resource("things");
        await using var replayed = store.Watch(ns, name, database.Revision);
        await using var live = store.Watch(ns, name, database.Revision);
        var seen = new List<string>();
        foreach (var key in (string[])["a/x", "a/y", "b/x"])
        {
            var waiting = live.WaitAsync(Cancel);
            await Create(store, key);
            if (!expected.Split(' ').Contains(key))
            {
                live.Nudge();
                await waiting;
                Assert.False(live.TryRead(out _));
                continue;
            }
            Assert.True(await waiting);
            Assert.True(live.TryRead(out var change));
            seen.Add(change.Object.Key.ToString());
        }
        Assert.Equal(expected, string.Join(' ', seen));
        Assert.Equal(expected, string.Join(' ', Objects.ReadAll(replayed).Select(c => c.Object.Key)));
    }

    [Fact]
    public async Task A_watcher_that_is_overtaken_is_cut_and_one_that_waits_is_not()
    {
        await using var database = await Open(new StorageOptions { HistoryChanges = 10 });
        var store = database.Cluster("c").Resource("things");
        await using var slow = store.Watch(null, null, database.Revision);
        await using var waiting = store.Watch("quiet", null, database.Revision);
        var wait = waiting.WaitAsync(Cancel);
        for (var i = 0; i < 30; i++)
            await Create(store, $"busy/{i}");
        Assert.True(await slow.WaitAsync(Cancel));
        Assert.False(slow.TryRead(out _));
        Assert.Equal(WatchEnd.TooSlow, slow.End);
        Assert.False(await slow.WaitAsync(Cancel));

        await Create(store, "quiet/x");
        Assert.True(await wait);
        Assert.Equal(["Added quiet/x=0"], Objects.ReadAll(waiting).Select(Objects.Show));
    }

    [Fact]
    public async Task A_quiet_resource_outlives_the_history_of_a_busy_one()
    {
        await using var database = await Open(new StorageOptions { HistoryChanges = 10 });
        var quiet = database.Cluster("c").Resource("quiet");
        var busy = database.Cluster("c").Resource("busy");
        var first = await Create(quiet, "a/1");
        var second = await Create(quiet, "a/2");
        await using var atTheEnd = quiet.Watch(null, null, second.Revision);
        for (var i = 0; i < 30; i++)
            await Create(busy, $"a/{i}");

        Assert.Equal(second.Revision, quiet.OldestRevision);
        var expired = Assert.Throws<RevisionExpiredException>(() => quiet.Watch(null, null, first.Revision));
        Assert.Equal((first.Revision, second.Revision), (expired.Requested, expired.Oldest));
        Assert.Throws<RevisionExpiredException>(() => quiet.List(null, null, 0, first.Revision, null));
        Assert.Throws<RevisionExpiredException>(() => busy.Watch(null, null, second.Revision));
        await Create(quiet, "a/3");
        await using var late = quiet.Watch(null, null, second.Revision);
        Assert.Equal(["Added a/3=0"], Objects.ReadAll(late).Select(Objects.Show));
        Assert.Equal(["Added a/3=0"], Objects.ReadAll(atTheEnd).Select(Objects.Show));
        Assert.Null(atTheEnd.End);
    }

    [Fact]
    public async Task Large_states_count_against_the_history_by_their_bytes()
    {
        await using var database = await Open(new StorageOptions { HistoryBytes = 100_000 });
        var store = database.Cluster("c").Resource("things");
        var key = Objects.Key("a/x");
        var obj = Objects.Of(key, 1);
        obj["text"] = new string('x', 30_000);
        var latest = await store.CreateAsync(key, obj, Cancel);
        for (var i = 0; i < 10; i++)
            latest = await store.UpdateAsync(key, latest.Revision, obj, Cancel);
        Assert.Equal(latest.Revision - 3, store.OldestRevision);
    }

    [Fact]
    public async Task The_read_revision_moves_with_the_database_but_never_past_what_was_not_read()
    {
        await using var database = await Open();
        var store = database.Cluster("c").Resource("things");
        var other = database.Cluster("c").Resource("others");
        await using var watcher = store.Watch(null, null, database.Revision);
        Assert.Equal(database.Revision, watcher.ReadRevision);
        await Create(other, "a/1");
        Assert.Equal(database.Revision, watcher.ReadRevision);
        var unread = await Create(store, "a/1");
        await Create(other, "a/2");
        Assert.True(watcher.ReadRevision < unread.Revision);
        Assert.Single(Objects.ReadAll(watcher));
        Assert.Equal(database.Revision, watcher.ReadRevision);
        var waiting = watcher.WaitAsync(Cancel);
        await Create(other, "a/3");
        Assert.Equal(database.Revision, watcher.ReadRevision);
        watcher.Nudge();
        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_cancelled_wait_loses_nothing()
    {
        await using var database = await Open();
        var store = database.Cluster("c").Resource("things");
        await using var watcher = store.Watch(null, null, database.Revision);
        using (var impatient = new CancellationTokenSource())
        {
            var waiting = watcher.WaitAsync(impatient.Token).AsTask();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
        await Create(store, "a/1");
        Assert.True(await watcher.WaitAsync(Cancel));
        Assert.Equal(["Added a/1=0"], Objects.ReadAll(watcher).Select(Objects.Show));
    }

    [Fact]
    public async Task A_revision_of_the_future_is_waited_for()
    {
        await using var database = await Open();
        var store = database.Cluster("c").Resource("things");
        await using var watcher = store.Watch(null, null, database.Revision + 2);
        for (var i = 0; i < 3; i++)
            await Create(store, $"a/{i}");
        Assert.Equal(["Added a/2=0"], Objects.ReadAll(watcher).Select(Objects.Show));
    }

    [Fact]
    public async Task Closing_the_database_ends_the_watchers()
    {
        var database = await Open();
        var watcher = database.Cluster("c").Resource("things").Watch(null, null, database.Revision);
        var reading = Task.Run(async () => await watcher.ReadAllAsync(Cancel).CountAsync(Cancel), Cancel);
        await database.DisposeAsync();
        Assert.Equal(0, await reading);
        Assert.Equal(WatchEnd.Closed, watcher.End);
        await watcher.DisposeAsync();
    }

    private static Task<ObjectDatabase> Open(StorageOptions? options = null) => ObjectDatabase.OpenAsync(null, options ?? new StorageOptions(), Cancel);

    private static Task<StoredObject> Create(ResourceStore store, string key) =>
        store.CreateAsync(Objects.Key(key), Objects.Of(key, 0), Cancel);
}
