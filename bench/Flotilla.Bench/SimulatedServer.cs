using System.Diagnostics;
using Flotilla.ApiServer;
using Flotilla.Simulation;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Bench;

/// <summary>
/// An API server in memory, over TLS and in a process of its own (this program once more), whose workloads are ready at once: so that
/// waiting for them is not what is measured.
/// </summary>
internal sealed class SimulatedServer : IAsyncDisposable
{
    public const string Command = "serve-simulated";
    private readonly Process process;

    private SimulatedServer(Process process, string kubeconfig) => (this.process, Kubeconfig) = (process, kubeconfig);

    /// <summary>Path of a kubeconfig with a context for each cluster.</summary>
    public string Kubeconfig { get; }

    /// <summary>Time on a core so far, of all threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public static async Task<SimulatedServer> StartAsync(string folder, string[] clusters, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command, folder, .. clusters]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        var kubeconfig = await process.StandardOutput.ReadLineAsync(cancellation) ?? throw new InvalidOperationException("the server did not start");
        return new SimulatedServer(process, kubeconfig);
    }

    /// <summary>What the process does: serves until its input ends, as it does when the bench ends in whatever way.</summary>
    public static async Task<int> ServeAsync(string folder, string[] clusters)
    {
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        var options = SimulatedClusters.Options(TimeProvider.System, new WorkloadBehaviour { ReadyAfter = TimeSpan.Zero });
        await using var api = await KubernetesApi.StartAsync(options with { Listen = true, Clusters = clusters, KubeconfigFile = kubeconfig });
        Console.WriteLine(kubeconfig);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
