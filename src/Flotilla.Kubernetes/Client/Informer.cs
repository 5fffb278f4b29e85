using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Client;

/// <summary>
/// Keeps what the caller makes of the objects of a resource, and tells of changes: lists, then watches, through lost connections and
/// expired versions. Holds one value for each object and nothing else; whoever makes slim values can follow a great many.
/// </summary>
/// <typeparam name="T">What is kept of an object. Two equal values are no change: records are a good choice.</typeparam>
/// <param name="client">The API.</param>
/// <param name="resource">What to follow.</param>
/// <param name="ns">In which namespace; null for all.</param>
/// <param name="project">Makes the value of an object, which is then no longer needed.</param>
/// <param name="changed">
/// Told of each change, in order, by the running task: appeared (before is null), changed, or gone (after is null). Must be quick;
/// its failures end the informer.
/// </param>
/// <param name="options">What and how.</param>
/// <param name="time">For everything that waits.</param>
/// <param name="random">Spreads waits; may be shared by informers.</param>
public sealed class Informer<T>(
    KubernetesClient client,
    ResourceReference resource,
    string? ns,
    Func<JsonObject, T> project,
    Action<ObjectKey, T?, T?> changed,
    InformerOptions options,
    TimeProvider time,
    Random random)
    where T : class
{
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ObjectKey, T> known = new();
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Backoff backoff = new(options.FirstRetry, options.LongestRetry, random);
    private volatile string? version;
    private int running;

    /// <summary>Ends when everything that was there at the start is known; fails when the informer ended before.</summary>
    public Task HasSynced => synced.Task;

    /// <summary>How many objects are known.</summary>
    public int Count => known.Count;

    /// <summary>The version up to which everything is known; null before the first list, and while listing anew.</summary>
    public string? ResourceVersion => version;

    /// <summary>What is known of an object; null when there is none.</summary>
    public T? Find(ObjectKey key) => known.GetValueOrDefault(key);

    /// <summary>What is known of all objects, at this moment; in no order.</summary>
    public IReadOnlyList<KeyValuePair<ObjectKey, T>> Snapshot() => known.ToArray();

    /// <summary>Follows until cancelled; only cancellation, and failures of the caller's own code, end it. Once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref running, 1) == 1)
            throw new InvalidOperationException($"the informer of {resource} runs already");
        try
        {
            while (true)
            {
                if (await TryFollowAsync(cancellation) is { } wait && wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, cancellation);
            }
        }
        catch (Exception e)
        {
            if (e is OperationCanceledException)
                synced.TrySetCanceled(CancellationToken.None);
            else
                synced.TrySetException(e);
            throw;
        }
    }

    /// <summary>One list where needed, and one watch.</summary>
    /// <returns>How long to wait before the next try.</returns>
    private async Task<TimeSpan> TryFollowAsync(CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        try
        {
            version ??= await ListAsync(cancellation);
            synced.TrySetResult();
            start = time.GetTimestamp();
            if (await WatchAsync(version, cancellation) || time.GetElapsedTime(start) > ShortestWatch)
            {
                backoff.Reset();
                return TimeSpan.Zero;
            }
            // A watch that ends at once is no failure, but beginning it again and again would be one.
            return backoff.Next();
        }
        catch (Exception e) when (e is HttpRequestException or ApiStatusException or EndpointException or IOException or JsonException)
        {
            if (time.GetElapsedTime(start) > options.LongestRetry)
                backoff.Reset();
            var first = backoff.Failures == 0;
            var wait = backoff.Next();
            if (e is ApiStatusException { Status: var status } && IsLost(status))
            {
                version = null;
                wait = first ? TimeSpan.Zero : wait;
            }
            if (e is ApiStatusException { Status.RetryAfterSeconds: var seconds } && wait < TimeSpan.FromSeconds(seconds))
                wait = TimeSpan.FromSeconds(seconds);
            options.OnTrouble?.Invoke(e, wait);
            return wait;
        }
    }

    /// <summary>The server does not know the version to go on from: too old, of the time before a backup was restored, or not its own.</summary>
    private static bool IsLost(ApiStatus status) =>
        status.Code is 410 or 400 || (status.Code == 504 && status.Causes.Any(c => c.Reason == "ResourceVersionTooLarge"));

    private async Task<string> ListAsync(CancellationToken cancellation)
    {
        var list = new ListOptions
        {
            LabelSelector = options.LabelSelector,
            FieldSelector = options.FieldSelector,
            PageSize = options.PageSize,
            MetadataOnly = options.MetadataOnly,
        };
        var gone = new HashSet<ObjectKey>(known.Keys);
        var last = "";
        await foreach (var page in client.ListPagesAsync(resource, ns, list, cancellation))
        {
            if (page.StartsOver)
                gone = [.. known.Keys];
            foreach (var item in page.Items)
            {
                var key = ObjectKey.Of(item);
                gone.Remove(key);
                Put(key, item);
            }
            last = page.ResourceVersion;
        }
        foreach (var key in gone)
            Remove(key);
        return last;
    }

    /// <summary>Watches until the server ends it.</summary>
    /// <returns>Whether there was anything.</returns>
    private async Task<bool> WatchAsync(string from, CancellationToken cancellation)
    {
        double chance;
        lock (random)
            chance = random.NextDouble();
        var timeout = options.WatchTimeout * (1 - (chance / 3));
        var watch = new WatchOptions
        {
            LabelSelector = options.LabelSelector,
            FieldSelector = options.FieldSelector,
            ResourceVersion = from,
            Timeout = timeout,
            MetadataOnly = options.MetadataOnly,
        };
        // Should the other end be gone without a word, this ends the wait.
        using var late = new CancellationTokenSource(timeout + Lateness, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var any = false;
        try
        {
            await foreach (var change in client.WatchAsync(resource, ns, watch, either.Token))
            {
                Take(change);
                if (change.ResourceVersion is { Length: > 0 } reached)
                    version = reached;
                any = true;
                backoff.Reset();
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            any = true;
        }
        return any;
    }

    private void Take(WatchEvent change)
    {
        switch (change.Type)
        {
            case WatchEventType.Added or WatchEventType.Modified:
                Put(ObjectKey.Of(change.Object), change.Object);
                break;
            case WatchEventType.Deleted:
                Remove(ObjectKey.Of(change.Object));
                break;
        }
    }

    private void Put(ObjectKey key, JsonObject obj)
    {
        var after = project(obj);
        var before = known.GetValueOrDefault(key);
        if (before is not null && EqualityComparer<T>.Default.Equals(before, after))
            return;
        known[key] = after;
        changed(key, before, after);
    }

    private void Remove(ObjectKey key)
    {
        if (known.TryRemove(key, out var before))
            changed(key, before, null);
    }
}
