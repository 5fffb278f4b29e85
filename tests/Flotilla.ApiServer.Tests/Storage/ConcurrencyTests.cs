using System.Collections.Concurrent;
using CsCheck;
using Flotilla.ApiServer.Storage;

namespace Flotilla.ApiServer.Tests.Storage;

/// <summary>Many writers, readers and watchers at once: whatever the order was, all must tell the same story.</summary>
public sealed class ConcurrencyTests
{
    private const int Writers = 6;
    private const int Steps = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_memory_lists_and_watches_agree() =>
        await Gen.Int.SampleAsync(seed => Run(null, seed), iter: 30, threads: 1);

    [Fact]
    public async Task On_disk_lists_and_watches_agree_and_a_restart_finds_the_same()
    {
        await Gen.Int.SampleAsync(async seed =>
        {
            using var folder = new TemporaryFolder();
            var before = await Run(folder.Path, seed);
            await using var database = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), Cancel);
            Assert.Equal(before, State(database.Cluster("c").Resource("things").List(null, null, 0, null, null)));
        }, iter: 5, threads: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_write_was_not_done_and_every_other_was(bool onDisk)
    {
        using var folder = new TemporaryFolder();
        // Hardly any room, so that many wait for it when they are cancelled.
        var options = new StorageOptions { PendingWrites = 4 };
        await using var database = await ObjectDatabase.OpenAsync(onDisk ? folder.Path : null, options, Cancel);
        var store = database.Cluster("c").Resource("things");
        using var impatient = new CancellationTokenSource();
        var writes = Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
        {
            var key = new ObjectKey("a", $"n{i}");
            if (i == 200)
                await impatient.CancelAsync();
            return await store.CreateAsync(key, Objects.Of(key, i), i % 2 == 0 ? impatient.Token : Cancel);
        }, Cancel)).ToList();
        await Task.WhenAll(writes).ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        for (var i = 0; i < writes.Count; i++)
        {
            Assert.True(writes[i].IsCompletedSuccessfully || (writes[i].IsCanceled && i % 2 == 0));
            Assert.Equal(writes[i].IsCompletedSuccessfully, store.Get(new ObjectKey("a", $"n{i}")) is not null);
        }
    }

    [Fact]
    public async Task Writes_that_meet_the_closing_are_done_or_refused()
    {
        using var folder = new TemporaryFolder();
        var database = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), Cancel);
        var store = database.Cluster("c").Resource("things");
        var writes = Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            var done = 0;
            try
            {
                for (; ; done++)
                    await store.CreateAsync(new("a", $"{w}-{done}"), Objects.Of("a/x", done), Cancel);
            }
            catch (StorageFailedException e) when (e.Failure == StorageFailure.Closed)
            {
                return done;
            }
        }, Cancel)).ToList();
        await using (var watcher = store.Watch(null, null, database.Revision))
            Assert.True(await watcher.WaitAsync(Cancel));
        await database.DisposeAsync();
        var total = (await Task.WhenAll(writes)).Sum();
        await using var again = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), Cancel);
        Assert.Equal(total, again.Cluster("c").Resource("things").Count);
    }

    private static async Task<Dictionary<string, long>> Run(string? folder, int seed)
    {
        await using var database = await ObjectDatabase.OpenAsync(folder, new StorageOptions(), Cancel);
        var store = database.Cluster("c").Resource("things");
        var stories = new ConcurrentBag<Task<Dictionary<string, long>>>();
        var end = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 4; i++)
            stories.Add(Task.Run(() => Follow(store, end.Task), Cancel));
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            var random = new Random(seed + w);
            for (var i = 0; i < Steps; i++)
            {
                await WriteSomething(store, random);
                if (random.Next(10) == 0)
                    stories.Add(Task.Run(() => Follow(store, end.Task), Cancel));
            }
        }, Cancel)));
        end.SetResult(database.Revision);
        var final = State(store.List(null, null, 0, null, null));
        foreach (var story in await Task.WhenAll(stories))
            Assert.Equal(final, story);
        return final;
    }

    private static async Task WriteSomething(ResourceStore store, Random random)
    {
        var key = new ObjectKey($"ns{random.Next(2)}", $"n{random.Next(5)}");
        var current = store.Get(key);
        Assert.True(current is null || store.Database.Reaches(current.Revision));
        try
        {
            var written = (current, random.Next(3)) switch
            {
                (null, _) => await store.CreateAsync(key, Objects.Of(key, random.Next()), Cancel),
                (_, 0) => await store.DeleteAsync(key, current.Revision, null, Cancel),
                _ => await store.UpdateAsync(key, current.Revision, Objects.Of(key, random.Next()), Cancel),
            };
            // A writer sees its own write, or what came after it.
            Assert.True(store.List(null, null, 0, null, null).Revision >= written.Revision);
        }
        catch (StorageConflictException e)
        {
            // Another writer was faster; part of the game.
            Assert.NotSame(current, e.Current);
        }
    }

    /// <summary>Lists, then watches from there to the end, and checks that each change fits the state before it.</summary>
    private static async Task<Dictionary<string, long>> Follow(ResourceStore store, Task<long> end)
    {
        var list = store.List(null, null, 0, null, null);
        var state = State(list);
        await using var watcher = store.Watch(null, null, list.Revision);
        _ = end.ContinueWith(_ => watcher.Nudge(), Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        var last = list.Revision;
        while (!end.IsCompleted || watcher.ReadRevision < await end)
        {
            while (watcher.TryRead(out var change))
            {
                Assert.True(change.Revision > last);
                last = change.Revision;
                var key = change.Object.Key.ToString();
                Assert.Equal(state.TryGetValue(key, out var before) ? before : null, change.Previous?.Revision);
                if (change.Type == ChangeType.Deleted)
                    state.Remove(key);
                else
                    state[key] = change.Revision;
            }
            if (!end.IsCompleted)
                await watcher.WaitAsync(Cancel);
        }
        return state;
    }

    private static Dictionary<string, long> State(ListResult list)
    {
        Assert.All(list.Items, o => Assert.True(o.Revision <= list.Revision));
        return list.Items.ToDictionary(o => o.Key.ToString(), o => o.Revision);
    }
}
