using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Evaluation;

/// <summary>
/// A path from a variable or another value: <c>self.a.b[0]</c>. Each part costs one, the path as a whole one more, except
/// after a conditional.
/// </summary>
internal abstract class AttributeNode : Node
{
    /// <summary>Whether the path as a whole is charged for.</summary>
    public virtual bool Charged => true;

    public sealed override CelValue Evaluate(Frame frame)
    {
        var value = Resolve(frame);
        if (Charged)
            frame.Charge(1);
        return value;
    }

    public abstract override CelValue Resolve(Frame frame);

    protected static CelValue ResolveOperand(Node operand, Frame frame) =>
        operand is AttributeNode ? operand.Resolve(frame) : operand.Evaluate(frame);

    protected static bool ChargedAfter(Node operand) => operand is not AttributeNode { Charged: false };

    /// <summary>Selects a part of a value; of an optional, the part is optional as well.</summary>
    protected static CelValue Qualify(Frame frame, CelValue target, CelValue key, bool optional)
    {
        if (target.Kind != CelValueKind.Optional)
            return optional ? Optionally(frame, target, key) : Strictly(frame, target, key);
        if (!target.Optional.HasValue)
            return target;
        return Optionally(frame, target.Optional.Value, key);
    }

    private static CelValue Optionally(Frame frame, CelValue target, CelValue key)
    {
        // What is not there costs nothing.
        if (!Find(target, key, out var value))
            return CelValue.OptionalNone;
        frame.Charge(1);
        return value.IsError ? value : CelValue.OptionalOf(value);
    }

    private static CelValue Strictly(Frame frame, CelValue target, CelValue key)
    {
        frame.Charge(1);
        if (Find(target, key, out var value))
            return value;
        return target.Kind == CelValueKind.List ? CelValue.IndexOutOfBounds(key) : CelValue.NoSuchKey(key);
    }

    /// <summary>Looks a part up; what is found may be an error.</summary>
    protected static bool Find(CelValue target, CelValue key, out CelValue value)
    {
        value = default;
        switch (target.Kind)
        {
            case CelValueKind.Error:
                value = target;
                return true;
            case CelValueKind.Map:
                return target.Map.TryGet(key, out value);
            case CelValueKind.List:
                return FindElement(target.List, key, out value);
            default:
                return false;
        }
    }

    private static bool FindElement(CelList list, CelValue key, out CelValue value)
    {
        long index;
        switch (key.Kind)
        {
            case CelValueKind.Int:
                index = key.Int;
                break;
            case CelValueKind.Uint when key.Uint <= long.MaxValue:
                index = (long)key.Uint;
                break;
            case CelValueKind.Double when Math.Floor(key.Double) == key.Double && Math.Abs(key.Double) < 9e18:
                index = (long)key.Double;
                break;
            case CelValueKind.Uint or CelValueKind.Double:
                value = CelValue.Error($"unsupported index value {key} in list");
                return true;
            default:
                value = CelValue.Error($"unsupported index type '{Checking.RuntimeTypes.Of(key).Name}' in list");
                return true;
        }
        var found = index >= 0 && index < list.Count;
        value = found ? list[(int)index] : default;
        return found;
    }
}

internal sealed class VariableNode(int slot) : AttributeNode
{
    public override CelValue Resolve(Frame frame) => frame.Slots[slot];
}

internal sealed class SelectNode(Node operand, string field, bool optional) : AttributeNode
{
    private readonly CelValue key = CelValue.Of(field);

    public override bool Charged { get; } = ChargedAfter(operand);

    public override CelValue Resolve(Frame frame)
    {
        var target = ResolveOperand(operand, frame);
        if (target.IsError)
            return target;
        return Qualify(frame, target, key, optional);
    }
}

internal sealed class PresenceNode(Node operand, string field) : AttributeNode
{
    private readonly CelValue key = CelValue.Of(field);

    public override bool Charged => false;

    public override CelValue Resolve(Frame frame)
    {
        var target = ResolveOperand(operand, frame);
        if (target.IsError)
            return target;
        frame.Charge(1);
        if (target.Kind == CelValueKind.Optional)
        {
            if (!target.Optional.HasValue)
                return CelValue.False;
            target = target.Optional.Value;
        }
        var found = Find(target, key, out var value);
        return found && value.IsError && target.Kind != CelValueKind.Map ? value : CelValue.Of(found);
    }
}

internal sealed class IndexNode(Node operand, Node index, bool optional) : AttributeNode
{
    public override bool Charged { get; } = ChargedAfter(operand);

    public override CelValue Resolve(Frame frame)
    {
        var target = ResolveOperand(operand, frame);
        if (target.IsError)
            return target;
        var key = ResolveOperand(index, frame);
        return key.IsError ? key : Qualify(frame, target, key, optional);
    }
}

internal sealed class ConditionalNode(Node condition, Node whenTrue, Node whenFalse) : AttributeNode
{
    public override bool Charged => false;

    public override CelValue Resolve(Frame frame)
    {
        var value = condition.Evaluate(frame);
        if (value.IsTrue)
            return ResolveOperand(whenTrue, frame);
        if (value.IsFalse)
            return ResolveOperand(whenFalse, frame);
        return value.IsError ? value : CelValue.NoSuchOverload;
    }
}
