using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Evaluation;

/// <summary>Makes a list.</summary>
internal sealed class ListNode(Node[] elements, bool[] optional) : Node
{
    private const int Cost = 10;

    public override CelValue Evaluate(Frame frame)
    {
        var values = new CelValue[elements.Length];
        var count = 0;
        for (var i = 0; i < elements.Length; i++)
        {
            var value = elements[i].Evaluate(frame);
            if (value.IsError)
                return value;
            if (optional[i])
            {
                if (value.Kind != CelValueKind.Optional)
                    return CelValue.Error($"cannot initialize optional list element from non-optional value {value}");
                if (!value.Optional.HasValue)
                    continue;
                value = value.Optional.Value;
            }
            values[count++] = value;
        }
        frame.Charge(Cost);
        return CelValue.Of(new ArrayList(count == values.Length ? values : values[..count]));
    }
}

/// <summary>Makes a map.</summary>
internal sealed class MapNode((Node Key, Node Value, bool Optional)[] entries) : Node
{
    private const int Cost = 30;

    public override CelValue Evaluate(Frame frame)
    {
        var map = new Dictionary<CelValue, CelValue>(entries.Length, MapKeys.Comparer);
        foreach (var (keyNode, valueNode, optional) in entries)
        {
            var key = keyNode.Evaluate(frame);
            if (key.IsError)
                return key;
            var value = valueNode.Evaluate(frame);
            if (value.IsError)
                return value;
            if (optional)
            {
                if (value.Kind != CelValueKind.Optional)
                    return CelValue.Error($"cannot initialize optional entry '{key}' from non-optional value {value}");
                if (!value.Optional.HasValue)
                    continue;
                value = value.Optional.Value;
            }
            if (!MapKeys.IsKey(key))
                return CelValue.Error($"unsupported key type: {Checking.RuntimeTypes.Of(key).Name}");
            if (!map.TryAdd(key, value))
                return CelValue.Error($"Failed with repeated key: {key}");
        }
        frame.Charge(Cost);
        return CelValue.Of(new DictionaryMap(map));
    }
}

/// <summary>How a comprehension's accumulator starts.</summary>
internal enum AccumulatorStart
{
    /// <summary>With the value of an expression.</summary>
    Value,

    /// <summary>With an empty list that the loop adds to in place.</summary>
    GrowingList,

    /// <summary>With an empty map that the loop adds to in place.</summary>
    GrowingMap,
}

/// <summary>A loop over a list or a map with an accumulator.</summary>
internal sealed class FoldNode : Node
{
    public required Node Range { get; init; }

    public required Node Initial { get; init; }

    public required AccumulatorStart Start { get; init; }

    public required Node Condition { get; init; }

    public required Node StepNode { get; init; }

    public required Node Result { get; init; }

    public required int Accumulator { get; init; }

    public required int Variable { get; init; }

    public required int? SecondVariable { get; init; }

    public override CelValue Evaluate(Frame frame)
    {
        var range = Range.Evaluate(frame);
        if (range.IsError)
            return range;
        frame.Slots[Accumulator] = Start switch
        {
            AccumulatorStart.GrowingList => CelValue.Of(new GrowingList()),
            AccumulatorStart.GrowingMap => CelValue.Of(new DictionaryMap(new Dictionary<CelValue, CelValue>(MapKeys.Comparer))),
            _ => Initial.Evaluate(frame),
        };
        if (range.Kind == CelValueKind.List)
            FoldList(frame, range.List);
        else if (range.Kind == CelValueKind.Map)
            FoldMap(frame, range.Map);
        else
            return CelValue.Error($"got '{Checking.RuntimeTypes.Of(range).Name}', expected iterable type");
        var result = Result.Evaluate(frame);
        return Start == AccumulatorStart.GrowingList && result is { Kind: CelValueKind.List, List: GrowingList grown }
            ? CelValue.Of(grown.ToImmutable())
            : result;
    }

    private void FoldList(Frame frame, CelList list)
    {
        var count = list.Count;
        for (var i = 0; i < count; i++)
        {
            if (SecondVariable is { } second)
            {
                frame.Slots[Variable] = CelValue.Of((long)i);
                frame.Slots[second] = list[i];
            }
            else
            {
                frame.Slots[Variable] = list[i];
            }
            if (!TryStep(frame))
                return;
        }
    }

    private void FoldMap(Frame frame, CelMap map)
    {
        foreach (var key in map.Keys)
        {
            frame.Slots[Variable] = key;
            if (SecondVariable is { } second)
                frame.Slots[second] = map.TryGet(key, out var value) ? value : CelValue.NoSuchKey(key);
            if (!TryStep(frame))
                return;
        }
    }

    private bool TryStep(Frame frame)
    {
        frame.Step();
        if (Condition.Evaluate(frame).IsFalse)
            return false;
        frame.Slots[Accumulator] = StepNode.Evaluate(frame);
        return true;
    }
}
