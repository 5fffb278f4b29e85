using Flotilla.Kubernetes.Cel.Syntax;

namespace Flotilla.Kubernetes.Cel.Checking;

/// <summary>
/// Finds the types of an expression and what its names and calls stand for. Problems are reported in the words of
/// cel-go's checker; checking goes on after each.
/// </summary>
internal sealed class Checker(CelEnvironment environment, SourceProblems problems)
{
    private readonly Unifier unifier = new();
    private readonly List<Declaration> locals = [];
    private readonly List<Expr> visited = [];
    private readonly HashSet<string> references = [];

    /// <summary>The nodes that were checked, inner ones first.</summary>
    public IReadOnlyList<Expr> Visited => visited;

    /// <summary>Variables of the environment that the expression mentions.</summary>
    public IReadOnlyCollection<string> References => references;

    public void Check(Expr root)
    {
        Visit(root);
        // Types of parameters are known only now that everything has been seen.
        foreach (var expression in visited)
            expression.Type = unifier.Substitute(expression.Type, unboundToDyn: true);
    }

    private void Visit(Expr expression)
    {
        expression.Type = expression switch
        {
            LiteralExpr literal => RuntimeTypes.OfLiteral(literal.Value),
            IdentExpr ident => Ident(ident),
            SelectExpr select => Select(select),
            CallExpr call => Call(call),
            ListExpr list => List(list),
            MapExpr map => Map(map),
            StructExpr message => Struct(message),
            ComprehensionExpr comprehension => Comprehension(comprehension),
            _ => CelType.Error,
        };
        visited.Add(expression);
    }

    private CelType Ident(IdentExpr ident)
    {
        ident.Declaration = Lookup(ident.Name);
        return ident.Declaration?.Type ?? Undeclared(ident.Offset, ident.Name);
    }

    private Declaration? Lookup(string name)
    {
        for (var i = locals.Count - 1; i >= 0; i--)
        {
            if (locals[i].Name == name)
                return locals[i];
        }
        var found = environment.Find(name.TrimStart('.'));
        if (found is { Value: null })
            references.Add(found.Name);
        return found;
    }

    private CelType Undeclared(int offset, string name)
    {
        problems.Add(offset, $"undeclared reference to '{name}' (in container '')");
        return CelType.Error;
    }

    private CelType Select(SelectExpr select)
    {
        if (QualifiedName(select) is { } name && Lookup(name) is { } declaration)
        {
            select.Declaration = declaration;
            return declaration.Type;
        }
        var type = Field(select, select.Operand, select.Field, optional: false);
        return select.TestOnly ? CelType.Bool : unifier.Substitute(type, unboundToDyn: false);
    }

    private CelType Field(Expr expression, Expr operand, string field, bool optional)
    {
        Visit(operand);
        var target = unifier.Substitute(operand.Type, unboundToDyn: false);
        var wasOptional = Unwrap(ref target);
        var result = CelType.Dyn;
        switch (target)
        {
            case MapType map:
                result = map.Value;
                break;
            case ObjectType type:
                result = FieldOf(expression.Offset, type, field);
                break;
            case ParameterType:
                unifier.IsAssignable(CelType.Dyn, target);
                break;
            default:
                if (!target.IsDynamic)
                    problems.Add(expression.Offset, $"type '{target}' does not support field selection");
                break;
        }
        return wasOptional || optional ? CelType.Optional(result) : result;
    }

    private CelType FieldOf(int offset, ObjectType type, string field)
    {
        if (type.Field is null)
            problems.Add(offset, $"unexpected failed resolution of '{type}'");
        else if (type.Field(field) is { } found)
            return found;
        else
            problems.Add(offset, $"undefined field '{field}'");
        return CelType.Error;
    }

    private static bool Unwrap(ref CelType type)
    {
        if (!type.IsOptional)
            return false;
        type = type.Parameters[0];
        return true;
    }

    private CelType Call(CallExpr call)
    {
        if (call.Function == Operators.OptionalSelect)
        {
            call.ResolvedFunction = call.Function;
            return unifier.Substitute(Field(call, call.Arguments[0], ((LiteralExpr)call.Arguments[1]).Value.String, optional: true), unboundToDyn: false);
        }
        foreach (var argument in call.Arguments)
            Visit(argument);
        if (call.Target is null)
        {
            var name = call.Function.TrimStart('.');
            return environment.Functions.Find(name) is { } global ? Resolve(call, global, null) : Undeclared(call.Offset, call.Function);
        }
        if (QualifiedName(call.Target) is { } prefix && environment.Functions.Find($"{prefix}.{call.Function}".TrimStart('.')) is { } namespaced)
        {
            call.Target = null;
            return Resolve(call, namespaced, null);
        }
        Visit(call.Target);
        return environment.Functions.Find(call.Function) is { } member ? Resolve(call, member, call.Target) : Undeclared(call.Offset, call.Function);
    }

    private CelType Resolve(CallExpr call, Function function, Expr? target)
    {
        call.ResolvedFunction = function.Name;
        if (function.Name is Operators.And or Operators.Or)
            return Logical(call);
        List<CelType> arguments = [];
        if (target is not null)
            arguments.Add(target.Type);
        foreach (var argument in call.Arguments)
            arguments.Add(argument.Type);
        List<Overload> matching = [];
        CelType? result = null;
        foreach (var overload in function.Overloads)
        {
            if (overload.IsMember != target is not null || overload.Parameters.Length != arguments.Count)
                continue;
            var (parameters, returns) = unifier.Instantiate(overload);
            if (!unifier.IsAssignable(arguments, parameters))
                continue;
            matching.Add(overload);
            returns = unifier.Substitute(returns, unboundToDyn: false);
            if (result is null)
                result = returns;
            else if (result.Kind != CelTypeKind.Dyn && returns != result)
                result = CelType.Dyn;
        }
        call.Overloads = matching;
        return result ?? NoOverload(call, function.Name, arguments, target is not null);
    }

    private CelType NoOverload(CallExpr call, string name, List<CelType> arguments, bool member)
    {
        var shown = arguments.Select(a => unifier.Substitute(a, unboundToDyn: true).ToString()).ToList();
        var signature = member ? $"{shown[0]}.({string.Join(", ", shown.Skip(1))})" : $"({string.Join(", ", shown)})";
        problems.Add(call.Offset, $"found no matching overload for '{name}' applied to '{signature}'");
        return CelType.Error;
    }

    private CelType Logical(CallExpr call)
    {
        var result = CelType.Bool;
        foreach (var argument in call.Arguments)
        {
            if (unifier.IsAssignable(argument.Type, CelType.Bool))
                continue;
            Mismatch(argument.Offset, CelType.Bool, argument.Type);
            result = CelType.Error;
        }
        return result;
    }

    private CelType List(ListExpr list)
    {
        CelType? elements = null;
        for (var i = 0; i < list.Elements.Count; i++)
        {
            var element = list.Elements[i];
            Visit(element);
            elements = Join(elements, list.IsOptional(i) ? OptionalElement(element) : element.Type);
        }
        return CelType.List(elements ?? unifier.NewVariable());
    }

    private CelType Map(MapExpr map)
    {
        CelType? keys = null;
        CelType? values = null;
        foreach (var entry in map.Entries)
        {
            Visit(entry.Key);
            keys = Join(keys, entry.Key.Type);
            Visit(entry.Value);
            values = Join(values, entry.Optional ? OptionalElement(entry.Value) : entry.Value.Type);
        }
        return CelType.Map(keys ?? unifier.NewVariable(), values ?? unifier.NewVariable());
    }

    private CelType OptionalElement(Expr element)
    {
        var type = element.Type;
        if (!Unwrap(ref type) && !type.IsDynamic)
            Mismatch(element.Offset, CelType.Optional(type), type);
        return type;
    }

    private CelType Join(CelType? before, CelType type)
    {
        if (before is null)
            return type;
        // Where mixed literals are forbidden, that is found later: they are fine as arguments of format.
        return unifier.IsAssignable(before, type) ? Unifier.MostGeneral(before, type) : CelType.Dyn;
    }

    private CelType Struct(StructExpr message)
    {
        var name = message.TypeName.TrimStart('.');
        var type = Lookup(name) is { Type: TypeType { Of: { } of } } ? of : null;
        if (type is null)
            Undeclared(message.Offset, message.TypeName);
        else
            problems.Add(message.Offset, $"'{type}' is not a message type");
        foreach (var field in message.Fields)
            Visit(field.Value);
        return CelType.Error;
    }

    private CelType Comprehension(ComprehensionExpr loop)
    {
        Visit(loop.Range);
        Visit(loop.Initial);
        var range = unifier.Substitute(loop.Range.Type, unboundToDyn: false);
        var outer = locals.Count;
        var (first, second) = Variables(loop, range);
        locals.Add(new Declaration(loop.AccumulatorName, loop.Initial.Type));
        var inner = locals.Count;
        locals.Add(new Declaration(loop.Variable, first));
        if (loop.SecondVariable is { } name)
            locals.Add(new Declaration(name, second));
        Visit(loop.Condition);
        Assert(loop.Condition, CelType.Bool);
        Visit(loop.Step);
        Assert(loop.Step, loop.Initial.Type);
        locals.RemoveRange(inner, locals.Count - inner);
        Visit(loop.Result);
        locals.RemoveRange(outer, locals.Count - outer);
        return unifier.Substitute(loop.Result.Type, unboundToDyn: false);
    }

    private (CelType First, CelType Second) Variables(ComprehensionExpr loop, CelType range)
    {
        switch (range)
        {
            case ListType list:
                return loop.SecondVariable is null ? (list.Element, CelType.Dyn) : (CelType.Int, list.Element);
            case MapType map:
                return (map.Key, map.Value);
            default:
                if (!range.IsDynamic && range.Kind != CelTypeKind.Parameter)
                {
                    problems.Add(loop.Range.Offset, $"expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)");
                    return (CelType.Error, CelType.Error);
                }
                unifier.IsAssignable(CelType.Dyn, range);
                return (CelType.Dyn, CelType.Dyn);
        }
    }

    private void Assert(Expr expression, CelType expected)
    {
        if (!unifier.IsAssignable(expected, expression.Type))
            Mismatch(expression.Offset, expected, expression.Type);
    }

    private void Mismatch(int offset, CelType expected, CelType actual) =>
        problems.Add(offset, $"expected type '{expected}' but found '{actual}'");

    /// <summary>The dotted name that an expression may be, as <c>a.b.c</c>.</summary>
    private string? QualifiedName(Expr expression) => expression switch
    {
        IdentExpr ident when !locals.Exists(l => l.Name == ident.Name) => ident.Name,
        SelectExpr { TestOnly: false } select when QualifiedName(select.Operand) is { } prefix => $"{prefix}.{select.Field}",
        _ => null,
    };
}
