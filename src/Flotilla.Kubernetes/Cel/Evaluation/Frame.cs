namespace Flotilla.Kubernetes.Cel.Evaluation;

/// <summary>
/// One evaluation: its variables and what it has cost. Cost is counted as Kubernetes counts it; beside it, work that
/// Kubernetes does not charge for (as counting the characters of a long text) is limited as well.
/// </summary>
internal sealed class Frame(int slots, long limit, CancellationToken cancellation)
{
    /// <summary>Longest text or list that an evaluation may make.</summary>
    public const long MaxElements = 16_000_000;

    private const long MaxWork = 50_000_000;
    private long work;
    private int steps;

    public CelValue[] Slots { get; } = new CelValue[slots];

    public long Cost { get; private set; }

    public void Charge(long cost)
    {
        Cost += cost;
        if (Cost > limit || Cost < 0)
            throw new CostLimitExceeded();
    }

    /// <summary>Notes work of about so many bytes touched.</summary>
    public void Work(long amount)
    {
        work += amount;
        if (work > MaxWork)
            throw new CostLimitExceeded();
    }

    /// <summary>Asks for room for a text or list of so many elements before it is made.</summary>
    public void Reserve(long elements)
    {
        if (elements > MaxElements)
            throw new CostLimitExceeded();
        Work(elements);
    }

    /// <summary>Called once for each iteration of a loop.</summary>
    public void Step()
    {
        if ((++steps & 63) == 0)
            cancellation.ThrowIfCancellationRequested();
    }
}

internal sealed class CostLimitExceeded : Exception;
