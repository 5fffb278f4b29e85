using Flotilla.Api.Sync;
using Flotilla.Core.Applying;

namespace Flotilla.Agent.Applying;

/// <summary>Starts all that can be started now.</summary>
internal sealed partial class ApplyLoop
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>So often somebody is corrected at once; from then on with growing pauses.</summary>
    private const int PatienceWithOthers = 3;
    private static readonly TimeSpan FirstTruce = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestTruce = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Everything else of all components is applied and healthy: only now may webhook configurations and APIServices go in. One that
    /// nobody answers yet would refuse objects of other components, too.
    /// </summary>
    private bool isAdmissionOpen;

    /// <summary>A webhook that is there refuses something: then the release may change those that are there, as that may be the way out.</summary>
    private bool isRefusedByWebhook;

    private void Advance()
    {
        var now = time.GetUtcNow();
        if (due <= now)
            due = null;
        ResolveKinds(now);
        if (release is not null)
        {
            SettleIntents();
            foreach (var component in components)
            {
                component.IsHealthy = component.Objects.All(IsUp);
                component.IsUp = component.Objects.All(o => IsUp(o) || (ApplyWaves.Of(o.Id) == ApplyWave.Admission && !o.IsApplied));
            }
            isRefusedByWebhook = objects.Values.Any(IsRefusedByWebhook);
            isAdmissionOpen = components.TrueForAll(c => c.ObjectsBeforeAdmission.All(IsUp));
            foreach (var component in components)
                Advance(component, now);
            LookAtPods(now);
            foreach (var kind in kinds.Values.Where(k => k.ToLook.Count > 0))
                StartLooking(kind);
            EndContests(now);
            Prune(now);
        }
    }

    private void Advance(ComponentWork component, DateTimeOffset now)
    {
        var isOpen = Before(component).All(c => c.IsUp);
        foreach (var (wave, members) in component.Waves)
        {
            if (wave == ApplyWave.Admission)
                isOpen &= isAdmissionOpen;
            var mayChange = wave == ApplyWave.Admission && isRefusedByWebhook && component.ObjectsBeforeAdmission.All(o => IsUp(o) || IsRefusedByWebhook(o));
            var isDone = true;
            foreach (var tracked in members)
            {
                var need = kinds.GetValueOrDefault(KindKey.Of(tracked.Id)) is { IsReady: true } ? tracked.Need() : ObjectNeed.Patience;
                isDone &= need == ObjectNeed.Nothing;
                if (tracked.AwaitedVersion.Length > 0 && tracked.AwaitedUntil <= now)
                {
                    // No event came, perhaps since something takes our label off: ask.
                    tracked.AwaitedUntil = now + LongestWait;
                    LookAgainAt(tracked.AwaitedUntil);
                    StartReading(tracked);
                }
                // What was as it should be is made so again at once, whatever else waits.
                if (need == ObjectNeed.Correct || (need == ObjectNeed.Apply && (isOpen || (mayChange && tracked.Live is not null))))
                    TryStart(tracked, need, now);
            }
            if (wave == ApplyWave.Definitions)
                isDone &= members.TrueForAll(IsHealthy);
            isOpen &= isDone;
        }
    }

    private static bool IsRefusedByWebhook(TrackedObject tracked) => tracked.Failure is { Reason: Api.Reasons.WaitingForWebhook };

    private IEnumerable<ComponentWork> Before(ComponentWork component) =>
        component.Component.After.Select(name => components.Find(c => c.Name == name)).OfType<ComponentWork>();

    private void TryStart(TrackedObject tracked, ObjectNeed need, DateTimeOffset now)
    {
        var notBefore = tracked.NotBefore > limit.NotBefore ? tracked.NotBefore : limit.NotBefore;
        if (notBefore > now)
        {
            LookAgainAt(notBefore);
            return;
        }
        if (inFlight >= limit.Current)
            return;
        var want = tracked.Wanted!;
        var kind = kinds[KindKey.Of(tracked.Id)];
        var isOurs = need == ObjectNeed.Correct || tracked.Applied.Length > 0 || tracked.Live is { IsOurs: true } || tracked.Intent is { Kind: IntentKind.Replace };
        if (!isOurs)
        {
            if (tracked.Live is not null)
                tracked.IsForeign = true;
            if (tracked.IsForeign is null)
            {
                tracked.InFlight = true;
                kind.ToLook.Add(tracked);
                return;
            }
            if (tracked.IsForeign == true && !want.Adopt && !want.Id.IsOf("", "Namespace"))
            {
                // What fails in a way that only people can mend is looked at again all the same, later each time.
                Fail(tracked, ObjectFailure.NotOurs(tracked.Id, $"{tracked.Id} is there already and is not of this site's releases"), now);
                tracked.IsForeign = null;
                LookAgainAt(tracked.NotBefore);
                return;
            }
        }
        (tracked.InFlight, tracked.IsCorrecting, tracked.SeenInFlight) = (true, need == ObjectNeed.Correct && tracked.Fingerprint.Length > 0, null);
        tracked.VersionBefore = tracked.Live?.Version ?? "";
        inFlight++;
        if (tracked.IsCorrecting && tracked.Contest is not { Corrections: >= PatienceWithOthers } && tracked.Intent is null)
            Intend(tracked, IntentKind.Correct, Correction(tracked));
        else if (!isOurs && tracked.IsForeign == true)
            Intend(tracked, IntentKind.Adopt, "was there before and is managed from now on");
        // Whether or not the answer comes: what the object looks like then is not known yet.
        if (need == ObjectNeed.Apply)
            tracked.Fingerprint = "";
        var (resource, current, exists, force) = (kind.Watch!.Resource, release!, tracked.Live is not null || tracked.IsForeign == true, isOurs || tracked.IsForeign == true || want.Adopt);
        SendWhenSaved(async () => new ApplyMessage.Applied(tracked, want, await ObjectApply.RunAsync(cluster, resource, current, want, force, exists, cancellation)));
    }

    private void StartLooking(KindWork kind)
    {
        var (resource, asked) = (kind.Watch!.Resource, kind.ToLook.Select(o => o.Id).ToList());
        kind.ToLook.Clear();
        Start(() => ForeignLook.RunAsync(cluster, resource, asked, cancellation));
    }

    private void Take(ApplyMessage.Looked looked)
    {
        var now = time.GetUtcNow();
        foreach (var id in looked.Asked)
        {
            if (!objects.TryGetValue(id, out var tracked))
                continue;
            tracked.InFlight = false;
            if (looked.Failure is { } failure)
                Fail(tracked, failure, now);
            else
                tracked.IsForeign = looked.Foreign.ContainsKey(id);
        }
    }

    private void Take(ApplyMessage.Applied applied)
    {
        var (tracked, want, result, now) = (applied.Object, applied.Wanted, applied.Result, time.GetUtcNow());
        inFlight--;
        tracked.InFlight = false;
        var seen = tracked.SeenInFlight;
        tracked.SeenInFlight = null;
        if (result.Failure is { } failure)
        {
            if (failure.Kind == FailureKind.Throttled)
                limit.Throttled(now, failure.RetryAfter);
            if (failure.Reason == Api.Reasons.NotOurs)
                tracked.IsForeign = null;
            Refused(tracked, failure, isDeletion: false);
            if (failure.Reason == Api.Reasons.Immutable && want.MayReplace && !ObjectFailure.NeverReplaced(tracked.Id))
                StartReplacing(tracked);
            else
                Fail(tracked, failure, now);
            return;
        }
        limit.Succeeded();
        if (tracked.Wanted is null && !objects.ContainsKey(tracked.Id))
            objects[tracked.Id] = tracked;
        (tracked.Failure, tracked.Attempts, tracked.IsForeign) = (null, 0, null);
        (tracked.Applied, tracked.Component, tracked.Protected) = (want.Digest, want.Component, want.Protected);
        tracked.Uid = result.Uid;
        mustSave = true;
        (tracked.AwaitedVersion, tracked.AwaitedUntil) = (result.Version, now + LongestWait);
        if (seen?.GetValueOrDefault(result.Version) is { } fingerprint)
            (tracked.Fingerprint, tracked.AwaitedVersion) = (fingerprint, "");
        else if (tracked.Live is { } live)
            Settle(tracked, live);
        if (tracked.AwaitedVersion.Length > 0)
            LookAgainAt(tracked.AwaitedUntil);
        Succeeded(tracked, result);
    }

    private static string Who(Contest? contest) => contest is { Opponents.Length: > 0 } ? contest.Opponents : "somebody";

    private static string Correction(TrackedObject tracked) => tracked.Contest is { Fields.Length: > 0 } contest
        ? $"{Who(contest)} changed {contest.Fields}; it is as declared again"
        : "it had been deleted and was made again";

    private void Corrected(TrackedObject tracked, ApplyResult result, DateTimeOffset now)
    {
        tracked.IsCorrecting = false;
        // Nothing changed: the server only writes some value in another way than before.
        if (!result.IsCreated && result.Version == (tracked.Intent?.Version ?? tracked.VersionBefore))
        {
            Drop(tracked);
            (tracked.Fingerprint, tracked.AwaitedVersion, tracked.Contest) = (tracked.Live?.Fingerprint ?? "", "", null);
            return;
        }
        Counted(tracked, now);
    }

    /// <summary>It is as declared again; that is told when it was to be.</summary>
    private void Counted(TrackedObject tracked, DateTimeOffset now)
    {
        var contest = tracked.Contest ??= new Contest();
        contest.Corrections++;
        contest.Last = now;
        if (tracked.Intent is { Kind: IntentKind.Correct })
            Done(tracked);
        if (contest.Corrections < PatienceWithOthers)
        {
            LookAgainAt(now + FirstTruce);
            return;
        }
        var truce = Truce(contest);
        tracked.NotBefore = now + truce;
        LookAgainAt(tracked.NotBefore + truce);
        if (contest.IsTold)
            return;
        contest.IsTold = true;
        var fields = contest.Fields.Length > 0 ? contest.Fields : "the object";
        var who = Who(contest);
        Tell(
            JournalEvent.DriftContested, tracked.Component, tracked.Id.ToString(), Api.Reasons.DriftContested,
            $"{who} keeps changing {fields}; it is corrected with growing pauses from now on. Stop {who}, or add the fields to ignoreFields of the component's version");
    }

    /// <summary>Whoever has been quiet for long enough is forgotten.</summary>
    private void EndContests(DateTimeOffset now)
    {
        foreach (var tracked in objects.Values.Where(o => o.Contest is { Corrections: > 0 }))
        {
            var contest = tracked.Contest!;
            var end = contest.Last + (contest.Corrections < PatienceWithOthers ? FirstTruce : 2 * Truce(contest));
            if (end <= now && tracked.Need() == ObjectNeed.Nothing)
                tracked.Contest = null;
            else if (end > now)
                LookAgainAt(end);
        }
    }

    private static TimeSpan Truce(Contest contest) => Backoff(contest.Corrections - PatienceWithOthers, FirstTruce, LongestTruce);

    private void Fail(TrackedObject tracked, ObjectFailure failure, DateTimeOffset now)
    {
        tracked.Failure = failure;
        var pause = Backoff(tracked.Attempts++, FirstRetry, LongestRetry);
        tracked.NotBefore = now + (failure.RetryAfter > pause ? failure.RetryAfter : pause);
        LookAgainAt(tracked.NotBefore);
    }

    private void StartReplacing(TrackedObject tracked)
    {
        Intend(tracked, IntentKind.Replace, "was deleted and made anew, since a field changed that cannot be changed");
        StartDeleting(tracked);
    }

    private void StartDeleting(TrackedObject tracked)
    {
        tracked.InFlight = true;
        inFlight++;
        var (resource, uid) = (kinds[KindKey.Of(tracked.Id)].Watch!.Resource, tracked.Live?.Uid);
        SendWhenSaved(() => ObjectDeletion.RunAsync(cluster, resource, tracked, uid, cancellation));
    }

    private void Take(ApplyMessage.Deleted deleted)
    {
        inFlight--;
        var tracked = deleted.Object;
        tracked.InFlight = false;
        if (deleted.Failure is { } failure)
        {
            Refused(tracked, failure, isDeletion: true);
            Fail(tracked, failure, time.GetUtcNow());
        }
        else if (tracked.Live is null)
            Gone(tracked);
        else
            tracked.IsLeaving = true;
    }
}
