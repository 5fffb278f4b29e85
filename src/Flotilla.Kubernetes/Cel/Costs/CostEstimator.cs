using Flotilla.Kubernetes.Cel.Syntax;

namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>
/// Estimates what an expression costs at most, from the sizes that its schema allows. The way is that of cel-go's
/// <c>checker.Cost</c> step by step, because the numbers decide which rules a server takes.
/// </summary>
internal sealed class CostEstimator(SchemaSize? root)
{
    private const int ListBase = 10;
    private const int MapBase = 30;
    private const int StructBase = 40;
    private readonly Dictionary<Expr, Place> places = [];
    private readonly Dictionary<Expr, CostRange> sizes = [];
    private readonly Dictionary<Expr, EntrySizes> entrySizes = [];
    private readonly List<Local> locals = [];

    public CostRange Estimate(Expr expression)
    {
        switch (expression)
        {
            case IdentExpr ident:
                var local = FindLocal(ident.Name);
                places[ident] = local?.Place ?? Place.At(root);
                return local?.Cost ?? CostRange.One;
            case SelectExpr select:
                return Select(select);
            case CallExpr call:
                return Call(call);
            case ListExpr list:
                return List(list);
            case MapExpr map:
                return Map(map);
            case StructExpr message:
                return message.Fields.Aggregate(CostRange.Fixed(StructBase), (sum, field) => sum + Estimate(field.Value));
            case ComprehensionExpr loop:
                return IsBinding(loop) ? Binding(loop) : Loop(loop);
            default:
                return CostRange.Zero;
        }
    }

    private CostRange Select(SelectExpr select)
    {
        if (select.Declaration is not null)
        {
            places[select] = Place.At(root);
            return CostRange.One;
        }
        var cost = Estimate(select.Operand);
        if (select.TestOnly)
            return cost;
        places[select] = PlaceOf(select.Operand).Field(select.Field, root);
        return select.Operand.Type.Kind is CelTypeKind.Map or CelTypeKind.Object ? cost + CostRange.One : cost;
    }

    private CostRange List(ListExpr list)
    {
        var cost = CostRange.Fixed(ListBase);
        CostRange? element = null;
        foreach (var item in list.Elements)
        {
            cost += Estimate(item);
            element = element?.Union(SizeOrUnknown(item)) ?? SizeOrUnknown(item);
        }
        entrySizes[list] = new EntrySizes(IsMap: false, CostRange.One, element ?? CostRange.Zero);
        return cost;
    }

    private CostRange Map(MapExpr map)
    {
        var cost = CostRange.Fixed(MapBase);
        CostRange? keys = null;
        CostRange? values = null;
        foreach (var entry in map.Entries)
        {
            cost += Estimate(entry.Key) + Estimate(entry.Value);
            keys = keys?.Union(SizeOrUnknown(entry.Key)) ?? SizeOrUnknown(entry.Key);
            values = values?.Union(SizeOrUnknown(entry.Value)) ?? SizeOrUnknown(entry.Value);
        }
        entrySizes[map] = new EntrySizes(IsMap: true, keys ?? CostRange.Zero, values ?? CostRange.Zero);
        return cost;
    }

    private static bool IsBinding(ComprehensionExpr loop) =>
        loop is { Range: ListExpr { Elements.Count: 0 }, Condition: LiteralExpr { Value.IsFalse: true } };

    private CostRange Binding(ComprehensionExpr binding)
    {
        var initial = Estimate(binding.Initial);
        var cost = Estimate(binding.Range) + initial;
        if (binding.AccumulatorName == OptionalMacros.Target)
        {
            // cel-go evaluates the target of such a macro in each place instead of binding it.
            Push(binding.AccumulatorName, binding.Initial, initial);
            cost = CostRange.Zero;
        }
        else
        {
            Push(binding.AccumulatorName, binding.Initial);
        }
        cost += Estimate(binding.Result);
        locals.RemoveAt(locals.Count - 1);
        CopySizes(binding, binding.Result);
        return cost;
    }

    private CostRange Loop(ComprehensionExpr loop)
    {
        var cost = Estimate(loop.Range) + Estimate(loop.Initial);
        Push(loop.AccumulatorName, loop.Initial);
        var variables = PushVariables(loop);
        var each = Estimate(loop.Condition);
        each = Estimate(loop.Step) + each;
        locals.RemoveRange(locals.Count - variables, variables);
        cost += Estimate(loop.Result);
        locals.RemoveAt(locals.Count - 1);
        var count = SizeOrUnknown(loop.Range);
        switch (loop.Initial)
        {
            case LiteralExpr:
                SetSize(loop, SizeOf(loop.Initial));
                break;
            case ListExpr or MapExpr:
                SetSize(loop, count);
                if (EntriesOf(loop.Step) is { } entries)
                    entrySizes[loop] = entries;
                break;
        }
        return cost + (count * each);
    }

    private int PushVariables(ComprehensionExpr loop)
    {
        var range = PlaceOf(loop.Range);
        var entries = EntriesOf(loop.Range);
        var isList = entries is { } known ? !known.IsMap : loop.Range.Type.Kind == CelTypeKind.List;
        var key = new Local(loop.Variable, isList ? range.Lose(root) : range.Keys(root), entries?.Key, null);
        var value = new Local(loop.SecondVariable ?? loop.Variable, range.Elements(root), entries?.Value, null);
        if (loop.SecondVariable is null)
        {
            locals.Add(isList ? value : key);
            return 1;
        }
        locals.Add(key);
        locals.Add(value);
        return 2;
    }

    private CostRange Call(CallExpr call)
    {
        if (call.ResolvedFunction == "dyn")
        {
            var inner = Estimate(call.Arguments[0]);
            CopySizes(call, call.Arguments[0]);
            return CostRange.One + inner;
        }
        var arguments = new SizedNode[call.Arguments.Count];
        var costs = new CostRange[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            costs[i] = Estimate(call.Arguments[i]);
            arguments[i] = Node(call.Arguments[i]);
        }
        if (call.ResolvedFunction is Operators.And or Operators.Or)
            return new CostRange(costs[0].Min, costs.Aggregate(CostRange.Zero, static (sum, cost) => sum + cost).Max);
        if (call.ResolvedFunction == Operators.OptionalSelect)
            return CostRange.One + costs[0];
        if (call.Overloads.Count == 0)
            return CostRange.Zero;
        var cost = call.Target is null ? CostRange.Zero : Estimate(call.Target);
        SizedNode? target = call.Target is null ? null : Node(call.Target);
        return cost + OverloadsOf(call, target, arguments, costs);
    }

    private CostRange OverloadsOf(CallExpr call, SizedNode? target, SizedNode[] arguments, CostRange[] costs)
    {
        CostRange? most = null;
        CostRange? size = null;
        foreach (var overload in call.Overloads)
        {
            var (cost, resultSize) = OverloadCost(call, overload.Id, target, arguments, costs);
            most = most?.Union(cost) ?? cost;
            if (resultSize is { } known)
                size = size?.Union(known) ?? known;
            if (overload.Id is "index_list" or "index_map")
            {
                size = EntriesOf(call.Arguments[0])?.Value;
                places[call] = PlaceOf(call.Arguments[0]).Elements(root);
            }
            size ??= SizeOf(call);
        }
        SetSize(call, size);
        return most!.Value;
    }

    private (CostRange Cost, CostRange? Size) OverloadCost(CallExpr call, string overload, SizedNode? target, SizedNode[] arguments, CostRange[] costs)
    {
        var all = costs.Aggregate(CostRange.Zero, static (sum, cost) => sum + cost);
        if (CallEstimates.Of(call.ResolvedFunction, overload, target, arguments) is var (own, ownSize))
            return (own + all, ownSize);
        switch (overload)
        {
            case "conditional":
                if (EntriesOf(call.Arguments[1]) is { } ifTrue && EntriesOf(call.Arguments[2]) is { } ifFalse)
                    entrySizes[call] = ifTrue.Union(ifFalse);
                return (costs[0] + costs[1].Union(costs[2]), (arguments[1].Computed ?? CostRange.Unknown).Union(arguments[2].Computed ?? CostRange.Unknown));
            case "add_string" or "add_bytes" or "add_list":
                if (EntriesOf(call.Arguments[0]) is { } left && EntriesOf(call.Arguments[1]) is { } right)
                    entrySizes[call] = left.Union(right);
                var sum = (arguments[0].Computed ?? CostRange.Unknown) + (arguments[1].Computed ?? CostRange.Unknown);
                return ((overload == "add_list" ? CostRange.One : sum.Times(RuntimeCosts.PerCharacter)) + all, sum);
            default:
                return (CostRange.One + all, null);
        }
    }

    private SizedNode Node(Expr expression) => new(expression, PlaceOf(expression), SizeOf(expression), root);

    private Place PlaceOf(Expr expression) =>
        expression is IdentExpr ident && FindLocal(ident.Name) is { } local ? local.Place : places.GetValueOrDefault(expression);

    private CostRange SizeOrUnknown(Expr expression) => SizeOf(expression) ?? CostRange.Unknown;

    private CostRange? SizeOf(Expr expression)
    {
        if (sizes.TryGetValue(expression, out var known))
            return known;
        if (SizedNode.LiteralSize(expression) is { } literal)
            return literal;
        if (PlaceOf(expression).Size is { } bySchema)
            return sizes[expression] = bySchema;
        if (IsScalar(expression.Type))
            return CostRange.One;
        return expression is IdentExpr ident ? FindLocal(ident.Name)?.Size : null;
    }

    private static bool IsScalar(CelType type) =>
        type.Kind is CelTypeKind.Bool or CelTypeKind.Double or CelTypeKind.Duration or CelTypeKind.Int or CelTypeKind.Timestamp or CelTypeKind.Uint
        || (type.IsOptional && IsScalar(type.Parameters[0]));

    private void SetSize(Expr expression, CostRange? size)
    {
        if (size is { } known)
            sizes[expression] = known;
    }

    private void CopySizes(Expr to, Expr from)
    {
        SetSize(to, SizeOf(from));
        if (EntriesOf(from) is { } entries)
            entrySizes[to] = entries;
    }

    private EntrySizes? EntriesOf(Expr expression)
    {
        if (entrySizes.TryGetValue(expression, out var known))
            return known;
        return expression is IdentExpr ident ? FindLocal(ident.Name)?.Entries : null;
    }

    private void Push(string name, Expr value, CostRange? cost = null) =>
        locals.Add(new Local(name, PlaceOf(value), SizeOf(value), EntriesOf(value), cost));

    private Local? FindLocal(string name) => locals.FindLast(l => l.Name == name);

    /// <summary>Sizes of the keys (or the positions) and the values of a map or list that the expression makes.</summary>
    private readonly record struct EntrySizes(bool IsMap, CostRange Key, CostRange Value)
    {
        public EntrySizes Union(EntrySizes other) => new(IsMap, Key.Union(other.Key), Value.Union(other.Value));
    }

    private sealed record Local(string Name, Place Place, CostRange? Size, EntrySizes? Entries, CostRange? Cost = null);
}
