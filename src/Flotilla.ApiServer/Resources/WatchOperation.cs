using System.Buffers;
using System.Text;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Resources;

/// <summary>A stream of changes: what is there first (when wanted), then every change as it happens, then bookmarks.</summary>
internal sealed class WatchOperation(RequestContext context, ServedResource resource, string ns, ListOptions options, IEventEncoder encoder)
{
    private static readonly TimeSpan BookmarkEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BookmarkBeforeEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestAlarm = TimeSpan.FromDays(1);
    private const int MostBuffered = 64 * 1024;
    private static readonly TimeSpan ShortestDefaultTimeout = TimeSpan.FromMinutes(30);

    private readonly ObjectFilter? filter = ObjectFilter.Create(resource, options.Labels, options.Fields);
    private ArrayBufferWriter<byte> line = new();

    public async Task RunAsync(HttpResponse response)
    {
        var cancellation = context.Cancellation;
        var store = context.Cluster.Store.Resource(resource.StorageName);
        var (initial, from) = Start(store);

        response.StatusCode = 200;
        response.ContentType = encoder.ContentType;
        response.Headers.CacheControl = "no-cache, private";
        Watcher watcher;
        try
        {
            watcher = store.Watch(ns, null, from);
        }
        catch (RevisionExpiredException)
        {
            await WriteAsync(response, Error(ApiStatusException.Expired($"too old resource version: {from} ({context.Cluster.Revision})").Status), cancellation);
            return;
        }

        await using (watcher)
        {
            // A client waits for the head, whether anything happens or not.
            await response.StartAsync(cancellation);
            await response.BodyWriter.FlushAsync(cancellation);
            foreach (var item in initial ?? [])
            {
                if (filter is null || filter.Matches(item))
                    encoder.Encode(line, ChangeType.Added, item, item.Revision);
                if (line.WrittenCount > MostBuffered)
                    await FlushAsync(response, cancellation);
            }
            if (initial is not null && options.AllowWatchBookmarks && options.SendInitialEvents != false)
                encoder.EncodeBookmark(line, from, initialEventsEnd: true);
            await FlushAsync(response, cancellation);
            await FollowAsync(response, watcher, cancellation);
        }
    }

    /// <summary>Which objects to send first (null for none) and from where to follow.</summary>
    private (IReadOnlyList<StoredObject>? Initial, long From) Start(ResourceStore store)
    {
        var wanted = options.Revision;
        var fromNow = wanted is null or 0;
        if (wanted > 0 && !context.Cluster.Reaches(wanted.Value))
            throw ListOperation.TooNew(wanted.Value, context.Cluster.Revision);
        if (options.SendInitialEvents == false && fromNow)
            return (null, context.Cluster.Revision);
        if (!fromNow && options.SendInitialEvents != true)
            return (null, wanted!.Value);
        var list = store.List(ns.Length == 0 ? null : ns, null, 0, null, null);
        return (list.Items, list.Revision);
    }

    private async Task FollowAsync(HttpResponse response, Watcher watcher, CancellationToken cancellation)
    {
        var time = context.Cluster.Time;
        var end = time.GetUtcNow() + (options.Timeout ?? ShortestDefaultTimeout * (1 + Random.Shared.NextDouble()));
        var bookmark = NextBookmark(time.GetUtcNow(), end);
        await using var alarm = time.CreateTimer(_ => watcher.Nudge(), null, UntilNext(bookmark, end, time.GetUtcNow()), System.Threading.Timeout.InfiniteTimeSpan);
        await using var stop = context.Stopping.UnsafeRegister(static follower => ((Watcher)follower!).Nudge(), watcher);
        do
        {
            while (watcher.TryRead(out var change))
            {
                Encode(change);
                if (line.WrittenCount > MostBuffered)
                    await FlushAsync(response, cancellation);
            }
            var now = time.GetUtcNow();
            if (now >= bookmark)
            {
                encoder.EncodeBookmark(line, watcher.ReadRevision, initialEventsEnd: false);
                bookmark = NextBookmark(now, end);
            }
            await FlushAsync(response, cancellation);
            if (now >= end || context.Stopping.IsCancellationRequested)
                return;
            alarm.Change(UntilNext(bookmark, end, now), System.Threading.Timeout.InfiniteTimeSpan);
        }
        while (await watcher.WaitAsync(cancellation));
    }

    /// <summary>A client may ask for a watch of years, which no timer can measure; looking in between harms nobody.</summary>
    private static TimeSpan UntilNext(DateTimeOffset bookmark, DateTimeOffset end, DateTimeOffset now)
    {
        var until = Min(bookmark, end) - now;
        return until > LongestAlarm ? LongestAlarm : until > TimeSpan.Zero ? until : TimeSpan.Zero;
    }

    /// <summary>Each minute, and shortly before the watch ends; never when the client wants none.</summary>
    private DateTimeOffset NextBookmark(DateTimeOffset now, DateTimeOffset end)
    {
        if (!options.AllowWatchBookmarks)
            return DateTimeOffset.MaxValue;
        var last = end - BookmarkBeforeEnd;
        return now >= last ? DateTimeOffset.MaxValue : Min(now + BookmarkEvery, last);
    }

    /// <summary>A change as the selectors show it: what starts to match is added, what stops to match is deleted.</summary>
    private void Encode(Change change)
    {
        var type = change.Type;
        if (filter is not null)
        {
            var matches = type != ChangeType.Deleted && filter.Matches(change.Object);
            var matched = change.Previous is { } previous && filter.Matches(previous);
            switch (matched, matches)
            {
                case (false, false):
                    return;
                case (false, true):
                    type = ChangeType.Added;
                    break;
                case (true, true):
                    type = ChangeType.Modified;
                    break;
                default:
                    type = ChangeType.Deleted;
                    break;
            }
            if (type == ChangeType.Deleted && change.Type != ChangeType.Deleted)
            {
                // The client knows the object as it was; only its version is that of the change.
                encoder.Encode(line, type, change.Previous!, change.Revision);
                return;
            }
        }
        encoder.Encode(line, type, change.Object, change.Revision);
    }

    private async Task FlushAsync(HttpResponse response, CancellationToken cancellation)
    {
        if (line.WrittenCount == 0)
            return;
        await WriteAsync(response, line.WrittenMemory, cancellation);
        // A single large object must not cost its size for as long as the watch lasts.
        if (line.Capacity > 4 * MostBuffered)
            line = new ArrayBufferWriter<byte>();
        else
            line.ResetWrittenCount();
    }

    /// <summary>A client that takes nothing for a while is cut off: it can come back and go on from what it has.</summary>
    private async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var written = response.BodyWriter.WriteAsync(bytes, cancellation);
        if (written.IsCompletedSuccessfully)
            return;
        try
        {
            await written.AsTask().WaitAsync(StuckAfter, context.Cluster.Time, cancellation);
        }
        catch (TimeoutException)
        {
            response.HttpContext.Abort();
            throw new OperationCanceledException("the client of a watch takes nothing");
        }
    }

    private static byte[] Error(ApiStatus status) =>
        Encoding.UTF8.GetBytes($"{{\"type\":\"ERROR\",\"object\":{status.ToJson().ToJsonString()}}}\n");

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}

/// <summary>Puts events on the wire in the form that the client asked for.</summary>
internal interface IEventEncoder
{
    string ContentType { get; }

    /// <param name="revision">The version to show; differs from the object's when a selector stopped to match.</param>
    void Encode(IBufferWriter<byte> output, ChangeType type, StoredObject obj, long revision);

    void EncodeBookmark(IBufferWriter<byte> output, long revision, bool initialEventsEnd);
}
