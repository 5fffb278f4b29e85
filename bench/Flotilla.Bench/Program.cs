namespace Flotilla.Bench;

internal static class Program
{
    private static readonly Dictionary<string, Func<CancellationToken, Task<MarkdownTable>>> Benches = new()
    {
        ["start"] = StartBench.RunAsync,
        ["start-in-process"] = StartInProcessBench.RunAsync,
        ["clusters"] = ClustersBench.RunAsync,
        ["requests"] = RequestsBench.RunAsync,
        ["watch"] = WatchBench.RunAsync,
        ["apply"] = ApplyBench.RunAsync,
        ["store"] = StoreBench.RunAsync,
        ["compile"] = CompileBench.RunAsync,
        ["site-apply"] = SiteApplyBench.RunAsync,
        ["site-change"] = SiteChangeBench.RunAsync,
        ["fleet"] = FleetBench.RunAsync,
        ["hub-scale"] = HubScaleBench.RunAsync,
        ["reconnect-storm"] = ReconnectStormBench.RunAsync,
        ["idle-bytes"] = IdleBytesBench.RunAsync,
        ["rollout"] = RolloutBench.RunAsync,
    };

    public static async Task<int> Main(string[] args)
    {
        if (args is [SimulatedServer.Command, var folder, .. var clusters])
            return await SimulatedServer.ServeAsync(folder, clusters);
        if (args is not [var name] || !Benches.TryGetValue(name, out var bench))
        {
            Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Flotilla.Bench -- {string.Join('|', Benches.Keys)}");
            return 2;
        }
        if (name == "fleet" && RoomyProcess.Code is { } code)
            return await code;
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };
        var load = Machine.Load;
        Console.WriteLine(await bench(interrupted.Token));
        Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Machine.Kind}; load {load} before and {Machine.Load} after.");
        return 0;
    }
}
