using System.Buffers;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;

namespace Flotilla.Bench;

/// <summary>The storage of the API server alone, without HTTP: how fast it is, and what it takes.</summary>
internal static class StoreBench
{
    private const int ObjectBytes = 2000;

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellationToken)
    {
        var table = new MarkdownTable("what", "figure", "unit", "notes");
        foreach (var writers in (int[])[1, 16, 64, 256])
            await DurableCreates(table, writers, cancellationToken);
        await Updates(table, cancellationToken);
        await MemoryCreates(table, cancellationToken);
        await Reads(table, cancellationToken);
        await FanOut(table, cancellationToken);
        await LargeResource(table, cancellationToken);
        await ManyClusters(table, cancellationToken);
        return table;
    }

    private static async Task DurableCreates(MarkdownTable table, int writers, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var database = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), cancellationToken);
        var store = database.Cluster("c").Resource("configmaps");
        var (count, elapsed) = await ForAWhile(writers, (w, i) => Create(store, new ObjectKey("default", $"w{w}-{i}"), cancellationToken));
        table.Add($"durable creates, {writers} writers", count / elapsed.TotalSeconds, "1/s", $"{elapsed.TotalMilliseconds * writers / count:0.00} ms each");
    }

    private static async Task Updates(MarkdownTable table, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var database = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), cancellationToken);
        var store = database.Cluster("c").Resource("configmaps");
        const int writers = 64;
        var latest = new StoredObject[writers];
        for (var w = 0; w < writers; w++)
            latest[w] = await Create(store, new ObjectKey("default", $"w{w}"), cancellationToken);
        var (count, elapsed) = await ForAWhile(writers, async (w, _) =>
            latest[w] = await store.UpdateAsync(latest[w].Key, latest[w].Revision, Object(latest[w].Key), cancellationToken));
        table.Add($"durable updates, {writers} writers", count / elapsed.TotalSeconds, "1/s", "each its own object");
    }

    private static async Task MemoryCreates(MarkdownTable table, CancellationToken cancellationToken)
    {
        await using var database = await ObjectDatabase.OpenAsync(null, new StorageOptions(), cancellationToken);
        var store = database.Cluster("c").Resource("configmaps");
        foreach (var writers in (int[])[1, 16])
        {
            var (count, elapsed) = await ForAWhile(writers, (w, i) => Create(store, new ObjectKey($"n{writers}", $"w{w}-{i}"), cancellationToken));
            table.Add($"creates in memory, {writers} writers", count / elapsed.TotalSeconds, "1/s", "");
        }
    }

    private static async Task Reads(MarkdownTable table, CancellationToken cancellationToken)
    {
        await using var database = await ObjectDatabase.OpenAsync(null, new StorageOptions(), cancellationToken);
        var store = database.Cluster("c").Resource("configmaps");
        await Fill(store, 10_000, cancellationToken);
        var keys = store.List(null, null, 0, null, null).Items.Select(o => o.Key).ToArray();
        foreach (var readers in (int[])[1, Environment.ProcessorCount])
        {
            var (count, elapsed) = await ForAWhile(readers, (w, i) =>
            {
                for (var k = 0; k < 1000; k++)
                    _ = store.Get(keys[((i * 1000) + (k * 7919) + w) % keys.Length])!.Json.Length;
                return Task.CompletedTask;
            });
            table.Add($"gets of 10,000 objects, {readers} readers", count * 1000 / elapsed.TotalSeconds, "1/s", "");
        }
        var pages = await ForAWhile(1, (_, i) =>
        {
            _ = store.List(null, keys[i * 500 % 9000], 500, null, null).Items.Count;
            return Task.CompletedTask;
        });
        table.Add("pages of 500", pages.Count / pages.Elapsed.TotalSeconds, "1/s", "");
    }

    private static async Task FanOut(MarkdownTable table, CancellationToken cancellationToken)
    {
        const int watchers = 1000;
        const int changes = 500;
        await using var database = await ObjectDatabase.OpenAsync(null, new StorageOptions(), cancellationToken);
        var store = database.Cluster("c").Resource("configmaps");
        long bytes = 0;
        var started = new CountdownEvent(watchers);
        var tasks = Enumerable.Range(0, watchers).Select(_ => Task.Run(async () =>
        {
            await using var watcher = store.Watch(null, null, database.Revision);
            started.Signal();
            var output = new ArrayBufferWriter<byte>(4096);
            var seen = 0;
            while (seen < changes && await watcher.WaitAsync(cancellationToken))
            {
                while (watcher.TryRead(out var change))
                {
                    change.AppendTo(output);
                    seen++;
                    Interlocked.Add(ref bytes, output.WrittenCount);
                    output.ResetWrittenCount();
                }
            }
        }, cancellationToken)).ToArray();
        await Task.Run(started.Wait, cancellationToken);
        var watch = Stopwatch.StartNew();
        var allocated = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < changes; i++)
            await Create(store, new ObjectKey("default", $"{i}"), cancellationToken);
        var written = watch.Elapsed;
        await Task.WhenAll(tasks);
        table.Add($"events to {watchers:N0} watchers", (double)watchers * changes / watch.Elapsed.TotalSeconds, "1/s",
            $"{bytes >> 20} MiB of lines; the writer took {written.TotalMilliseconds:0} of {watch.Elapsed.TotalMilliseconds:0} ms; {(GC.GetTotalAllocatedBytes() - allocated) / watchers / changes} bytes allocated each");

        var latency = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            var left = new CountdownEvent(watchers);
            var waiting = Enumerable.Range(0, watchers).Select(async _ =>
            {
                await using var watcher = store.Watch(null, null, database.Revision);
                left.Signal();
                await watcher.WaitAsync(cancellationToken);
            }).ToArray();
            left.Wait(cancellationToken);
            watch.Restart();
            await Create(store, new ObjectKey("one", $"{i}"), cancellationToken);
            await Task.WhenAll(waiting);
            latency.Add(watch.Elapsed.TotalMilliseconds);
        }
        table.Add($"one change until {watchers:N0} have it", latency.Order().ElementAt(latency.Count / 2), "ms", "median");
    }

    private static async Task LargeResource(MarkdownTable table, CancellationToken cancellationToken)
    {
        const int objects = 100_000;
        using var folder = new TemporaryFolder();
        await using (var database = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), cancellationToken))
        {
            var store = database.Cluster("c").Resource("configmaps");
            var watch = Stopwatch.StartNew();
            await Fill(store, objects, cancellationToken);
            table.Add($"creating {objects:N0} objects of one resource", watch.Elapsed.TotalSeconds, "s", "durable, 256 at a time");
            watch.Restart();
            ObjectKey? after = null;
            for (var more = true; more;)
            {
                var page = store.List(null, after, 500, null, null);
                (after, more) = (page.Items[^1].Key, page.HasMore);
            }
            table.Add("… paging through them", watch.Elapsed.TotalMilliseconds, "ms", "500 a page");
        }
        var opening = Stopwatch.StartNew();
        await using (var database = await ObjectDatabase.OpenAsync(folder.Path, new StorageOptions(), cancellationToken))
        {
            table.Add("… opening them again", opening.Elapsed.TotalSeconds, "s", $"{new FileInfo(Path.Combine(folder.Path, "flotilla.db")).Length >> 20} MiB file");
            var store = database.Cluster("c").Resource("configmaps");
            var watch = Stopwatch.StartNew();
            foreach (var some in store.List(null, null, 0, null, null).Items.Chunk(256))
                await Task.WhenAll(some.Select(o => store.DeleteAsync(o.Key, o.Revision, null, cancellationToken)));
            table.Add("… deleting them", watch.Elapsed.TotalSeconds, "s", "durable, 256 at a time");
        }
    }

    private static async Task ManyClusters(MarkdownTable table, CancellationToken cancellationToken)
    {
        const int clusters = 1000;
        string[] resources = ["configmaps", "secrets", "deployments.apps", "services", "pods", "serviceaccounts"];
        await using var database = await ObjectDatabase.OpenAsync(null, new StorageOptions(), cancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var c = 0; c < clusters; c++)
        {
            foreach (var resource in resources)
            {
                var store = database.Cluster($"cluster-{c}").Resource(resource);
                for (var i = 0; i < 30 / resources.Length; i++)
                    await Create(store, new ObjectKey("default", $"object-{i}"), cancellationToken);
            }
        }
        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        table.Add($"memory of {clusters:N0} clusters × 30 objects", taken / 1048576.0, "MiB",
            $"{ObjectBytes} bytes of JSON each; {(taken / clusters / 30) - ObjectBytes} bytes above that each");
        GC.KeepAlive(database);
    }

    private static async Task Fill(ResourceStore store, int count, CancellationToken cancellationToken)
    {
        foreach (var some in Enumerable.Range(0, count).Chunk(256))
            await Task.WhenAll(some.Select(i => Create(store, new ObjectKey("default", $"object-{i * 7919L % 1_000_003}"), cancellationToken)));
    }

    private static async Task<(long Count, TimeSpan Elapsed)> ForAWhile(int workers, Func<int, int, Task> work)
    {
        long count = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; watch.Elapsed < TimeSpan.FromSeconds(3); i++)
            {
                await work(w, i);
                Interlocked.Increment(ref count);
            }
        })));
        return (count, watch.Elapsed);
    }

    private static Task<StoredObject> Create(ResourceStore store, ObjectKey key, CancellationToken cancellationToken) =>
        store.CreateAsync(key, Object(key), cancellationToken);

    private static JsonObject Object(ObjectKey key)
    {
        var obj = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject
            {
                ["name"] = key.Name,
                ["namespace"] = key.Namespace,
                ["uid"] = "0b0f6f9e-58a3-4d7a-9d24-6fb1f5b0a3b7",
                ["creationTimestamp"] = "2026-01-01T00:00:00Z",
                ["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "shop", ["app.kubernetes.io/part-of"] = "store" },
            },
            ["data"] = new JsonObject(),
        };
        for (var i = 0; i < 16; i++)
            obj["data"]![$"setting-{i}"] = new string((char)('a' + i), (ObjectBytes - 600) / 16);
        return obj;
    }
}
