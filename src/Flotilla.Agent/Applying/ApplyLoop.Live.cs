using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Api.Releases;
using Flotilla.Core.Applying;
using Flotilla.Core.Health;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Applying;

/// <summary>What comes from the cluster.</summary>
internal sealed partial class ApplyLoop
{
    private async ValueTask TakeAsync(ApplyMessage.Listed listed)
    {
        var watch = listed.Watch;
        if (listed.Starts)
            watch.Listing = [];
        foreach (var item in listed.Items)
        {
            watch.Listing?.Add(ObjectKey.Of(item));
            await ObserveAsync(watch, item, isDeleted: false);
        }
        if (!listed.Ends || watch.Listing is not { } seen)
            return;
        watch.Listing = null;
        watch.IsSynced = true;
        var key = new KindKey(watch.Resource.ApiVersion, watch.Resource.Kind);
        if (kinds.TryGetValue(key, out var kind) && kind.Watch == watch)
            (kind.Failure, kind.Attempts) = (null, 0);
        foreach (var tracked in objects.Values.Where(o => KindKey.Of(o.Id) == key && !seen.Contains(new ObjectKey(o.Id.Namespace, o.Id.Name))).ToList())
            Gone(tracked);
    }

    private void Take(ApplyMessage.WatchFailed failed)
    {
        var key = new KindKey(failed.Watch.Resource.ApiVersion, failed.Watch.Resource.Kind);
        if (!kinds.TryGetValue(key, out var kind) || kind.Watch != failed.Watch)
            return;
        kind.Failure = failed.Failure;
        if (failed.Failure.Reason != Api.Reasons.WaitingForDefinition)
            return;
        // The kind is served no longer.
        failed.Watch.Stop();
        kind.Watch = null;
        foreach (var tracked in objects.Values.Where(o => KindKey.Of(o.Id) == key).ToList())
            Gone(tracked);
    }

    private async ValueTask ObserveAsync(KindWatch watch, JsonObject obj, bool isDeleted)
    {
        var key = ObjectKey.Of(obj);
        if (!objects.TryGetValue(new ObjectId(watch.Resource.ApiVersion, watch.Resource.Kind, key.Namespace, key.Name), out var tracked))
            return;
        if (isDeleted)
        {
            // One that went before ours was made again says nothing about ours.
            if (tracked.AwaitedVersion.Length > 0 && !IsNewer(obj.Object("metadata").String("resourceVersion") ?? "", tracked.AwaitedVersion))
                tracked.Live = null;
            else
                Gone(tracked);
            return;
        }
        var before = tracked.Live;
        var live = LiveObject.Of(obj, tracked.Wanted?.Ignored ?? FieldPatterns.None, tracked.Wanted?.Health ?? []);
        tracked.Live = live;
        NotePods(tracked, before, live);
        if (tracked.InFlight)
            (tracked.SeenInFlight ??= [])[live.Version] = live.Fingerprint;
        else if (tracked.AwaitedVersion.Length > 0)
            Settle(tracked, live);
        else if (tracked is { Wanted: not null, Applied: "" } && live.IsOurs)
            await CompareAsync(tracked, obj);
        if (tracked.Need() == ObjectNeed.Correct && tracked.Fingerprint.Length > 0 && before?.Fingerprint != live.Fingerprint)
            await NoteDriftAsync(tracked, obj);
        if (before is { Health.IsHealthy: false } && live.Health.IsHealthy)
            Encourage(tracked);
    }

    /// <summary>The event of our own apply, or a later one.</summary>
    private void Settle(TrackedObject tracked, LiveObject live)
    {
        if (live.Version == tracked.AwaitedVersion)
        {
            (tracked.Fingerprint, tracked.AwaitedVersion) = (live.Fingerprint, "");
            mustSave = true;
        }
        else if (IsNewer(live.Version, tracked.AwaitedVersion))
        {
            // Missed while the watch was down: applying again tells what it should be.
            (tracked.Fingerprint, tracked.AwaitedVersion) = ("", "");
        }
    }

    private static bool IsNewer(string version, string than) =>
        !ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
        || !ulong.TryParse(than, NumberStyles.None, CultureInfo.InvariantCulture, out var b) || a > b;

    /// <summary>An object of ours whose last apply nobody remembers: is it as wanted already?</summary>
    private async ValueTask CompareAsync(TrackedObject tracked, JsonObject obj)
    {
        if (tracked.Wanted is not { } want || await DeclaredAsync(want) is not { } declared || OwnedFields.Of(obj, ReleaseLabels.FieldManager) is not { } owned)
            return;
        if (owned.Departures(obj, declared, want.Ignored).Count > 0)
            return;
        (tracked.Applied, tracked.Fingerprint, tracked.Uid) = (want.Digest, tracked.Live!.Fingerprint, tracked.Live.Uid);
        (tracked.Component, tracked.Protected) = (want.Component, want.Protected);
        mustSave = true;
    }

    private async ValueTask NoteDriftAsync(TrackedObject tracked, JsonObject obj)
    {
        var contest = tracked.Contest ??= new Contest();
        (contest.Opponents, contest.Fields) = ("", "");
        if (await DeclaredAsync(tracked.Wanted!) is not { } declared)
            return;
        var departures = OwnedFields.Of(obj, ReleaseLabels.FieldManager)?.Departures(obj, declared, tracked.Wanted!.Ignored) ?? [];
        contest.Opponents = string.Join(", ", DriftOwners.Of(obj, departures, ReleaseLabels.FieldManager));
        contest.Fields = departures.Count == 0 ? "all fields" : string.Join(", ", departures.Take(5).Select(d => d.Path)) + (departures.Count > 5 ? $" and {departures.Count - 5} more" : "");
    }

    private async ValueTask<JsonObject?> DeclaredAsync(WantedObject want)
    {
        try
        {
            var declared = JsonText.Parse((await want.Blob.LineAsync(release!, want.Source, cancellation)).Span) as JsonObject;
            if (declared is not null && want.IsSealed && SealedSecret.Fill(declared, release!.SealedValues) is not null)
                return null;
            // The server stores what stringData says as data, and owns both to us.
            return declared;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }
    }

    private void Gone(TrackedObject tracked)
    {
        if (tracked.Intent is { Kind: IntentKind.Prune or IntentKind.Replace } intent)
        {
            // By us: when it is wanted it is not made again but made anew.
            (tracked.Applied, tracked.Fingerprint, tracked.Contest) = ("", "", null);
            if (intent.Kind == IntentKind.Prune)
                Done(tracked);
        }
        else if (tracked.Live is not null)
        {
            tracked.Contest = tracked.Contest is { } contest ? Reset(contest) : tracked.Applied.Length > 0 ? Reset(new Contest()) : null;
        }
        (tracked.Live, tracked.Pods) = (null, null);
        tracked.IsLeaving = false;
        tracked.AwaitedVersion = "";
        tracked.Uid = "";
        if (tracked.Wanted is null && !tracked.InFlight)
        {
            objects.Remove(tracked.Id);
            mustSave = true;
            LookAtHeldSoon();
        }

        static Contest Reset(Contest contest)
        {
            (contest.Opponents, contest.Fields) = ("", "");
            return contest;
        }
    }

    /// <summary>Something became healthy: what waited for it need not wait for its time.</summary>
    private void Encourage(TrackedObject healthy)
    {
        foreach (var tracked in objects.Values.Where(o => o.Failure is { Kind: FailureKind.Waiting }))
            tracked.NotBefore = default;
        if (!healthy.Id.IsOf("apiextensions.k8s.io", "CustomResourceDefinition"))
            return;
        foreach (var kind in kinds.Values.Where(k => k.Watch is null))
            (kind.NotBefore, kind.Attempts) = (default, 0);
    }

    /// <summary>Reads one object anew, as what matters about it has changed.</summary>
    private void StartReading(TrackedObject tracked)
    {
        if (!kinds.TryGetValue(KindKey.Of(tracked.Id), out var kind) || kind.Watch is not { } watch)
            return;
        var id = tracked.Id;
        Start(async () =>
        {
            try
            {
                return await cluster.GetAsync(watch.Resource, id.Namespace, id.Name, cancellation) is { } obj
                    ? new ApplyMessage.Changed(watch, obj, IsDeleted: false)
                    : new ApplyMessage.Tick();
            }
            catch (Exception e) when (e is ApiStatusException or HttpRequestException or IOException)
            {
                return new ApplyMessage.WatchFailed(watch, ObjectFailure.Of(e, id));
            }
        });
    }

    private static bool IsHealthy(TrackedObject tracked) => tracked.Live is { Health.State: HealthState.Healthy };

    private static bool IsUp(TrackedObject tracked) => tracked.IsApplied && IsHealthy(tracked);
}
