using System.Threading.Channels;
using Flotilla.Api.Releases;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Agent.Applying;

/// <summary>
/// Lists and then watches our objects of one kind (those with our label) for as long as it is wanted, and passes on what it sees. Keeps
/// nothing: lists go by pages, events one by one.
/// </summary>
internal sealed class KindWatch(KubernetesClient cluster, ResourceReference resource, ChannelWriter<ApplyMessage> mailbox, SemaphoreSlim lists, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource stopping = new();
    private bool hasMoved;

    public ResourceReference Resource => resource;

    /// <summary>Whether a list has come through; of the loop.</summary>
    public bool IsSynced { get; set; }

    /// <summary>What the list under way has brought so far; of the loop.</summary>
    public HashSet<ObjectKey>? Listing { get; set; }

    public void Stop() => stopping.Cancel();

    public void Dispose() => stopping.Dispose();

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, cancellation);
        var token = either.Token;
        string? version = null;
        var pause = FirstPause;
        while (!token.IsCancellationRequested)
        {
            ObjectFailure? failure = null;
            try
            {
                version ??= await ListAsync(token);
                hasMoved = false;
                await foreach (var change in cluster.WatchAsync(resource, null, new WatchOptions { LabelSelector = ReleaseLabels.Component, ResourceVersion = version }, token))
                {
                    (version, hasMoved) = (change.ResourceVersion, true);
                    if (change.Type != WatchEventType.Bookmark)
                        await mailbox.WriteAsync(new ApplyMessage.Changed(this, change.Object, change.Type == WatchEventType.Deleted), token);
                }
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return;
            }
            catch (ApiStatusException e) when (e.Status.Code == 410)
            {
                version = null;
            }
            catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
            {
                failure = ObjectFailure.Of(e, default);
                // The kind itself is gone, or may not be read: begin from the start when it can be again.
                if (e is ApiStatusException { Status.Code: 404 or 403 })
                    version = null;
            }
            if (hasMoved)
                pause = FirstPause;
            try
            {
                if (failure is not null)
                    await mailbox.WriteAsync(new ApplyMessage.WatchFailed(this, failure), token);
                // Servers end watches as they like; one that ends them at once must not be asked without pause.
                if (!hasMoved)
                {
                    await Task.Delay(failure is { RetryAfter: var after } && after > pause ? after : pause, time, token);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellation)
    {
        await lists.WaitAsync(cancellation);
        try
        {
            var version = "";
            var starts = true;
            await foreach (var page in cluster.ListPagesAsync(resource, null, new ListOptions { LabelSelector = ReleaseLabels.Component }, cancellation))
            {
                await mailbox.WriteAsync(new ApplyMessage.Listed(this, page.Items, starts || page.StartsOver, Ends: false), cancellation);
                (version, starts) = (page.ResourceVersion, false);
            }
            await mailbox.WriteAsync(new ApplyMessage.Listed(this, [], starts, Ends: true), cancellation);
            return version;
        }
        finally
        {
            lists.Release();
        }
    }
}
