using Flotilla.Core.Applying;

namespace Flotilla.Core.Releases.Changes;

/// <summary>Asks the guards of pruning what they would say, without the cluster that the agent has.</summary>
internal static class PlannedDeletions
{
    public static IReadOnlyList<PlannedDeletion> Of(Release? before, Release after, ReleaseChanges changes, ReleaseComparison comparison)
    {
        var gone = changes.Objects.Where(o => o.Kind == ChangeKind.Removed).ToList();
        if (before is null || gone.Count == 0)
            return [];
        // What was installed with a protection keeps it: the version before says so.
        var protections = before.Document.Components.ToDictionary(
            c => c.Name, c => c.Protect.Select(t => new ObjectTargetMatch(t)).ToList(), StringComparer.Ordinal);
        var allowed = after.Document.Prune.Allow.Select(t => new ObjectTargetMatch(t)).ToList();
        var verdicts = PruneDecision.Decide(new PruneObservation
        {
            Candidates =
            [
                .. gone.Select(o => new PruneCandidate(
                    o.Id, o.Component, protections[o.Component].Any(p => p.Matches(o.Before!)), Found: false, o.Before!["metadata"]?["labels"]?.AsObject())),
            ],
            Managed = comparison.Count(before),
            Policy = after.Document.Prune,
        });
        var contents = gone.ToDictionary(o => o.Id, o => o.Before!);
        return [.. verdicts.Select(v => new PlannedDeletion(v, v.Outcome != PruneOutcome.Delete || allowed.Any(a => a.Matches(contents[v.Object])) ? null : Unless(v.Object)))];
    }

    private static string? Unless(ObjectId id)
    {
        if (id.IsOf("apiextensions.k8s.io", "CustomResourceDefinition"))
            return "the cluster has objects of this kind";
        return id.IsOf("", "Namespace") ? "it holds PersistentVolumeClaims, or objects that are not ours" : null;
    }
}
