using Flotilla.Kubernetes.Cel.Syntax;

namespace Flotilla.Kubernetes.Cel.Checking;

/// <summary>
/// Refuses lists and maps written with elements of several types, as Kubernetes does; except below a call of
/// <c>format</c>, whose arguments differ by nature.
/// </summary>
internal sealed class HomogeneityCheck(SourceProblems problems)
{
    public void Run(Expr expression)
    {
        switch (expression)
        {
            case SelectExpr select:
                Run(select.Operand);
                break;
            case CallExpr call:
                if (call.ResolvedFunction != "format")
                    Call(call);
                break;
            case ListExpr list:
                List(list);
                break;
            case MapExpr map:
                Map(map);
                break;
            case ComprehensionExpr loop:
                Run(loop.Range);
                Run(loop.Initial);
                Run(loop.Condition);
                Run(loop.Step);
                Run(loop.Result);
                break;
        }
    }

    private void Call(CallExpr call)
    {
        if (call.Target is { } target)
            Run(target);
        foreach (var argument in call.Arguments)
            Run(argument);
    }

    private void List(ListExpr list)
    {
        CelType? expected = null;
        for (var i = 0; i < list.Elements.Count; i++)
        {
            var element = list.Elements[i];
            Run(element);
            if (!Same(ref expected, TypeOf(element, list.IsOptional(i)), element))
                break;
        }
    }

    private void Map(MapExpr map)
    {
        CelType? keys = null;
        CelType? values = null;
        foreach (var entry in map.Entries)
        {
            Run(entry.Key);
            Run(entry.Value);
            Same(ref keys, entry.Key.Type, entry.Key);
            Same(ref values, TypeOf(entry.Value, entry.Optional), entry.Value);
        }
    }

    private static CelType TypeOf(Expr element, bool optional) => optional && element.Type.IsOptional ? element.Type.Parameters[0] : element.Type;

    private bool Same(ref CelType? expected, CelType type, Expr element)
    {
        expected ??= type;
        if (expected == type)
            return true;
        problems.Add(element.Offset, $"expected type '{expected}' but found '{type}'");
        return false;
    }
}
