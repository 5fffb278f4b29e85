using System.Runtime.CompilerServices;
using Flotilla.Kubernetes.Cel.Checking;

namespace Flotilla.Kubernetes.Cel.Evaluation;

/// <summary>Calls a function: the first of the possible signatures that takes the values.</summary>
internal sealed class CallNode(Node[] arguments, IReadOnlyList<Overload> overloads, CallCost? cost) : Node
{
    private readonly Overload[] overloads = [.. overloads];

    public override CelValue Evaluate(Frame frame)
    {
        if (arguments.Length > FewValues.Length)
            return Evaluate(frame, new CelValue[arguments.Length]);
        FewValues few = default;
        return Evaluate(frame, few[..arguments.Length]);
    }

    private CelValue Evaluate(Frame frame, Span<CelValue> values)
    {
        // As in cel-go, calls with one or two arguments evaluate (and charge for) both before an error ends them.
        var eager = arguments.Length <= 2;
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Evaluate(frame);
            if (values[i].IsError && !eager)
                return values[i];
        }
        if (eager && FirstError(values) is { } error)
        {
            frame.Charge(1);
            return error;
        }
        foreach (var overload in overloads)
        {
            if (!overload.Accepts(values))
                continue;
            var result = overload.Body(frame, values);
            frame.Charge(cost?.Invoke(values, result) ?? 1);
            return result;
        }
        frame.Charge(1);
        return CelValue.NoSuchOverload;
    }

    private static CelValue? FirstError(ReadOnlySpan<CelValue> values)
    {
        foreach (var value in values)
        {
            if (value.IsError)
                return value;
        }
        return null;
    }

    [InlineArray(Length)]
    private struct FewValues
    {
        public const int Length = 3;
        private CelValue first;
    }
}
