using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Agent.Applying;
using Flotilla.Api.Components;
using Flotilla.Api.Stacks;
using Flotilla.ApiServer;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.Simulation;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Bench;

/// <summary>A thousand appliers and their clusters in this process: what one more costs while nothing happens, and what one changed object costs.</summary>
internal static class SiteChangeBench
{
    private const int Sites = 1_000, Changes = 5;

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "figure", "unit", "budget", "notes");
        var options = SimulatedClusters.Options(TimeProvider.System, new WorkloadBehaviour { ReadyAfter = TimeSpan.Zero });
        await using var api = await KubernetesApi.StartAsync(options, cancellation);
        using var handler = api.CreateHandler();
        var (clients, sites) = (new List<KubernetesClient>(), new List<BenchSite>());
        for (var i = 0; i < Sites; i++)
        {
            clients.Add(new KubernetesClient(handler, await api.AddClusterAsync($"site-{i}", cancellation), token: api.Token));
            sites.Add(new BenchSite(clients[^1]));
        }

        // One first: code that runs for the first time is not what is measured.
        var releases = Enumerable.Range(0, Changes + 2).Select(Release).ToList();
        sites[0].Start(cancellation);
        await sites[0].SettleAsync(releases[0], IsDone);
        foreach (var site in sites.Skip(1))
            site.Start(cancellation);
        var first = await MeasureAsync(sites.Skip(1), releases[0]);
        table.Add("first release of 30 objects", first.ProcessorMilliseconds, "ms of a core per site", "", $"{first.Kilobytes:N0} KiB allocated; server and applier");

        var running = Heap();
        await MeasureAsync(sites, releases[^1]);
        var changes = new List<Cost>();
        for (var i = 1; i <= Changes; i++)
            changes.Add(await MeasureAsync(sites, releases[i]));
        var change = changes.OrderBy(c => c.ProcessorMilliseconds).ElementAt(Changes / 2);
        table.Add(
            "release with one changed object", change.ProcessorMilliseconds, "ms of a core per site", "≤ 3",
            $"median of {Changes}: new release, applied, healthy, told; server and applier; {change.Kilobytes:N0} KiB allocated, {change.Saves:0.#} times the inventory written");

        var threads = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(TimeSpan.FromSeconds(5), cancellation);
        table.Add("nothing happens", (Process.GetCurrentProcess().TotalProcessorTime - threads).TotalMilliseconds / 5, "ms of a core per second", "", "all sites together");

        await Task.WhenAll(sites.Select(s => s.StopAsync()));
        foreach (var client in clients)
            client.Dispose();
        clients.Clear();
        sites.Clear();
        var idle = (running - Heap()) / Sites / 1024.0;
        table.Add("memory of an applier that waits", idle, "KiB per site", "≤ 150", "its watches at both ends, what it knows of 30 objects, its client and inventory; without the server's objects");
        return table;
    }

    private static bool IsDone(ApplyProgress progress) => progress is { Applied: true, Healthy: true };

    private static async Task<Cost> MeasureAsync(IEnumerable<BenchSite> sites, LoadedRelease release)
    {
        var all = sites.ToList();
        GC.Collect();
        var process = Process.GetCurrentProcess();
        var (time, bytes, saves) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true), all.Sum(s => s.Saves));
        await Task.WhenAll(all.Select(s => s.SettleAsync(release, IsDone)));
        process.Refresh();
        return new Cost(
            (process.TotalProcessorTime - time).TotalMilliseconds / all.Count,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / 1024.0 / all.Count,
            (all.Sum(s => s.Saves) - saves) / (double)all.Count);
    }

    private static double Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>The working set of a site as one component; the level of one ConfigMap tells one release from the other.</summary>
    private static LoadedRelease Release(int number)
    {
        var objects = WorkingSet.Objects.Select(o =>
        {
            var obj = (JsonObject)o.Object.DeepClone();
            if (o.Path.Contains("/namespaces/shop/", StringComparison.Ordinal))
                obj.ObjectOrNew("metadata")["namespace"] = "shop";
            if (obj.String("kind") == "ConfigMap" && obj.Object("metadata").String("name") == "prices")
                obj.ObjectOrNew("data")["level"] = $"level-{number}";
            return obj;
        });
        var bytes = Encoding.UTF8.GetBytes(YamlWriter.WriteAll(objects));
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
        var component = new Component
        {
            Metadata = new Api.ObjectMeta { Name = "shop" },
            Spec = new ComponentSpec { Role = "application", Versions = [new ComponentVersion { Version = "1.0.0", Source = new ComponentSource { Content = [digest] } }] },
        };
        var stack = new Stack
        {
            Metadata = new Api.ObjectMeta { Name = "bench" },
            Spec = new StackSpec { Slots = [new StackSlot { Role = "application", Use = [new StackUse { Component = "shop", Version = "1.0.0" }] }] },
        };
        var revision = RevisionCompiler.Compile(stack, [component], _ => bytes);
        return BenchSite.Load(ReleaseCompiler.Compile(
            revision.Revision ?? throw new InvalidOperationException(string.Join('\n', revision.Problems)), new SiteInputs("store-1")).Release!);
    }

    private sealed record Cost(double ProcessorMilliseconds, double Kilobytes, double Saves);
}
