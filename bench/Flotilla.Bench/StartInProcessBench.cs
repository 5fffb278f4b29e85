using System.Diagnostics;
using Flotilla.ApiServer;

namespace Flotilla.Bench;

/// <summary>What a test pays for an API server of its own.</summary>
internal static class StartInProcessBench
{
    private const int Runs = 50;

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "figure", "unit", "notes");
        table.Add("KubernetesApi.StartAsync, first in the process", await Start(null, cancellation), "ms", "in memory; the code is compiled as it runs");
        await Repeat(table, "KubernetesApi.StartAsync, after the first", null, cancellation);
        await Repeat(table, "… with a new data folder", () => new TemporaryFolder(), cancellation);
        await AddClusters(table, cancellation);
        return table;
    }

    private static async Task Repeat(MarkdownTable table, string what, Func<TemporaryFolder>? newFolder, CancellationToken cancellation)
    {
        var times = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            using var folder = newFolder?.Invoke();
            times.Add(await Start(folder?.Path, cancellation));
        }
        table.Add(what, times.Median(), "ms", $"median of {Runs}; p90 {times.Percentile(0.9):0.#}");
    }

    private static async Task<double> Start(string? folder, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        await using var api = await KubernetesApi.StartAsync(new KubernetesApiOptions { DataFolder = folder }, cancellation);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task AddClusters(MarkdownTable table, CancellationToken cancellation)
    {
        await using var api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), cancellation);
        var times = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            await api.AddClusterAsync($"c{i}", cancellation);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        table.Add("AddClusterAsync", times.Median(), "ms", $"median of {Runs}; p90 {times.Percentile(0.9):0.#}");
    }
}
