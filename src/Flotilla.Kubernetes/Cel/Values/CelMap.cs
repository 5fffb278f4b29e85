namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>The entries of a map value, or the fields of an object. Immutable to expressions.</summary>
internal abstract class CelMap
{
    public abstract int Count { get; }

    /// <summary>The value under a key; false when there is none. The value may be an error, also for a key of a wrong type.</summary>
    public abstract bool TryGet(CelValue key, out CelValue value);

    /// <summary>The keys in the order in which comprehensions visit them.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    public virtual CelValue EqualTo(CelMap other, Evaluation.Frame? frame)
    {
        if (Count != other.Count)
            return CelValue.False;
        foreach (var key in Keys)
        {
            if (!other.TryGet(key, out var theirs) || !TryGet(key, out var ours))
                return CelValue.False;
            var equal = Evaluation.Equality.Of(ours, theirs, frame);
            if (!equal.IsTrue)
                return equal;
        }
        return CelValue.True;
    }
}

/// <summary>A map that an expression made. Keys that are the same number are the same key.</summary>
internal sealed class DictionaryMap(Dictionary<CelValue, CelValue> entries) : CelMap
{
    public override int Count => entries.Count;

    public override IEnumerable<CelValue> Keys => entries.Keys;

    public override bool TryGet(CelValue key, out CelValue value) => entries.TryGetValue(key, out value);

    /// <summary>Adds an entry to a map that a comprehension is making; false when the key is there.</summary>
    public bool TryAdd(CelValue key, CelValue value) => entries.TryAdd(key, value);

}

/// <summary>Compares map keys: <c>1</c>, <c>1u</c> and <c>1.0</c> are one key.</summary>
internal sealed class MapKeys : IEqualityComparer<CelValue>
{
    public static readonly MapKeys Comparer = new();

    public static bool IsKey(CelValue value) =>
        value.Kind is CelValueKind.Bool or CelValueKind.Int or CelValueKind.Uint or CelValueKind.String or CelValueKind.Double;

    public bool Equals(CelValue x, CelValue y) => Evaluation.Equality.Of(x, y).IsTrue;

    public int GetHashCode(CelValue key) => key.Kind switch
    {
        CelValueKind.String => key.String.GetHashCode(StringComparison.Ordinal),
        CelValueKind.Int => ((double)key.Int).GetHashCode(),
        CelValueKind.Uint => ((double)key.Uint).GetHashCode(),
        CelValueKind.Double => key.Double == 0 ? 0 : key.Double.GetHashCode(),
        CelValueKind.Bool => key.IsTrue ? 1 : 2,
        _ => (int)key.Kind,
    };
}
