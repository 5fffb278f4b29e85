using System.Diagnostics;
using System.Net;
using System.Text;

namespace Flotilla.Bench;

/// <summary>A thousand virtual clusters in one process, each with the working set of a small site.</summary>
internal static class ClustersBench
{
    private const int Clusters = 1000;
    private const int AtOnce = 16;

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "figure", "unit", "budget", "notes");
        using var folder = new TemporaryFolder();
        string[] arguments = ["--data", folder.Path, "--clusters", $"{Clusters}"];
        var watch = Stopwatch.StartNew();
        await using (var server = await ServerProcess.StartAsync(arguments, cancellation))
        {
            table.Add($"first start with {Clusters:N0} clusters", watch.Elapsed.TotalSeconds, "s", "", "each with its default roles, bindings and namespaces, on disk");
            table.Add("… resident memory, clusters empty", server.ResidentMegabytes, "MiB", "", "");
            watch.Restart();
            var objects = await FillAsync(server, cancellation);
            table.Add($"creating {objects:N0} objects", watch.Elapsed.TotalSeconds, "s", "", $"{objects / watch.Elapsed.TotalSeconds:N0}/s over HTTPS, durable, {AtOnce} clients");
            table.Add("… resident memory", server.ResidentMegabytes, "MiB", "≤ 1,536", $"peak {Machine.ResidentMegabytes(server.Id, peak: true):N0}");
        }
        watch.Restart();
        await using (var server = await ServerProcess.StartAsync(arguments, cancellation))
        {
            _ = await server.Client.GetByteArrayAsync("/readyz", cancellation);
            table.Add("ready after a restart", watch.Elapsed.TotalSeconds, "s", "", $"{new DirectoryInfo(folder.Path).EnumerateFiles().Sum(f => f.Length) >> 20} MiB on disk");
            await ReadAsync(server, cancellation);
            table.Add("… resident memory", server.ResidentMegabytes, "MiB", "≤ 1,536", "after one list in each cluster");
        }
        return table;
    }

    private static async Task<int> FillAsync(ServerProcess server, CancellationToken cancellation)
    {
        var bodies = WorkingSet.Objects.Select(o => (o.Path, Body: Encoding.UTF8.GetBytes(o.Object.ToJsonString()))).ToArray();
        await Parallel.ForAsync(1, Clusters + 1, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (cluster, stop) =>
        {
            foreach (var (path, body) in bodies)
                await CreateAsync(server, $"/clusters/cluster-{cluster}{path}", body, stop);
        });
        return Clusters * bodies.Length;
    }

    private static async Task CreateAsync(ServerProcess server, string path, byte[] body, CancellationToken cancellation)
    {
        // The controllers work beside this: a new resource is served, and a new namespace has its account, a moment later.
        while (true)
        {
            using var answer = await server.Client.PostAsync(path, new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } }, cancellation);
            if (answer.StatusCode == HttpStatusCode.Created)
                return;
            if (answer.StatusCode != HttpStatusCode.NotFound)
                throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync(cancellation)}");
            await Task.Yield();
        }
    }

    private static Task ReadAsync(ServerProcess server, CancellationToken cancellation) =>
        Parallel.ForAsync(1, Clusters + 1, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (cluster, stop) =>
            _ = await server.Client.GetByteArrayAsync($"/clusters/cluster-{cluster}/apis/shop.example.com/v1/tills", stop));
}
