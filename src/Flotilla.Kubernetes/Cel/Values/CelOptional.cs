namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>A value that may be absent.</summary>
internal sealed class CelOptional
{
    public static readonly CelOptional None = new();

    private readonly CelValue value;

    public CelOptional(CelValue value)
    {
        this.value = value;
        HasValue = true;
    }

    private CelOptional()
    {
    }

    public bool HasValue { get; }

    public CelValue Value => HasValue ? value : CelValue.Error("optional.none() dereference");
}

/// <summary>A value whose inside only functions of its library see.</summary>
internal abstract class CelOpaque
{
    public abstract CelType Type { get; }

    /// <summary>How large the value is for the cost of functions on it.</summary>
    public virtual int Size => 1;

    public abstract bool EqualTo(CelOpaque other);

    public abstract override string ToString();
}
