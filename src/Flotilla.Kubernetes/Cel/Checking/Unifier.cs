namespace Flotilla.Kubernetes.Cel.Checking;

/// <summary>
/// Decides which types may stand for which, and finds the types of type parameters on the way. The rules are those of
/// cel-go's checker: <c>dyn</c> stands for everything, null for objects, timestamps and durations.
/// </summary>
internal sealed class Unifier
{
    private readonly Dictionary<string, CelType> bindings = [];
    private readonly List<(string Name, CelType? Before)> changes = [];
    private int fresh;

    public CelType NewVariable() => new ParameterType($"_var{fresh++}");

    /// <summary>Whether one type may stand for the other; what that says about type parameters is kept if so.</summary>
    public bool IsAssignable(CelType from, CelType to) => Try(() => Assignable(from, to));

    /// <summary>The same for lists of types, all or none.</summary>
    public bool IsAssignable(IReadOnlyList<CelType> from, IReadOnlyList<CelType> to) => Try(() => AllAssignable(from, to));

    /// <summary>Replaces type parameters by what they were found to be.</summary>
    /// <param name="type">The type.</param>
    /// <param name="unboundToDyn">Whether parameters without a type become <c>dyn</c>.</param>
    public CelType Substitute(CelType type, bool unboundToDyn)
    {
        switch (type)
        {
            case ParameterType parameter:
                if (bindings.TryGetValue(parameter.Name, out var bound))
                    return Substitute(bound, unboundToDyn);
                return unboundToDyn ? CelType.Dyn : type;
            case ListType list:
                var element = Substitute(list.Element, unboundToDyn);
                return ReferenceEquals(element, list.Element) ? type : new ListType(element);
            case MapType map:
                var (key, value) = (Substitute(map.Key, unboundToDyn), Substitute(map.Value, unboundToDyn));
                return ReferenceEquals(key, map.Key) && ReferenceEquals(value, map.Value) ? type : new MapType(key, value);
            case OpaqueType { Parameters.IsEmpty: false } opaque:
                return new OpaqueType(opaque.Name, [.. opaque.Parameters.Select(p => Substitute(p, unboundToDyn))]);
            case TypeType { Of: { } of }:
                return new TypeType(Substitute(of, unboundToDyn));
            default:
                return type;
        }
    }

    /// <summary>Gives each type parameter of a signature a new variable.</summary>
    public (IReadOnlyList<CelType> Parameters, CelType Result) Instantiate(Overload overload)
    {
        if (!overload.IsGeneric)
            return (overload.Parameters, overload.Result);
        var variables = new Dictionary<string, CelType>();
        return ([.. overload.Parameters.Select(p => Rename(p, variables))], Rename(overload.Result, variables));
    }

    /// <summary>The more general of two types that unify.</summary>
    public static CelType MostGeneral(CelType first, CelType second) => IsLessSpecific(first, second) ? first : second;

    private CelType Rename(CelType type, Dictionary<string, CelType> variables)
    {
        switch (type)
        {
            case ParameterType parameter:
                if (!variables.TryGetValue(parameter.Name, out var variable))
                    variables[parameter.Name] = variable = NewVariable();
                return variable;
            case ListType list:
                return new ListType(Rename(list.Element, variables));
            case MapType map:
                return new MapType(Rename(map.Key, variables), Rename(map.Value, variables));
            case OpaqueType { Parameters.IsEmpty: false } opaque:
                return new OpaqueType(opaque.Name, [.. opaque.Parameters.Select(p => Rename(p, variables))]);
            case TypeType { Of: { } of }:
                return new TypeType(Rename(of, variables));
            default:
                return type;
        }
    }

    private bool Try(Func<bool> attempt)
    {
        changes.Clear();
        if (attempt())
            return true;
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            if (changes[i].Before is { } before)
                bindings[changes[i].Name] = before;
            else
                bindings.Remove(changes[i].Name);
        }
        return false;
    }

    private void Bind(CelType parameter, CelType type)
    {
        changes.Add((parameter.Name, bindings.GetValueOrDefault(parameter.Name)));
        bindings[parameter.Name] = type;
    }

    private bool AllAssignable(IReadOnlyList<CelType> from, IReadOnlyList<CelType> to)
    {
        if (from.Count != to.Count)
            return false;
        for (var i = 0; i < from.Count; i++)
        {
            if (!Assignable(from[i], to[i]))
                return false;
        }
        return true;
    }

    private bool Assignable(CelType from, CelType to)
    {
        if (to.Kind == CelTypeKind.Parameter)
        {
            var (valid, bound) = Substitutable(from, to);
            if (valid || bound)
                return valid;
        }
        if (from.Kind == CelTypeKind.Parameter)
            return Substitutable(to, from).Valid;
        if (from.IsDynamic || to.IsDynamic)
            return true;
        if (from.Kind == CelTypeKind.Null)
            return TakesNull(to);
        if (to.Kind == CelTypeKind.Null)
            return TakesNull(from);
        return from.Kind switch
        {
            CelTypeKind.Type => to.Kind == CelTypeKind.Type,
            CelTypeKind.Opaque or CelTypeKind.List or CelTypeKind.Map =>
                from.Kind == to.Kind && from.Name == to.Name && AllAssignable(from.Parameters, to.Parameters),
            _ => from == to,
        };
    }

    /// <summary>Whether a parameter may stand for a type, and whether it stands for something already.</summary>
    private (bool Valid, bool Bound) Substitutable(CelType type, CelType parameter)
    {
        if (type == parameter)
            return (true, true);
        if (bindings.TryGetValue(parameter.Name, out var bound))
        {
            if (type == bound)
                return (true, true);
            if (!Assignable(type, bound))
                return (false, true);
            var general = MostGeneral(type, bound);
            if (!Occurs(parameter, general))
                Bind(parameter, general);
            return (true, true);
        }
        if (Occurs(parameter, type))
            return (false, false);
        Bind(parameter, type);
        return (true, false);
    }

    private bool Occurs(CelType parameter, CelType within)
    {
        if (parameter == within)
            return true;
        if (within.Kind == CelTypeKind.Parameter)
            return bindings.TryGetValue(within.Name, out var bound) && Occurs(parameter, bound);
        foreach (var inner in within.Parameters)
        {
            if (Occurs(parameter, inner))
                return true;
        }
        return false;
    }

    private static bool TakesNull(CelType type) =>
        type.Kind is CelTypeKind.Null or CelTypeKind.Opaque or CelTypeKind.Object or CelTypeKind.Duration or CelTypeKind.Timestamp;

    private static bool IsLessSpecific(CelType first, CelType second)
    {
        if (first.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter)
            return true;
        if (second.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter || first.Kind != second.Kind)
            return false;
        switch (first.Kind)
        {
            case CelTypeKind.Opaque or CelTypeKind.List or CelTypeKind.Map:
                if (first.Name != second.Name || first.Parameters.Length != second.Parameters.Length)
                    return false;
                for (var i = 0; i < first.Parameters.Length; i++)
                {
                    if (!IsLessSpecific(first.Parameters[i], second.Parameters[i]))
                        return false;
                }
                return true;
            case CelTypeKind.Type:
                return true;
            default:
                return first == second;
        }
    }
}
