using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Stacks;
using Flotilla.Core.Releases;

namespace Flotilla.Core.Applying;

/// <summary>Something that was applied and is not wanted any more.</summary>
/// <param name="Id">The object.</param>
/// <param name="Component">The component that it was applied for.</param>
/// <param name="Protected">The version that installed it says that it is never pruned.</param>
/// <param name="Found">It was there before us.</param>
/// <param name="Labels">Its labels, for targets that ask for them.</param>
public sealed record PruneCandidate(ObjectId Id, string Component, bool Protected, bool Found, JsonObject? Labels = null);

/// <summary>What guards need to know of definitions and namespaces.</summary>
/// <param name="Instances">Of a definition: instances in the cluster that are not about to be deleted.</param>
/// <param name="Claims">Of a namespace: PersistentVolumeClaims in it.</param>
/// <param name="Others">Of a namespace: objects in it that are not about to be deleted and belong to nothing else.</param>
/// <param name="Example">One of them.</param>
public sealed record GuardFacts(long Instances = 0, long Claims = 0, long Others = 0, string Example = "");

/// <summary>What is known when it is decided what to delete.</summary>
public sealed record PruneObservation
{
    public required IReadOnlyList<PruneCandidate> Candidates { get; init; }

    /// <summary>How many objects were applied at this site, the candidates among them.</summary>
    public required int Managed { get; init; }

    public required PrunePolicy Policy { get; init; }

    /// <summary>Facts about definitions and namespaces among the candidates; those that are missing hold nothing.</summary>
    public IReadOnlyDictionary<ObjectId, GuardFacts> Facts { get; init; } = new Dictionary<ObjectId, GuardFacts>();
}

/// <summary>What becomes of an object that left a release.</summary>
public enum PruneOutcome
{
    Delete,

    /// <summary>A guard holds it; it stays ours.</summary>
    Keep,

    /// <summary>It was never ours alone: it stays and is ours no longer.</summary>
    Forget,
}

/// <summary>A decision about one object.</summary>
/// <param name="Object">The object.</param>
/// <param name="Component">The component that it was applied for.</param>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Reason">A code of <see cref="Reasons"/>.</param>
/// <param name="Message">Why.</param>
/// <param name="Remedy">What to do when it shall go all the same; empty when it goes.</param>
public sealed record PruneVerdict(ObjectId Object, string Component, PruneOutcome Outcome, string Reason, string Message, string Remedy = "");

/// <summary>Decides what is deleted of what left a release, and in which order.</summary>
public static class PruneDecision
{
    private const int AlwaysAllowed = 10;
    private const double UsualPart = 0.5;
    private static readonly HashSet<string> ClusterNamespaces = new(StringComparer.Ordinal) { "default", "kube-system", "kube-public", "kube-node-lease" };

    /// <summary>Verdicts in the order in which to act on them.</summary>
    public static IReadOnlyList<PruneVerdict> Decide(PruneObservation observed)
    {
        var allowed = observed.Policy.Allow.Select(target => new ObjectTargetMatch(target)).ToList();
        var verdicts = observed.Candidates
            .OrderBy(c => ApplyWaves.DeletionRank(c.Id)).ThenBy(c => c.Id)
            .Select(candidate => Decide(candidate, observed.Facts.GetValueOrDefault(candidate.Id), allowed)).ToList();
        HoldNamespaces(verdicts, allowed);
        var count = verdicts.Count(v => v.Outcome == PruneOutcome.Delete);
        if (Limit(observed.Policy.Threshold, observed.Managed) is var limit && count <= limit)
            return verdicts;
        var message = string.Create(CultureInfo.InvariantCulture, $"this change would delete {count} of {observed.Managed} objects, more than the {limit} that one change may");
        return [.. verdicts.Select(v => v.Outcome != PruneOutcome.Delete ? v
            : v with { Outcome = PruneOutcome.Keep, Reason = Reasons.PruneThreshold, Message = message, Remedy = "raise prune.threshold of the stack if all of them shall go" })];
    }

    private static PruneVerdict Decide(PruneCandidate candidate, GuardFacts? facts, List<ObjectTargetMatch> allowed)
    {
        var id = candidate.Id;
        PruneVerdict Keep(string reason, string message, string remedy) => new(id, candidate.Component, PruneOutcome.Keep, reason, message, remedy);
        if (candidate.Found || (id.IsOf("", "Namespace") && ClusterNamespaces.Contains(id.Name)))
            return new PruneVerdict(id, candidate.Component, PruneOutcome.Forget, Reasons.NotOurs, "was there before this component, so it stays");
        if (candidate.Protected)
            return Keep(Reasons.Protected, $"the version of {candidate.Component} that installed it protects it", "delete it by hand if it shall go");
        if (allowed.Count > 0 && allowed.Any(target => target.Matches(Shape(candidate))))
            return new PruneVerdict(id, candidate.Component, PruneOutcome.Delete, Reasons.LeftRelease, "left the release, and the stack allows to prune it");
        if (id.IsOf("", "PersistentVolumeClaim") || id.IsOf("", "PersistentVolume"))
            return Keep(Reasons.HoldsData, "holds data", Allow(id));
        if (id.IsOf("apiextensions.k8s.io", "CustomResourceDefinition") && facts is { Instances: > 0 })
            return Keep(Reasons.HasInstances, $"{Count(facts.Instances, "object")} of this kind would go with it{Such(facts)}", $"delete them first, or {Allow(id)}");
        if (id.IsOf("", "Namespace") && facts is { Claims: > 0 })
            return Keep(Reasons.HoldsData, $"holds {Count(facts.Claims, "PersistentVolumeClaim")}{Such(facts)}", $"move the data, or {Allow(id)}");
        if (id.IsOf("", "Namespace") && facts is { Others: > 0 })
            return Keep(Reasons.HoldsOthers, $"holds {Count(facts.Others, "object")} that would go with it{Such(facts)}", $"move them, or {Allow(id)}");
        return new PruneVerdict(id, candidate.Component, PruneOutcome.Delete, Reasons.LeftRelease, "left the release");
    }

    /// <summary>What is kept needs its namespace.</summary>
    private static void HoldNamespaces(List<PruneVerdict> verdicts, List<ObjectTargetMatch> allowed)
    {
        var held = verdicts.Where(v => v.Outcome != PruneOutcome.Delete && v.Object.Namespace.Length > 0)
            .GroupBy(v => v.Object.Namespace, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Object, StringComparer.Ordinal);
        for (var i = 0; i < verdicts.Count; i++)
        {
            var verdict = verdicts[i];
            if (verdict.Outcome == PruneOutcome.Delete && verdict.Object.IsOf("", "Namespace") && held.TryGetValue(verdict.Object.Name, out var inside)
                && !allowed.Any(target => target.Matches(Shape(new PruneCandidate(verdict.Object, verdict.Component, false, false)))))
            {
                verdicts[i] = verdict with
                {
                    Outcome = PruneOutcome.Keep,
                    Reason = Reasons.HoldsOthers,
                    Message = $"holds {inside}, which is kept",
                    Remedy = $"see to that object first, or {Allow(verdict.Object)}",
                };
            }
        }
    }

    private static int Limit(string? threshold, int managed)
    {
        if (threshold is { Length: > 0 })
        {
            if (threshold.EndsWith('%') && double.TryParse(threshold.AsSpan(0, threshold.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
                return (int)Math.Ceiling(managed * percent / 100);
            if (int.TryParse(threshold, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        }
        return Math.Max(AlwaysAllowed, (int)(managed * UsualPart));
    }

    private static JsonObject Shape(PruneCandidate candidate)
    {
        var metadata = new JsonObject { ["name"] = candidate.Id.Name };
        if (candidate.Id.Namespace.Length > 0)
            metadata["namespace"] = candidate.Id.Namespace;
        if (candidate.Labels is { } labels)
            metadata["labels"] = labels.DeepClone();
        return new JsonObject { ["apiVersion"] = candidate.Id.ApiVersion, ["kind"] = candidate.Id.Kind, ["metadata"] = metadata };
    }

    private static string Such(GuardFacts facts) => facts.Example.Length == 0 ? "" : $", as {facts.Example}";

    private static string Allow(ObjectId id) => $"add {{kind: {id.Kind}, name: {id.Name}}} to prune.allow of the stack";

    private static string Count(long number, string what) => number == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{number} {what}s");
}
