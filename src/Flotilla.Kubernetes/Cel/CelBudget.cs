namespace Flotilla.Kubernetes.Cel;

/// <summary>
/// What evaluations may cost, in CEL's cost units (one unit is about one step). One budget serves all the rules that run
/// for one object: each evaluation is stopped at <see cref="PerCallLimit"/> and takes what it cost from
/// <see cref="Remaining"/>; the caller stops when that is negative.
/// </summary>
public sealed class CelBudget
{
    /// <summary>What Kubernetes lets one evaluation cost (about 0.1 s).</summary>
    public const long KubernetesPerCallLimit = 1_000_000;

    /// <summary>What Kubernetes lets all rules together cost for one custom resource (about 1 s).</summary>
    public const long KubernetesTotal = 10_000_000;

    /// <summary>What Kubernetes lets the match conditions of one webhook cost.</summary>
    public const long KubernetesMatchConditions = 2_500_000;

    /// <summary>Makes a budget; without numbers that of the rules of one custom resource.</summary>
    public CelBudget(long total = KubernetesTotal, long perCallLimit = KubernetesPerCallLimit)
    {
        Remaining = total;
        PerCallLimit = perCallLimit;
    }

    /// <summary>What is left; negative once evaluations cost more than there was.</summary>
    public long Remaining { get; private set; }

    /// <summary>What one evaluation may cost before it is stopped.</summary>
    public long PerCallLimit { get; }

    internal void Charge(long cost) => Remaining -= cost;
}
