using System.Diagnostics;
using System.Text;
using Flotilla.Agent.Applying;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Bench;

/// <summary>A site's first release, and a look that finds nothing to do: the applier against kubectl, at the same server with the same objects.</summary>
internal static class SiteApplyBench
{
    private const int Rounds = 5;

    public static async Task<MarkdownTable> RunAsync(CancellationToken cancellation)
    {
        var table = new MarkdownTable("what", "applier ms", "kubectl ms", "times faster", "budget", "notes");
        if (RealStack.Folder is null || !Kubectl.IsInstalled)
        {
            table.Add("skipped", "", "", "", "", "it takes kubectl, and the folder of recorded facts beside the checkout");
            return table;
        }
        var compiled = RealStack.Compile(RealStack.Older());
        var release = WithoutWebhooks(BenchSite.Load(compiled));
        using var folder = new TemporaryFolder();
        var (documents, objects) = await RenderAsync(release, cancellation);
        var file = Path.Combine(folder.Path, "objects.json");
        await File.WriteAllTextAsync(file, documents, cancellation);

        // The first round warms both and is not counted.
        string[] clusters = [.. Enumerable.Range(0, Rounds + 1).SelectMany(i => (string[])[$"applier-{i}", $"kubectl-{i}"])];
        await using var server = await SimulatedServer.StartAsync(folder.Path, clusters, cancellation);
        using var requests = new RequestCount();
        var (first, again) = (new List<Figures>(), new List<Figures>());
        for (var round = 0; round <= Rounds; round++)
        {
            using var cluster = new KubernetesClient(Kubeconfig.Load(server.Kubeconfig, $"applier-{round}"));
            var site = new BenchSite(cluster);
            var kubectl = new Kubectl(server.Kubeconfig, folder.Path, $"kubectl-{round}");
            first.Add(new(await ApplyAsync(server, site, release, requests, cancellation), await KubectlAsync(server, kubectl, file, cancellation)));
            again.Add(new(await ApplyAsync(server, site, release, requests, cancellation), await KubectlAsync(server, kubectl, file, cancellation)));
        }
        Add(table, "first release", first, "≥ 3", $"{objects} objects");
        Add(table, "a new process that finds nothing to do", again, "≥ 5", "read anew from the server");
        var start = Stopwatch.StartNew();
        Kubectl.Run("version", "--client");
        table.Add("(start of kubectl alone)", "", start.Elapsed.TotalMilliseconds, "", "", "counted for kubectl; the applier runs in this process");
        return table;
    }

    private static void Add(MarkdownTable table, string what, List<Figures> all, string budget, string notes)
    {
        var counted = all.Skip(1).ToList();
        var (applier, kubectl) = (counted.Select(f => f.Applier.Milliseconds).ToArray().Median(), counted.Select(f => f.Kubectl.Milliseconds).ToArray().Median());
        var last = counted[^1];
        table.Add(
            what, applier, kubectl, kubectl / applier, budget,
            FormattableString.Invariant(
                $"{notes}; medians of {counted.Count}; {last.Applier.Requests} requests, {last.Applier.Writes} of them writes; processor time of the server {last.Applier.ServerMilliseconds:0} against {last.Kubectl.ServerMilliseconds:0} ms"));
    }

    private static async Task<Figure> ApplyAsync(SimulatedServer server, BenchSite site, LoadedRelease release, RequestCount requests, CancellationToken cancellation)
    {
        requests.Reset();
        var (begin, processor) = (Stopwatch.GetTimestamp(), server.ProcessorTime);
        site.Start(cancellation);
        await site.SettleAsync(release, p => p is { Applied: true, Healthy: true });
        var figure = new Figure(Stopwatch.GetElapsedTime(begin).TotalMilliseconds, (server.ProcessorTime - processor).TotalMilliseconds, requests.All, requests.Writes);
        await site.StopAsync();
        return figure;
    }

    private static async Task<Figure> KubectlAsync(SimulatedServer server, Kubectl kubectl, string file, CancellationToken cancellation)
    {
        var (begin, processor) = (Stopwatch.GetTimestamp(), server.ProcessorTime);
        await kubectl.RunAsync(cancellation, "apply", "--server-side", "-f", file);
        return new Figure(Stopwatch.GetElapsedTime(begin).TotalMilliseconds, (server.ProcessorTime - processor).TotalMilliseconds, 0, 0);
    }

    /// <summary>No webhooks, since nobody answers them here: kubectl's second run would be refused.</summary>
    private static LoadedRelease WithoutWebhooks(LoadedRelease release) => release with
    {
        ReadBlob = async (digest, cancellation) =>
        {
            var lines = Encoding.UTF8.GetString((await release.ReadBlob(digest, cancellation)).Span).Split('\n');
            return Encoding.UTF8.GetBytes(string.Join('\n', lines.Where(l => !l.Contains("WebhookConfiguration\",\"metadata\"", StringComparison.Ordinal))));
        },
    };

    /// <summary>In the order in which they succeed, as a careful user would write them down.</summary>
    private static async Task<(string Text, int Objects)> RenderAsync(LoadedRelease release, CancellationToken cancellation)
    {
        var lines = new List<(ApplyWave Wave, string Line)>();
        foreach (var digest in release.Document.Components.SelectMany(c => c.Objects))
        {
            foreach (var line in Encoding.UTF8.GetString((await release.ReadBlob(digest, cancellation)).Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var obj = JsonText.Parse(Encoding.UTF8.GetBytes(line));
                lines.Add((ApplyWaves.Of(new ObjectId(obj.String("apiVersion")!, obj.String("kind")!, "", "")), line));
            }
        }
        return (string.Join('\n', lines.OrderBy(l => l.Wave).Select(l => l.Line)) + "\n", lines.Count);
    }

    private sealed record Figures(Figure Applier, Figure Kubectl);

    private sealed record Figure(double Milliseconds, double ServerMilliseconds, int Requests, int Writes);
}
