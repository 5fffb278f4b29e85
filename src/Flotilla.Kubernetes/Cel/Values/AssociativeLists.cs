using System.Text;

namespace Flotilla.Kubernetes.Cel.Values;

/// <summary>A list with <c>x-kubernetes-list-type: set</c>: equal in any order; addition adds what is missing.</summary>
internal sealed class SetList(CelList elements) : CelList
{
    private HashSet<CelValue>? set;

    public override int Count => elements.Count;

    public override CelValue this[int index] => elements[index];

    public override CelValue EqualTo(CelList other, Evaluation.Frame? frame)
    {
        if (Count != other.Count)
            return CelValue.False;
        var ours = ToSet();
        for (var i = 0; i < other.Count; i++)
        {
            if (!ours.Contains(other[i]))
                return CelValue.False;
        }
        return CelValue.True;
    }

    public override CelList Concat(CelList other)
    {
        var ours = new HashSet<CelValue>(ToSet(), MapKeys.Comparer);
        var added = new List<CelValue>();
        for (var i = 0; i < other.Count; i++)
        {
            var value = other[i];
            if (ours.Add(value))
                added.Add(value);
        }
        return new SetList(added.Count == 0 ? elements : new JoinedList(elements, new ArrayList([.. added])));
    }

    private HashSet<CelValue> ToSet()
    {
        if (set is not null)
            return set;
        var values = new HashSet<CelValue>(MapKeys.Comparer);
        for (var i = 0; i < elements.Count; i++)
            values.Add(elements[i]);
        return set = values;
    }
}

/// <summary>
/// A list with <c>x-kubernetes-list-type: map</c>: equal in any order; addition replaces elements with the same keys and
/// appends the others.
/// </summary>
internal sealed class KeyedList(CelList elements, IReadOnlyList<string> keys) : CelList
{
    private Dictionary<string, int>? positions;

    public override int Count => elements.Count;

    public override CelValue this[int index] => elements[index];

    public override CelValue EqualTo(CelList other, Evaluation.Frame? frame)
    {
        if (Count != other.Count)
            return CelValue.False;
        var ours = Positions();
        for (var i = 0; i < other.Count; i++)
        {
            var theirs = other[i];
            if (!ours.TryGetValue(KeyOf(theirs), out var position))
                return CelValue.False;
            var equal = Evaluation.Equality.Of(elements[position], theirs, frame);
            if (!equal.IsTrue)
                return equal;
        }
        return CelValue.True;
    }

    public override CelList Concat(CelList other)
    {
        var merged = new List<CelValue>(Count + other.Count);
        for (var i = 0; i < Count; i++)
            merged.Add(elements[i]);
        var places = new Dictionary<string, int>(Positions());
        for (var i = 0; i < other.Count; i++)
        {
            var element = other[i];
            if (places.TryGetValue(KeyOf(element), out var position))
                merged[position] = element;
            else
                merged.Add(element);
        }
        return new KeyedList(new ArrayList([.. merged]), keys);
    }

    private Dictionary<string, int> Positions()
    {
        if (positions is not null)
            return positions;
        var places = new Dictionary<string, int>(elements.Count);
        for (var i = 0; i < elements.Count; i++)
            places[KeyOf(elements[i])] = i;
        return positions = places;
    }

    private string KeyOf(CelValue element)
    {
        var text = new StringBuilder();
        foreach (var key in keys)
        {
            if (element.Kind == CelValueKind.Map && element.Map.TryGet(CelValue.Of(CelFieldNames.Escape(key) ?? key), out var value))
                text.Append(value.Kind).Append(':').Append(ValueText.Of(value).Length).Append(':').Append(ValueText.Of(value));
            text.Append('|');
        }
        return text.ToString();
    }
}
