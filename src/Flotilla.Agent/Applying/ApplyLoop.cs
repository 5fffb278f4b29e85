using System.Threading.Channels;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Agent.Applying;

/// <summary>
/// The state of an applier and everything that changes it, one message after the other. What takes time runs beside it and comes back
/// as a message.
/// </summary>
internal sealed partial class ApplyLoop : IDisposable
{
    private const int MostMessages = 256;
    private const int ListsAtOnce = 16;

    private readonly KubernetesClient cluster;
    private readonly IInventoryStore store;
    private readonly IApplyObserver observer;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping;
    private readonly CancellationToken cancellation;
    private readonly Channel<ApplyMessage> mailbox = Channel.CreateBounded<ApplyMessage>(new BoundedChannelOptions(MostMessages) { SingleReader = true });
    private readonly SemaphoreSlim lists = new(ListsAtOnce);
    private readonly HashSet<Task> running = [];
    private readonly ITimer timer;

    private readonly Dictionary<ObjectId, TrackedObject> objects = [];
    private readonly Dictionary<KindKey, KindWork> kinds = [];
    private readonly AdaptiveLimit limit = new();
    private List<ComponentWork> components = [];
    private LoadedRelease? release;
    private int inFlight;
    private DateTimeOffset? due;

    public ApplyLoop(KubernetesClient cluster, IInventoryStore store, IApplyObserver observer, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        (this.cluster, this.store, this.observer, this.time, this.logger) = (cluster, store, observer, time, logger);
        stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        this.cancellation = stopping.Token;
        timer = time.CreateTimer(_ => mailbox.Writer.TryWrite(new ApplyMessage.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async Task RunAsync(ReleaseSource releases)
    {
        try
        {
            await LoadInventoryAsync();
            Start(FollowAsync(releases));
            while (await mailbox.Reader.WaitToReadAsync(cancellation))
            {
                // All that is there at once, so that one look and one report serve many events; but work must not starve.
                for (var i = 0; i < MostMessages && mailbox.Reader.TryRead(out var message); i++)
                    await TakeAsync(message);
                Advance();
                var progress = Report();
                await SaveAsync();
                Send();
                if (progress is not null)
                    await observer.ProgressedAsync(progress, cancellation);
                running.RemoveWhere(task => task.IsCompletedSuccessfully);
            }
        }
        finally
        {
            await StopAsync();
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lists.Dispose();
        stopping.Dispose();
    }

    private async Task FollowAsync(ReleaseSource releases)
    {
        LoadedRelease? seen = null;
        while (true)
        {
            seen = await releases.OtherThanAsync(seen, cancellation);
            await mailbox.Writer.WriteAsync(new ApplyMessage.ReleaseChanged(seen), cancellation);
        }
    }

    private async ValueTask TakeAsync(ApplyMessage message)
    {
        switch (message)
        {
            case ApplyMessage.ReleaseChanged changed:
                await BeginAsync(changed.Release);
                break;
            case ApplyMessage.Resolved resolved:
                Take(resolved);
                break;
            case ApplyMessage.Listed listed:
                await TakeAsync(listed);
                break;
            case ApplyMessage.Changed changed:
                await ObserveAsync(changed.Watch, changed.Object, changed.IsDeleted);
                break;
            case ApplyMessage.WatchFailed failed:
                Take(failed);
                break;
            case ApplyMessage.Looked looked:
                Take(looked);
                break;
            case ApplyMessage.Applied applied:
                Take(applied);
                break;
            case ApplyMessage.Deleted deleted:
                Take(deleted);
                break;
            case ApplyMessage.PruneObserved observed:
                Take(observed);
                break;
            case ApplyMessage.PodsLooked looked:
                Take(looked);
                break;
            case ApplyMessage.Recovered recovered:
                Take(recovered);
                break;
            case ApplyMessage.Tick:
                break;
        }
    }

    /// <summary>Runs something beside the loop; a failure that nobody thought of ends the applier rather than being lost.</summary>
    private void Start(Task work)
    {
        running.Add(work);
        _ = work.ContinueWith(
            failed => mailbox.Writer.TryComplete(failed.Exception!.InnerException), CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Start(Func<Task<ApplyMessage>> work) => Start(Task.Run(async () => await mailbox.Writer.WriteAsync(await work(), cancellation), cancellation));

    /// <summary>Comes back at a time, if nothing comes before.</summary>
    private void LookAgainAt(DateTimeOffset when)
    {
        if (due is { } earlier && earlier <= when)
            return;
        due = when;
        var delay = when - time.GetUtcNow();
        timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async Task StopAsync()
    {
        await stopping.CancelAsync();
        mailbox.Writer.TryComplete();
        try
        {
            await Task.WhenAll(running);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // Stopped as asked.
        }
        foreach (var kind in kinds.Values)
            kind.Watch?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "there is no inventory: looking for our objects in {Cluster} by their label")]
    private partial void LogInventoryLost(Uri cluster);
}
