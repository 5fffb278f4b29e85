using System.Collections.Frozen;
using Flotilla.Api;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Core.Fleets;
using Flotilla.Core.Rollouts;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Rollouts;

/// <summary>What is declared and asked about rollouts, as far as it is known.</summary>
/// <param name="approvals">All approvals.</param>
internal sealed class RolloutDeclarations(
    Func<ObjectKey, Rollout?> rollout, Func<ObjectKey, RolloutStrategy?> strategy, Func<IReadOnlyList<KeyValuePair<ObjectKey, Approval>>> approvals)
{
    /// <summary>The annotation of a Fleet with the digest of a revision that is to be let out again.</summary>
    public const string LiftQuarantine = "flotilla.dev/lift-quarantine";

    public Rollout? Find(ObjectKey key) => rollout(key);

    /// <summary>A fleet's strategy, or why there is none.</summary>
    public (RolloutStrategySpec? Strategy, FleetProblem? Problem) StrategyOf(ObjectKey fleet, FleetSpec spec)
    {
        if (spec.Rollout.Strategy is not { } name)
            return (spec.Rollout, null);
        return strategy(new ObjectKey(fleet.Namespace, name)) is { } found
            ? (found.Spec, null)
            : (null, new FleetProblem(Reasons.NoSuchStrategy, $"There is no RolloutStrategy {name} in this namespace: declare it, or change spec.rollout.strategy.", Stalled: true));
    }

    /// <summary>What people ask of a rollout.</summary>
    public RolloutOrders OrdersOf(ObjectKey key)
    {
        if (rollout(key)?.Spec is not { } spec)
            return new RolloutOrders();
        return new RolloutOrders
        {
            Paused = spec.Paused,
            Resumed = spec.ResumedAt,
            RollBack = spec.RollBack,
            Cancel = spec.Cancel,
            Skip = spec.Skip.ToFrozenSet(StringComparer.Ordinal),
            Retry = spec.Retry.GroupBy(r => r.Site, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.Max(r => r.Times), StringComparer.Ordinal),
        };
    }

    public IReadOnlyList<GivenApproval> ApprovalsOf(ObjectKey key) =>
    [
        .. approvals().Where(a => a.Key.Namespace == key.Namespace && a.Value.Spec.Rollout == key.Name && a.Value.Metadata.DeletionTimestamp is null)
            .Select(a => new GivenApproval(a.Value.Spec.Gate, a.Value.Spec.By, a.Value.Spec.Note ?? "", a.Value.Metadata.CreationTimestamp ?? default))
            .OrderBy(a => a.At),
    ];
}
