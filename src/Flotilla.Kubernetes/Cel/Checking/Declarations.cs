using System.Collections.Immutable;
using Flotilla.Kubernetes.Cel.Evaluation;

namespace Flotilla.Kubernetes.Cel.Checking;

/// <summary>What a name stands for.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">The value of a constant, as of a type's name; null for variables.</param>
internal sealed record Declaration(string Name, CelType Type, CelValue? Value = null);

/// <summary>Computes a function. Arguments are of the declared types and are no errors.</summary>
internal delegate CelValue FunctionBody(Frame frame, ReadOnlySpan<CelValue> arguments);

/// <summary>What a call cost at run time; the default is one unit.</summary>
internal delegate long CallCost(ReadOnlySpan<CelValue> arguments, CelValue result);

/// <summary>One signature of a function, with its implementation.</summary>
internal sealed class Overload(string id, bool isMember, ImmutableArray<CelType> parameters, CelType result, FunctionBody body)
{
    private readonly ImmutableArray<CelTypeKind> kinds = [.. parameters.Select(p => p.Kind)];

    /// <summary>Identifies the signature for costs, as <c>string_to_int64</c>.</summary>
    public string Id => id;

    /// <summary>Whether the first parameter is the receiver.</summary>
    public bool IsMember => isMember;

    public ImmutableArray<CelType> Parameters => parameters;

    public CelType Result => result;

    public FunctionBody Body => body;

    /// <summary>Whether any parameter type mentions a type parameter.</summary>
    public bool IsGeneric { get; } = parameters.Append(result).Any(MentionsParameter);

    /// <summary>Whether values are of the declared families of types.</summary>
    public bool Accepts(ReadOnlySpan<CelValue> arguments)
    {
        if (arguments.Length != kinds.Length)
            return false;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!RuntimeTypes.Fits(arguments[i], kinds[i], parameters[i]))
                return false;
        }
        return true;
    }

    private static bool MentionsParameter(CelType type) => type.Kind == CelTypeKind.Parameter || type.Parameters.Any(MentionsParameter);
}

/// <summary>All signatures of one name.</summary>
internal sealed class Function(string name)
{
    private readonly List<Overload> overloads = [];

    public string Name => name;

    public IReadOnlyList<Overload> Overloads => overloads;

    public void Add(Overload overload)
    {
        overloads.RemoveAll(o => o.Id == overload.Id);
        overloads.Add(overload);
    }
}

/// <summary>The functions of an environment; libraries fill it before it is used.</summary>
internal sealed class FunctionTable
{
    public static readonly CelType A = new ParameterType("A");
    public static readonly CelType B = new ParameterType("B");
    private readonly Dictionary<string, Function> functions = [];
    private readonly Dictionary<string, CelType> types = [];

    /// <summary>Declares a function.</summary>
    public void Global(string name, string id, ImmutableArray<CelType> parameters, CelType result, FunctionBody body) =>
        Add(name, new Overload(id, false, parameters, result, body));

    /// <summary>Declares a function on a receiver, which is the first parameter.</summary>
    public void Member(string name, string id, ImmutableArray<CelType> parameters, CelType result, FunctionBody body) =>
        Add(name, new Overload(id, true, parameters, result, body));

    /// <summary>Makes the name of a type usable in expressions.</summary>
    public void Type(CelType type) => types[type.Name] = type;

    public Function? Find(string name) => functions.GetValueOrDefault(name);

    public CelType? FindType(string name) => types.GetValueOrDefault(name);

    private void Add(string name, Overload overload)
    {
        if (!functions.TryGetValue(name, out var function))
            functions[name] = function = new Function(name);
        function.Add(overload);
    }
}
