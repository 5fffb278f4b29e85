using System.Diagnostics;
using System.Text;

namespace Flotilla.Bench;

/// <summary>One change and a thousand watchers, over HTTP/2 and TLS.</summary>
internal static class WatchBench
{
    private const int Watchers = 1000;
    private const int Connections = 10;
    private const int Changes = 60;
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "p50", "p90", "unit", "notes");
        await using var server = await ServerProcess.StartAsync(["--memory"], cancellation);
        var arrivals = new Arrivals(Watchers);
        var clients = Enumerable.Range(0, Connections).Select(_ => server.NewClient()).ToArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = Enumerable.Range(0, Watchers).Select(w => WatchAsync(clients[w % Connections], arrivals, stop.Token)).ToArray();
        await CreateAsync(server, 0, cancellation);
        await arrivals.AllHave(1);
        var before = server.ResidentMegabytes;

        var (all, first) = (new List<double>(), new List<double>());
        for (var i = 1; i <= Changes; i++)
        {
            var watch = Stopwatch.StartNew();
            await CreateAsync(server, i, cancellation);
            first.Add(watch.Elapsed.TotalMilliseconds);
            await arrivals.AllHave(i + 1);
            all.Add(watch.Elapsed.TotalMilliseconds);
        }
        table.Add($"request sent until all {Watchers:N0} watchers have the change", all.Median(), all.Percentile(0.9), "ms", $"{Changes} changes of 2 KB, {Connections} connections; {before:N0} MiB resident");
        table.Add("request sent until answered", first.Median(), first.Percentile(0.9), "ms", "beside that");

        var burst = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(Changes + 1, Changes).Select(i => CreateAsync(server, i, cancellation)));
        await arrivals.AllHave((2 * Changes) + 1);
        table.Add("events delivered, changes sent at once", Watchers * Changes / burst.Elapsed.TotalSeconds, "", "1/s", $"{server.ResidentMegabytes:N0} MiB resident afterwards; this client shares the cores");

        await stop.CancelAsync();
        await Task.WhenAll(watching);
        foreach (var client in clients)
            client.Dispose();
        return table;
    }

    private static async Task WatchAsync(HttpClient client, Arrivals arrivals, CancellationToken stop)
    {
        try
        {
            await using var stream = await client.GetStreamAsync($"{ConfigMaps}?watch=1", stop);
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, stop) is var read and > 0)
                arrivals.Add(buffer.AsSpan(0, read).Count((byte)'\n'));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The bench is over.
        }
        catch (Exception failure)
        {
            arrivals.Fail(failure);
        }
    }

    private static async Task CreateAsync(ServerProcess server, int number, CancellationToken cancellation)
    {
        var body = Encoding.UTF8.GetBytes(WorkingSet.ConfigMap($"change-{number}").ToJsonString());
        using var answer = await server.Client.PostAsync(ConfigMaps, new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } }, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Counts the events of all watchers together.</summary>
    private sealed class Arrivals(int watchers)
    {
        private readonly Lock gate = new();
        private long count;
        private long wanted = long.MaxValue;
        private TaskCompletionSource reached = new();

        public void Add(int events)
        {
            lock (gate)
            {
                count += events;
                if (count >= wanted)
                    reached.TrySetResult();
            }
        }

        public void Fail(Exception failure)
        {
            lock (gate)
                reached.TrySetException(failure);
        }

        public Task AllHave(long changes)
        {
            lock (gate)
            {
                wanted = watchers * changes;
                reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (count >= wanted)
                    reached.TrySetResult();
                return reached.Task;
            }
        }
    }
}
