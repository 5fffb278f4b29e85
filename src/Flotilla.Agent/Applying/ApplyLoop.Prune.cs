using System.Text.Json.Nodes;
using Flotilla.Api.Sync;
using Flotilla.Core.Applying;

namespace Flotilla.Agent.Applying;

/// <summary>
/// Deletes what left the release: once nothing more can be applied and nothing was refused, rank by rank in reverse order, each decision
/// on facts read just before.
/// </summary>
internal sealed partial class ApplyLoop
{
    private bool isPruneObserving;

    /// <summary>So often it is asked whether what held an object is gone.</summary>
    private static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(10);

    private List<TrackedObject> Leftovers(DateTimeOffset now) => [.. objects.Values.Where(o => o.Wanted is null && (o.Held is null || o.HeldUntil <= now))];

    /// <summary>Something went, perhaps what held others.</summary>
    private void LookAtHeldSoon()
    {
        foreach (var tracked in objects.Values.Where(o => o.Held is not null && MayComeFree(o.Held)))
            tracked.HeldUntil = default;
    }

    /// <summary>
    /// What other objects hold comes free when those go. A change that was too large as a whole stays refused as a whole: it must not
    /// come in by parts.
    /// </summary>
    private static bool MayComeFree(PruneVerdict held) => PruneObserver.NeedsFacts(held.Object) && held.Reason is not (Api.Reasons.PruneThreshold or Api.Reasons.Protected);

    private void Prune(DateTimeOffset now)
    {
        if (isRecovering || isPruneObserving || inFlight > 0 || components.Exists(c => !IsSettledEnough(c)))
            return;
        foreach (var held in objects.Values.Where(o => o.Held is not null && o.HeldUntil > now && o.HeldUntil < DateTimeOffset.MaxValue))
            LookAgainAt(held.HeldUntil);
        var leftovers = Leftovers(now);
        if (leftovers.Count == 0 || leftovers.Exists(o => kinds.GetValueOrDefault(KindKey.Of(o.Id)) is not { IsReady: true }))
            return;
        // Those that are on their way out are waited for.
        if (leftovers.Exists(o => o.IsLeaving))
            return;
        var due = leftovers.Where(o => o.NotBefore > now).Select(o => o.NotBefore).DefaultIfEmpty(default).Max();
        if (due > now)
        {
            LookAgainAt(due);
            return;
        }
        isPruneObserving = true;
        var going = leftovers.Select(o => o.Id).ToHashSet();
        Start(() => PruneObserver.RunAsync(cluster, going, cancellation));
    }

    /// <summary>Everything is applied but for what waits for health: then deleting what is in the way may be what helps.</summary>
    private bool IsSettledEnough(ComponentWork component)
    {
        var isGated = !Before(component).All(c => c.IsUp);
        foreach (var (wave, members) in component.Waves)
        {
            if (wave == ApplyWave.Admission && !isAdmissionOpen)
                return true;
            if (members.TrueForAll(o => o.IsApplied))
                continue;
            return isGated;
        }
        return true;
    }

    private void Take(ApplyMessage.PruneObserved observed)
    {
        isPruneObserving = false;
        var now = time.GetUtcNow();
        var leftovers = Leftovers(now);
        if (release is null || leftovers.Count == 0 || inFlight > 0)
            return;
        if (observed.Failure is { } failure)
        {
            Fail(leftovers[0], failure, now);
            return;
        }
        // Something left after the facts were read: they may not hold for it.
        if (leftovers.Exists(o => PruneObserver.NeedsFacts(o.Id) && !observed.Facts.ContainsKey(o.Id)))
            return;
        var verdicts = PruneDecision.Decide(new PruneObservation
        {
            Candidates = [.. leftovers.Select(o => new PruneCandidate(o.Id, o.Component, o.Protected, o.Found, o.Live is null ? null : new JsonObject { [Api.Releases.ReleaseLabels.Component] = o.Live.Component }))],
            Managed = objects.Values.Count(o => o.IsInInventory),
            Policy = release.Document.Prune,
            Facts = observed.Facts,
        });
        foreach (var kept in verdicts.Where(v => v.Outcome == PruneOutcome.Keep))
        {
            var tracked = objects[kept.Object];
            tracked.Held = kept;
            if (tracked.Intent is { Kind: IntentKind.Prune })
                Drop(tracked);
            tracked.HeldUntil = MayComeFree(kept) ? now + HeldFor : DateTimeOffset.MaxValue;
            var refused = $"{release.Digest} {kept.Reason}";
            if (tracked.Refused == refused)
                continue;
            tracked.Refused = refused;
            Tell(JournalEvent.PruneRefused, kept.Component, kept.Object.ToString(), kept.Reason, $"{kept.Message}; {kept.Remedy}");
        }
        foreach (var forgotten in verdicts.Where(v => v.Outcome == PruneOutcome.Forget).Select(v => objects[v.Object]).Where(o => o.Live is not null))
            Drop(forgotten);
        Forget(verdicts.Where(v => v.Outcome == PruneOutcome.Forget).Select(v => objects[v.Object]));
        var deleted = verdicts.Where(v => v.Outcome == PruneOutcome.Delete).ToList();
        if (deleted.Count == 0)
            return;
        foreach (var verdict in deleted)
            objects[verdict.Object].Held = null;
        var first = ApplyWaves.DeletionRank(deleted[0].Object);
        foreach (var verdict in deleted.TakeWhile(v => ApplyWaves.DeletionRank(v.Object) == first))
        {
            var tracked = objects[verdict.Object];
            if (tracked.Live is null)
            {
                Gone(tracked);
                continue;
            }
            Intend(tracked, IntentKind.Prune, "left the release and was deleted");
            StartDeleting(tracked);
        }
    }
}
