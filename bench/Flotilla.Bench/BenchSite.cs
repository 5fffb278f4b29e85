using Flotilla.Agent.Applying;
using Flotilla.Core.Releases;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Bench;

/// <summary>An applier at one cluster, which remembers its inventory in memory.</summary>
internal sealed class BenchSite(KubernetesClient cluster) : IApplyObserver, IInventoryStore
{
    private readonly Lock gate = new();
    private readonly ReleaseSource releases = new();
    private CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;
    private TaskCompletionSource settled = new();
    private Func<ApplyProgress, bool> isEnd = _ => true;
    private string wanted = "";
    private byte[]? inventory;

    public int Saves { get; private set; }

    /// <summary>The release that an applier loads, of one that was compiled.</summary>
    public static LoadedRelease Load(Release release)
    {
        var blobs = release.Blobs.DistinctBy(b => b.Digest).ToDictionary(b => b.Digest, b => b.Bytes);
        return new LoadedRelease { Digest = release.Digest, Document = release.Document, ReadBlob = (digest, _) => new(blobs[digest]) };
    }

    /// <summary>Starts the applier with nothing but the inventory.</summary>
    public void Start(CancellationToken cancellation)
    {
        stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var token = stopping.Token;
        running = Task.Run(() => new ReleaseApplier(cluster, this, TimeProvider.System).RunAsync(releases, this, token), token);
    }

    /// <summary>Gives it a release, and waits until it says that this is at its end.</summary>
    public async Task SettleAsync(LoadedRelease release, Func<ApplyProgress, bool> end)
    {
        Task done;
        lock (gate)
        {
            (wanted, isEnd, settled) = (release.Digest, end, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            done = settled.Task;
        }
        releases.Set(release);
        await await Task.WhenAny(done, running);
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        stopping.Dispose();
        releases.Set(null);
    }

    public ValueTask ProgressedAsync(ApplyProgress progress, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (progress.Release == wanted && isEnd(progress))
                settled.TrySetResult();
        }
        return default;
    }

    public ValueTask<Inventory?> LoadAsync(CancellationToken cancellation) => new(inventory is null ? Inventory.Empty : Inventory.FromJson(inventory));

    public ValueTask SaveAsync(Inventory next, IReadOnlyList<ApplyEvent> news, CancellationToken cancellation)
    {
        inventory = next.ToJson();
        Saves++;
        return default;
    }
}
