namespace Flotilla.Kubernetes.Cel.Evaluation;

/// <summary>A step of a planned expression. Errors are values, because <c>&amp;&amp;</c> and <c>||</c> may absorb them.</summary>
internal abstract class Node
{
    public abstract CelValue Evaluate(Frame frame);

    /// <summary>The value as part of a larger attribute, which is charged for once as a whole.</summary>
    public virtual CelValue Resolve(Frame frame) => Evaluate(frame);
}

internal sealed class ConstantNode(CelValue value) : Node
{
    public CelValue Value => value;

    public override CelValue Evaluate(Frame frame) => value;
}

internal sealed class AndNode(Node[] terms) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        CelValue? problem = null;
        foreach (var term in terms)
        {
            var value = term.Evaluate(frame);
            if (value.IsFalse)
                return value;
            if (!value.IsTrue)
                problem ??= value.IsError ? value : CelValue.NoSuchOverload;
        }
        return problem ?? CelValue.True;
    }
}

internal sealed class OrNode(Node[] terms) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        CelValue? problem = null;
        foreach (var term in terms)
        {
            var value = term.Evaluate(frame);
            if (value.IsTrue)
                return value;
            if (!value.IsFalse)
                problem ??= value.IsError ? value : CelValue.NoSuchOverload;
        }
        return problem ?? CelValue.False;
    }
}

/// <summary>What a loop asks before each iteration: errors do not stop it, so that a later element may absorb them.</summary>
internal sealed class NotStrictlyFalseNode(Node operand) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var value = operand.Evaluate(frame);
        frame.Charge(1);
        return CelValue.Of(!value.IsFalse);
    }
}

internal sealed class EqualNode(Node left, Node right, bool negated) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var a = left.Evaluate(frame);
        var b = right.Evaluate(frame);
        frame.Charge(Costs.RuntimeCosts.Equality(a, b));
        if (a.IsError)
            return a;
        if (b.IsError)
            return b;
        var equal = Equality.Of(a, b, frame);
        return negated && !equal.IsError ? CelValue.Of(!equal.IsTrue) : equal;
    }
}

/// <summary>Whether a value is one of constants; a set look-up, for which Kubernetes charges nothing.</summary>
internal sealed class MembershipNode(Node operand, HashSet<CelValue> constants) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var value = operand.Evaluate(frame);
        return value.IsError ? value : CelValue.Of(constants.Contains(value));
    }
}
