using Flotilla.Api.Sync;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Agent.Applying;

/// <summary>Turning to another release, and finding out what the cluster serves of its kinds.</summary>
internal sealed partial class ApplyLoop
{
    private static readonly TimeSpan FirstResolve = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestResolve = TimeSpan.FromMinutes(1);
    private bool isRecovering;

    private async ValueTask BeginAsync(LoadedRelease? next)
    {
        List<WantedObject> wanted;
        try
        {
            wanted = next is null ? [] : await WantedObjects.ReadAsync(next, cancellation);
        }
        catch (Exception e) when (e is FormatException or IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            // What was there before stays as it is, and is kept so.
            Tell(JournalEvent.ReleaseFailed, null, null, Api.Reasons.ContentMissing, $"the release cannot be read: {e.Message}", next!.Digest);
            return;
        }
        var before = components.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var rules = objects.Values.Where(o => o.Wanted is not null).ToDictionary(o => o.Id, o => o.Wanted!);
        release = next;
        components = next is null ? [] : [.. next.Document.Components.Select(c => new ComponentWork(c))];
        foreach (var tracked in objects.Values)
            tracked.Wanted = null;
        var byName = components.ToDictionary(c => c.Name, StringComparer.Ordinal);
        foreach (var want in wanted)
        {
            var tracked = Track(want);
            if (!byName[want.Component].Waves.TryGetValue(want.Wave, out var wave))
                byName[want.Component].Waves[want.Wave] = wave = [];
            wave.Add(tracked);
            if (tracked.Live is not null && rules.TryGetValue(tracked.Id, out var old) && !(old.Health.SequenceEqual(want.Health) && old.Ignored.IsEmpty && want.Ignored.IsEmpty))
                StartReading(tracked);
        }
        foreach (var tracked in objects.Values)
        {
            (tracked.Failure, tracked.Attempts, tracked.Held) = (null, 0, null);
            // What is wanted again may be on its way out all the same.
            tracked.IsLeaving &= tracked.Wanted is not null;
            if (tracked.Contest is null)
                tracked.NotBefore = default;
        }
        foreach (var component in components)
        {
            if (before.TryGetValue(component.Name, out var old))
                (component.IsHealthy, component.IsUp) = (old.IsHealthy, old.IsUp);
        }
        foreach (var component in components)
            component.Seal();
        BeginStandings();
        // Written down before anything is applied: what is in the cluster is always in the inventory.
        mustSaveFirst |= next is not null;
        WatchKinds();
    }

    private TrackedObject Track(WantedObject want)
    {
        if (objects.Remove(want.Id, out var tracked))
        {
            // Perhaps in another version of its API from now on.
            if (tracked.Id.ApiVersion != want.Id.ApiVersion)
                tracked.Live = null;
            tracked.Id = want.Id;
        }
        else
        {
            tracked = new TrackedObject(want.Id);
        }
        objects[want.Id] = tracked;
        tracked.Wanted = want;
        if (tracked.Component.Length == 0)
            (tracked.Component, tracked.Protected) = (want.Component, want.Protected);
        return tracked;
    }

    /// <summary>Begins to watch kinds that are needed, ends to watch those that are not.</summary>
    private void WatchKinds()
    {
        var needed = objects.Values.Select(o => KindKey.Of(o.Id)).ToHashSet();
        foreach (var key in needed)
        {
            if (!kinds.ContainsKey(key))
                kinds[key] = new KindWork(key);
        }
        foreach (var (key, kind) in kinds.ToList())
        {
            if (needed.Contains(key))
                continue;
            kind.Watch?.Stop();
            kinds.Remove(key);
        }
    }

    /// <summary>Finds the resources of kinds that have none yet.</summary>
    private void ResolveKinds(DateTimeOffset now)
    {
        foreach (var kind in kinds.Values)
        {
            if (kind.Watch is not null || kind.IsResolving)
                continue;
            if (kind.NotBefore > now)
            {
                LookAgainAt(kind.NotBefore);
                continue;
            }
            kind.IsResolving = true;
            Start(() => ResolveAsync(kind.Key));
        }
    }

    private async Task<ApplyMessage> ResolveAsync(KindKey key)
    {
        try
        {
            return new ApplyMessage.Resolved(key, await cluster.Resources.TryResolveAsync(key.ApiVersion, key.Kind, cancellation), null);
        }
        catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
        {
            return new ApplyMessage.Resolved(key, null, ObjectFailure.Of(e, default));
        }
    }

    private void Take(ApplyMessage.Resolved resolved)
    {
        if (!kinds.TryGetValue(resolved.Kind, out var kind) || kind.Watch is not null)
            return;
        kind.IsResolving = false;
        if (resolved.Resource is { } resource)
        {
            (kind.Failure, kind.Attempts) = (null, 0);
            SettleNamespaces(resource);
            kind.Watch = new KindWatch(cluster, resource, mailbox.Writer, lists, time);
            Start(kind.Watch.RunAsync(cancellation));
            return;
        }
        kind.Failure = resolved.Failure ?? new ObjectFailure(
            FailureKind.Waiting, Api.Reasons.WaitingForDefinition, $"the cluster serves no {kind.Key.Kind} of {kind.Key.ApiVersion} yet; its CustomResourceDefinition must come first");
        // Nothing is left of a kind that is gone.
        if (resolved.Failure is null)
            Forget(objects.Values.Where(o => o.Wanted is null && KindKey.Of(o.Id) == kind.Key));
        kind.NotBefore = time.GetUtcNow() + Backoff(kind.Attempts++, FirstResolve, LongestResolve);
    }

    /// <summary>Only the cluster tells whether a kind of its own lives in namespaces.</summary>
    private void SettleNamespaces(ResourceReference resource)
    {
        var wrong = objects.Values.Where(o => o.Id.Kind == resource.Kind && o.Id.ApiVersion == resource.ApiVersion && o.Id.Namespace.Length == 0 == resource.Namespaced).ToList();
        foreach (var tracked in wrong)
        {
            var id = tracked.Id with { Namespace = resource.Namespaced ? cluster.Namespace : "" };
            objects.Remove(tracked.Id);
            if (objects.TryGetValue(id, out var known) && known.Wanted is null)
            {
                (tracked.Component, tracked.Applied, tracked.Fingerprint, tracked.Uid) = (known.Component, known.Applied, known.Fingerprint, known.Uid);
                (tracked.Protected, tracked.Found, tracked.Intent, tracked.Refused) = (known.Protected, known.Found, known.Intent, known.Refused);
            }
            tracked.Id = id;
            if (tracked.Wanted is { } want)
                tracked.Wanted = want with { Id = id };
            objects[id] = tracked;
        }
    }

    private void Forget(IEnumerable<TrackedObject> gone)
    {
        foreach (var tracked in gone.ToList())
        {
            Gone(tracked);
            objects.Remove(tracked.Id);
            mustSave = true;
        }
    }

    private static TimeSpan Backoff(int attempts, TimeSpan first, TimeSpan most)
    {
        var delay = first * Math.Pow(2, Math.Min(attempts, 20));
        return delay < most ? delay : most;
    }
}
