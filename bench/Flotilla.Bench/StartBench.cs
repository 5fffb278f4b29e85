using System.Diagnostics;

namespace Flotilla.Bench;

/// <summary>From the start of the process until <c>/readyz</c> answers, and the memory of an empty server.</summary>
internal static class StartBench
{
    private const int Runs = 15;
    private const string Budget = "≤ 500";

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "median", "best", "unit", "budget", "notes");
        using var kept = new TemporaryFolder();
        // The first start reads the executable from disk and is not counted.
        await using (await ServerProcess.StartAsync(["--data", kept.Path], cancellation))
        {
        }
        await Measure(table, "ready, --memory", cancellation, () => (["--memory"], null));
        await Measure(table, "ready, --data, new folder", cancellation, () =>
        {
            var folder = new TemporaryFolder();
            return (["--data", folder.Path], folder);
        });
        await Measure(table, "ready, --data, existing folder", cancellation, () => (["--data", kept.Path], null));
        await MeasureMemory(table, cancellation);
        return table;
    }

    private static async Task Measure(
        MarkdownTable table, string what, CancellationToken cancellation, Func<(string[] Arguments, IDisposable? Folder)> prepare)
    {
        var (ready, listening, processor) = (new List<double>(), new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            var (arguments, folder) = prepare();
            using (folder)
            {
                var watch = Stopwatch.StartNew();
                await using var server = await ServerProcess.StartAsync(arguments, cancellation);
                listening.Add(watch.Elapsed.TotalMilliseconds);
                using var answer = await server.Client.GetAsync("/readyz", cancellation);
                answer.EnsureSuccessStatusCode();
                ready.Add(watch.Elapsed.TotalMilliseconds);
                processor.Add(server.ProcessorTime.TotalMilliseconds);
            }
        }
        table.Add(what, ready.Median(), ready.Min(), "ms", Budget,
            $"of {Runs} runs; listening after {listening.Median():0}; {processor.Median():0} ms of processor time; TLS handshake of this client counted");
    }

    private static async Task MeasureMemory(MarkdownTable table, CancellationToken cancellation)
    {
        var memory = new List<double>();
        for (var run = 0; run < 5; run++)
        {
            await using var server = await ServerProcess.StartAsync(["--memory"], cancellation);
            foreach (var path in (string[])["/readyz", "/api", "/apis", "/api/v1", "/api/v1/namespaces", "/apis/apps/v1/deployments", "/api/v1/pods"])
                _ = await server.Client.GetByteArrayAsync(path, cancellation);
            memory.Add(server.ResidentMegabytes);
        }
        table.Add("resident memory, empty", memory.Median(), memory.Min(), "MiB", "≤ 120", "after discovery and some lists");
    }
}
