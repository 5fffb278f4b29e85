using System.Text.Json.Nodes;
using Flotilla.Api.Sync;
using Flotilla.Core.Applying;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Agent.Applying;

/// <summary>
/// Deletes what left the release: once nothing more can be applied and nothing was refused, rank by rank in reverse order, each decision
/// on facts read just before.
/// </summary>
internal sealed partial class ApplyLoop
{
    private bool isPruneObserving;

    private List<TrackedObject> Leftovers() => [.. objects.Values.Where(o => o.Wanted is null && o.Held is null)];

    private async ValueTask PruneAsync(DateTimeOffset now)
    {
        if (isRecovering || isPruneObserving || inFlight > 0 || components.Exists(c => !IsSettledEnough(c)))
            return;
        var leftovers = Leftovers();
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
        if (mustSave)
            await SaveAsync();
        isPruneObserving = true;
        var going = leftovers.Select(o => o.Id).ToHashSet();
        Start(() => PruneObserver.RunAsync(cluster, going, cancellation));
    }

    /// <summary>Everything is applied but for what waits for health: then deleting what is in the way may be what helps.</summary>
    private bool IsSettledEnough(ComponentWork component)
    {
        var isGated = !Before(component).All(c => c.IsHealthy);
        foreach (var (wave, members) in component.Waves)
        {
            if (wave == ApplyWave.Admission && component.Waves.Where(w => w.Key < wave).Any(w => !w.Value.TrueForAll(IsHealthy)))
                return true;
            if (members.TrueForAll(o => o.IsApplied))
                continue;
            return isGated;
        }
        return true;
    }

    private async ValueTask TakeAsync(ApplyMessage.PruneObserved observed)
    {
        isPruneObserving = false;
        var now = time.GetUtcNow();
        var leftovers = Leftovers();
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
            objects[kept.Object].Held = kept;
            await TellAsync(JournalEvent.PruneRefused, kept.Component, kept.Object.ToString(), kept.Reason, $"{kept.Message}; {kept.Remedy}");
        }
        Forget(verdicts.Where(v => v.Outcome == PruneOutcome.Forget).Select(v => objects[v.Object]));
        var deleted = verdicts.Where(v => v.Outcome == PruneOutcome.Delete).ToList();
        if (deleted.Count == 0)
            return;
        var first = ApplyWaves.DeletionRank(deleted[0].Object);
        foreach (var verdict in deleted.TakeWhile(v => ApplyWaves.DeletionRank(v.Object) == first))
        {
            var tracked = objects[verdict.Object];
            if (tracked.Live is null)
            {
                Gone(tracked);
                continue;
            }
            StartDeleting(tracked);
        }
    }
}
