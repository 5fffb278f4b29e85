using Flotilla.ApiServer.Clusters;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Work;
using Microsoft.Extensions.Logging;

namespace Flotilla.ApiServer.Lifecycle;

/// <summary>What a controller looks at: one name in one cluster.</summary>
internal sealed record LookKey(VirtualCluster Cluster, ClusterController Controller, string Namespace, string Name);

/// <summary>
/// A part of a control plane that follows what is stored, level-triggered: an event only says where to look. One instance
/// serves all clusters of the process.
/// </summary>
internal abstract class ClusterController
{
    /// <summary>Which names a change concerns; called for every change of every cluster, so it must be quick.</summary>
    public abstract void Observe(VirtualCluster cluster, string resource, Change change, Action<LookKey> look);

    /// <summary>Names to look at when a cluster is opened.</summary>
    public abstract void ObserveExisting(VirtualCluster cluster, Action<LookKey> look);

    /// <summary>Looks, and does what is due.</summary>
    /// <returns>When to look again without an event; null for not at all.</returns>
    public abstract Task<TimeSpan?> LookAsync(LookKey key, CancellationToken cancellation);
}

/// <summary>Runs the controllers of all clusters with a few workers.</summary>
internal sealed partial class ControlLoop(IReadOnlyList<ClusterController> controllers, TimeProvider time, ILogger<ControlLoop> logger) : IAsyncDisposable
{
    private const int Workers = 4;
    private readonly WorkQueue<LookKey> queue = new(time);
    private readonly CancellationTokenSource stop = new();
    private Task[] workers = [];

    public void Start() => workers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(WorkAsync))];

    public void OnChange(VirtualCluster cluster, string resource, Change change)
    {
        foreach (var controller in controllers)
        {
            try
            {
                controller.Observe(cluster, resource, change, queue.Add);
            }
            catch (Exception failure)
            {
                // The caller is the writer of the database, which must go on whatever an object holds.
                LogFailure(logger, controller.GetType().Name, change.Object.Key.Namespace, change.Object.Key.Name, failure);
            }
        }
    }

    public void OnOpened(VirtualCluster cluster)
    {
        foreach (var controller in controllers)
            controller.ObserveExisting(cluster, queue.Add);
    }

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
            return;
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        queue.Dispose();
        stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
                await LookAsync(await queue.NextAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The loop was told to stop.
        }
    }

    private async Task LookAsync(LookKey key)
    {
        try
        {
            var again = await key.Controller.LookAsync(key, stop.Token);
            queue.Succeeded(key);
            if (again is { } delay)
                queue.AddAfter(key, delay);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            LogFailure(logger, key.Controller.GetType().Name, key.Namespace, key.Name, failure);
            queue.AddAfterFailure(key);
        }
        finally
        {
            queue.Done(key);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Controller} failed on {Namespace}/{Name}, will try again")]
    private static partial void LogFailure(ILogger logger, string controller, string @namespace, string name, Exception failure);
}
