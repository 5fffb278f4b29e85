using System.Diagnostics;
using Flotilla.Hub.Hosting;
using Flotilla.Simulation.Sites;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Bench;

/// <summary>A hub and a thousand simulated sites in one process: how long a change is under way to all of them.</summary>
internal static class FleetBench
{
    private const int Sites = 1000;
    private const int Components = 10;
    private const int Rounds = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "p50", "p90", "slowest", "unit", "budget (p90)", "notes");
        await using var hub = await HubHost.StartAsync(new HubOptions { Online = false }, cancellation);
        using var progress = new FleetProgress(hub.Ledger);
        await FleetDeclarations.ApplyAsync(hub.Api, FleetDeclarations.NamespaceYaml, cancellation);
        SimulatedSitePlan[] plans =
        [
            .. Enumerable.Range(1, Sites).Select(i => new SimulatedSitePlan(
                FleetDeclarations.SiteName(i), new Dictionary<string, string> { ["ring"] = "all" }, FleetDeclarations.SiteSpec(1 + (i % 12)), Nodes: 1)),
        ];
        await Parallel.ForEachAsync(plans, cancellation, async (plan, stop) => await FleetDeclarations.ApplyAsync(hub.Api, plan.ToObject(), stop));

        var started = Stopwatch.GetTimestamp();
        await using var fleet = await SimulatedFleet.OpenAsync(
            plans,
            new SimulatedFleetOptions
            {
                Hub = () => new DeliveryClock(hub.Gateway.CreateHandler(), progress.Delivered),
                HubAddress = hub.Gateway.Address,
                Token = hub.NewTokenAsync,
                Workloads = new WorkloadBehaviour { ReadyAfter = TimeSpan.Zero },
                Seed = 7,
            },
            cancellation);
        await fleet.StartAsync(cancellation);
        table.Add($"{Sites:N0} sites begun", "", "", Stopwatch.GetElapsedTime(started).TotalSeconds, "s", "", $"their clusters, enrolment; {Resident:N0} MiB resident");
        await Task.Delay(Pause, cancellation);

        for (var i = 1; i <= Components; i++)
            await FleetDeclarations.ApplyAsync(hub.Api, FleetDeclarations.Component(i), cancellation);
        await FleetDeclarations.ApplyAsync(hub.Api, FleetDeclarations.Stack(Components, "hello"), cancellation);
        var (_, first, busy) = await RoundAsync(progress, () => FleetDeclarations.ApplyAsync(hub.Api, FleetDeclarations.Fleet("all"), cancellation), cancellation);
        table.Add("first roll-out, applied and reported", first.Percentile(0.5) / 1000, first.Percentile(0.9) / 1000, first.Max() / 1000, "s", "",
            $"{Components} components, {Components * 3} objects each; {busy:0.0} s of processor time; {Resident:N0} MiB resident");
        await Task.Delay(Pause, cancellation);
        var idle = await IdleAsync(cancellation);
        table.Add("processor when nothing happens", "", "", idle, "% of a core", "", "hub, sites and their clusters");

        var (delivered, applied, used) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= Rounds; round++)
        {
            var greeting = $"round {round}";
            var (d, a, cpu) = await RoundAsync(progress, () => FleetDeclarations.ApplyAsync(hub.Api, FleetDeclarations.Stack(Components, greeting), cancellation), cancellation);
            table.Add($"round {round}: applied and reported", a.Percentile(0.5), a.Percentile(0.9), a.Max(), "ms", "≤ 5,000", $"delivered {d.Percentile(0.5):0}, {d.Percentile(0.9):0}, {d.Max():0}; {cpu:0.0} s of processor time");
            delivered.AddRange(d);
            applied.AddRange(a);
            used.Add(cpu);
            await Task.Delay(Pause, cancellation);
        }
        table.Add("a parameter changed: delivered to a site", delivered.Percentile(0.5), delivered.Percentile(0.9), delivered.Max(), "ms", "≤ 2,000", $"{Rounds} rounds, from the answer of the API");
        table.Add("… applied and reported at the hub", applied.Percentile(0.5), applied.Percentile(0.9), applied.Max(), "ms", "≤ 5,000", $"{used.Average() * 1000 / Sites:0.0} ms of processor time for each site, hub included; {Resident:N0} MiB resident; {GC.CollectionCount(0)} collections");
        return table;
    }

    private static double Resident => Machine.ResidentMegabytes(Environment.ProcessId);

    private static TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    private static async Task<(double[] Delivered, double[] Applied, double Busy)> RoundAsync(FleetProgress progress, Func<Task> change, CancellationToken cancellation)
    {
        var round = progress.Begin(Sites);
        var before = ProcessorTime;
        await change();
        var (delivered, applied) = await round.WaitAsync(Stopwatch.GetTimestamp(), cancellation);
        return (delivered, applied, (ProcessorTime - before).TotalSeconds);
    }

    private static async Task<double> IdleAsync(CancellationToken cancellation)
    {
        var (before, begun) = (ProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(Pause * 2, cancellation);
        return (ProcessorTime - before) / Stopwatch.GetElapsedTime(begun) * 100;
    }
}
