namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>The elements of a list value. Immutable to expressions.</summary>
internal abstract class CelList
{
    public abstract int Count { get; }

    public abstract CelValue this[int index] { get; }

    /// <summary>Equality as this list sees it; sets and keyed lists do not mind the order.</summary>
    public virtual CelValue EqualTo(CelList other, Evaluation.Frame? frame)
    {
        if (Count != other.Count)
            return CelValue.False;
        for (var i = 0; i < Count; i++)
        {
            var equal = Evaluation.Equality.Of(this[i], other[i], frame);
            if (!equal.IsTrue)
                return equal;
        }
        return CelValue.True;
    }

    /// <summary>This list with another one behind it; sets and keyed lists merge.</summary>
    public virtual CelList Concat(CelList other) =>
        other.Count == 0 ? this : Count == 0 && GetType() == other.GetType() ? other : new JoinedList(this, other);

    public virtual CelValue Contains(CelValue value, Evaluation.Frame? frame)
    {
        var error = default(CelValue?);
        for (var i = 0; i < Count; i++)
        {
            var equal = Evaluation.Equality.Of(this[i], value, frame);
            if (equal.IsTrue)
                return equal;
            if (equal.IsError)
                error ??= equal;
        }
        return error ?? CelValue.False;
    }
}

/// <summary>A list that an expression made.</summary>
internal sealed class ArrayList(CelValue[] elements) : CelList
{
    public static readonly ArrayList Empty = new([]);

    public override int Count => elements.Length;

    public override CelValue this[int index] => elements[index];
}

/// <summary>A list under construction by a comprehension, which alone may add to it.</summary>
internal sealed class GrowingList : CelList
{
    private readonly List<CelValue> elements = [];

    public override int Count => elements.Count;

    public override CelValue this[int index] => elements[index];

    public void Add(CelValue element) => elements.Add(element);

    public void AddRange(CelList list)
    {
        for (var i = 0; i < list.Count; i++)
            elements.Add(list[i]);
    }

    public CelList ToImmutable() => new ArrayList([.. elements]);
}

/// <summary>
/// Two lists end to end. Not copied: concatenation costs one step, however long the lists. Expressions nest too little
/// for such lists to nest deeply.
/// </summary>
internal sealed class JoinedList(CelList first, CelList second) : CelList
{
    private readonly int firstCount = first.Count;

    public override int Count { get; } = checked(first.Count + second.Count);

    public override CelValue this[int index] => index < firstCount ? first[index] : second[index - firstCount];
}

/// <summary>A part of a list.</summary>
internal sealed class ListSlice(CelList list, int start, int count) : CelList
{
    public override int Count => count;

    public override CelValue this[int index] => list[start + index];
}
