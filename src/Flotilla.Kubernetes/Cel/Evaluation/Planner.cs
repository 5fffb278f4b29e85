using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Costs;
using Flotilla.Kubernetes.Cel.Functions;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;

namespace Flotilla.Kubernetes.Cel.Evaluation;

/// <summary>Turns a checked expression into steps: names become slots, what is constant is computed now.</summary>
internal sealed class Planner
{
    private readonly List<(string Name, int Slot)> locals = [];
    private readonly List<string> variables;

    /// <param name="variables">The variables of the environment that the expression mentions; they get the first slots.</param>
    public Planner(IReadOnlyCollection<string> variables)
    {
        this.variables = [.. variables];
        SlotCount = this.variables.Count;
    }

    /// <summary>How many slots an evaluation needs.</summary>
    public int SlotCount { get; private set; }

    public Node Plan(Expr expression) => expression switch
    {
        LiteralExpr literal => new ConstantNode(literal.Value),
        IdentExpr ident => Name(ident.Declaration!, ident.Name),
        SelectExpr { Declaration: { } declaration } => Name(declaration, declaration.Name),
        SelectExpr { TestOnly: true } select => new PresenceNode(Plan(select.Operand), select.Field),
        SelectExpr select => new SelectNode(Plan(select.Operand), select.Field, optional: false),
        CallExpr call => Call(call),
        ListExpr list => List(list),
        MapExpr map => Map(map),
        ComprehensionExpr loop => Loop(loop),
        _ => throw new InvalidOperationException("an expression with problems cannot be planned"),
    };

    private Node Name(Declaration declaration, string name)
    {
        if (declaration.Value is { } constant)
            return new ConstantNode(constant);
        for (var i = locals.Count - 1; i >= 0 && !name.StartsWith('.'); i--)
        {
            if (locals[i].Name == name)
                return new VariableNode(locals[i].Slot);
        }
        return new VariableNode(variables.IndexOf(declaration.Name));
    }

    private Node Call(CallExpr call)
    {
        var arguments = new Node[call.Arguments.Count + (call.Target is null ? 0 : 1)];
        var next = 0;
        if (call.Target is { } target)
            arguments[next++] = Plan(target);
        foreach (var argument in call.Arguments)
            arguments[next++] = Plan(argument);
        switch (call.ResolvedFunction)
        {
            case Operators.And:
                return new AndNode(arguments);
            case Operators.Or:
                return new OrNode(arguments);
            case Operators.Conditional:
                return new ConditionalNode(arguments[0], arguments[1], arguments[2]);
            case Operators.Equal:
                return new EqualNode(arguments[0], arguments[1], negated: false);
            case Operators.NotEqual:
                return new EqualNode(arguments[0], arguments[1], negated: true);
            case Operators.NotStrictlyFalse:
                return new NotStrictlyFalseNode(arguments[0]);
            case Operators.Index:
                return new IndexNode(arguments[0], arguments[1], optional: false);
            case Operators.OptionalIndex:
                return new IndexNode(arguments[0], arguments[1], optional: true);
            case Operators.OptionalSelect:
                return new SelectNode(arguments[0], ((ConstantNode)arguments[1]).Value.String, optional: true);
            case Operators.In when call.Overloads is [{ Id: "in_list" }] && arguments[1] is ConstantNode { Value: { Kind: CelValueKind.List } constants }:
                return Membership(arguments[0], constants.List) ?? Plain(call, arguments);
            case "or" or "orValue" when call.Overloads is [{ Id: "optional_or_optional" or "optional_orValue_value" }]:
                return new OptionalOrNode(arguments[0], arguments[1], unwrap: call.ResolvedFunction == "orValue");
            default:
                return Plain(call, arguments);
        }
    }

    private static Node Plain(CallExpr call, Node[] arguments)
    {
        // The one overload found while checking decides the cost; several have costs by their function's name only.
        var id = call.Overloads.Count == 1 ? call.Overloads[0].Id : "";
        var node = new CallNode(arguments, call.Overloads, RuntimeCosts.Of(call.ResolvedFunction, id));
        if (arguments is not [ConstantNode] || !RuntimeCosts.IsConversion(call.ResolvedFunction))
            return node;
        var value = node.Evaluate(new Frame(0, long.MaxValue, default));
        return value.IsError ? node : new ConstantNode(value);
    }

    private static Node? Membership(Node operand, CelList constants)
    {
        if (constants.Count == 0)
            return new ConstantNode(CelValue.False);
        var set = new HashSet<CelValue>(MapKeys.Comparer);
        for (var i = 0; i < constants.Count; i++)
        {
            if (!MapKeys.IsKey(constants[i]))
                return null;
            set.Add(constants[i]);
        }
        return new MembershipNode(operand, set);
    }

    private Node List(ListExpr list)
    {
        var elements = list.Elements.Select(Plan).ToArray();
        var optional = Enumerable.Range(0, elements.Length).Select(list.IsOptional).ToArray();
        var node = new ListNode(elements, optional);
        return elements.All(e => e is ConstantNode) ? Constant(node) : node;
    }

    private Node Map(MapExpr map)
    {
        var entries = map.Entries.Select(e => (Plan(e.Key), Plan(e.Value), e.Optional)).ToArray();
        var node = new MapNode(entries);
        return entries.All(e => e is (ConstantNode, ConstantNode, _)) ? Constant(node) : node;
    }

    private static Node Constant(Node node)
    {
        var value = node.Evaluate(new Frame(0, long.MaxValue, default));
        return value.IsError ? node : new ConstantNode(value);
    }

    private FoldNode Loop(ComprehensionExpr loop)
    {
        var range = Plan(loop.Range);
        var initial = Plan(loop.Initial);
        var outer = locals.Count;
        var accumulator = AddLocal(loop.AccumulatorName);
        var variable = AddLocal(loop.Variable);
        int? second = loop.SecondVariable is { } name ? AddLocal(name) : null;
        var condition = Plan(loop.Condition);
        var step = Plan(loop.Step);
        locals.RemoveRange(outer + 1, locals.Count - outer - 1);
        var result = Plan(loop.Result);
        locals.RemoveRange(outer, locals.Count - outer);
        return new FoldNode
        {
            Range = range,
            Initial = initial,
            Start = (loop.AccumulatorName, loop.Initial) switch
            {
                (ComprehensionExpr.Accumulator, ListExpr { Elements.Count: 0 }) => AccumulatorStart.GrowingList,
                (ComprehensionExpr.Accumulator, MapExpr { Entries.Count: 0 }) => AccumulatorStart.GrowingMap,
                _ => AccumulatorStart.Value,
            },
            Condition = condition,
            StepNode = step,
            Result = result,
            Accumulator = accumulator,
            Variable = variable,
            SecondVariable = second,
        };
    }

    private int AddLocal(string name)
    {
        var slot = variables.Count + locals.Count;
        locals.Add((name, slot));
        SlotCount = Math.Max(SlotCount, slot + 1);
        return slot;
    }
}
