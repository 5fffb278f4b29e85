using System.Collections.Frozen;
using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Functions;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Cel;

/// <summary>
/// What expressions may use: functions, macros, and variables with their types. Immutable; adding a variable makes a new
/// environment that shares everything else.
/// </summary>
public sealed class CelEnvironment
{
    private static readonly Lazy<CelEnvironment> LazyKubernetes = new(() => new CelEnvironment(CelLibraries.Kubernetes));
    private static readonly Lazy<CelEnvironment> LazyComplete = new(() => new CelEnvironment(CelLibraries.All));
    private readonly FrozenDictionary<string, Declaration> variables;

    /// <summary>Makes an environment without variables.</summary>
    public CelEnvironment(CelLibraries libraries)
    {
        Libraries = libraries;
        Functions = LibraryLoader.LoadFunctions(libraries);
        Macros = LibraryLoader.LoadMacros(libraries);
        variables = FrozenDictionary<string, Declaration>.Empty;
    }

    private CelEnvironment(CelEnvironment shared, FrozenDictionary<string, Declaration> variables)
    {
        Libraries = shared.Libraries;
        Functions = shared.Functions;
        Macros = shared.Macros;
        this.variables = variables;
    }

    /// <summary>The functions that a Kubernetes 1.36 API server offers, without variables.</summary>
    public static CelEnvironment Kubernetes => LazyKubernetes.Value;

    /// <summary>All functions there are, without variables.</summary>
    public static CelEnvironment Complete => LazyComplete.Value;

    /// <summary>The enabled libraries.</summary>
    public CelLibraries Libraries { get; }

    internal FunctionTable Functions { get; }

    internal MacroTable Macros { get; }

    /// <summary>
    /// The environment of the rules (<c>x-kubernetes-validations</c>) of a schema node: <c>self</c> and <c>oldSelf</c>.
    /// Null when the node has no type that expressions can see.
    /// </summary>
    /// <param name="schema">The schema that has the rules.</param>
    /// <param name="isResource">Whether it is the schema of a whole resource.</param>
    /// <param name="optionalOldSelf">Whether <c>oldSelf</c> is an optional, as <c>optionalOldSelf: true</c> says.</param>
    public static CelEnvironment? ForRules(Schema schema, bool isResource, bool optionalOldSelf = false)
    {
        if (SchemaCelTypes.Of(schema, isResource, "selfType") is not { } self)
            return null;
        return Kubernetes.With("self", self).With("oldSelf", optionalOldSelf ? CelType.Optional(self) : self);
    }

    /// <summary>This environment with one more variable, or with another type for a variable that it has.</summary>
    public CelEnvironment With(string name, CelType type)
    {
        var extended = variables.ToDictionary();
        extended[name] = new Declaration(name, type);
        return new CelEnvironment(this, extended.ToFrozenDictionary());
    }

    /// <summary>What a full name stands for.</summary>
    internal Declaration? Find(string name)
    {
        if (variables.TryGetValue(name, out var variable))
            return variable;
        return Functions.FindType(name) is { } type ? new Declaration(name, CelType.TypeOf(type), CelValue.Of(type)) : null;
    }
}

/// <summary>Libraries of functions beyond the language itself.</summary>
[Flags]
public enum CelLibraries
{
    /// <summary>Only the language.</summary>
    None = 0,

    /// <summary>Optional values: <c>a.?b</c>, <c>optional.of</c>, <c>optMap</c>.</summary>
    Optionals = 1,

    /// <summary>Texts: <c>charAt indexOf join replace split substring trim format …</c>.</summary>
    Strings = 2,

    /// <summary>Lists: <c>slice flatten sort sortBy distinct reverse lists.range</c>.</summary>
    Lists = 4,

    /// <summary>Sets: <c>sets.contains sets.intersects sets.equivalent</c>.</summary>
    Sets = 8,

    /// <summary>Macros with two variables: <c>all(k, v, …)</c>, <c>transformMap</c>.</summary>
    TwoVariableComprehensions = 16,

    /// <summary>Kubernetes lists: <c>isSorted sum min max indexOf lastIndexOf</c>.</summary>
    KubernetesLists = 32,

    /// <summary>Kubernetes regular expressions: <c>find findAll</c>.</summary>
    Regex = 64,

    /// <summary>Kubernetes URLs: <c>url isURL getHost …</c>.</summary>
    Urls = 128,

    /// <summary>Kubernetes quantities: <c>quantity isQuantity …</c>.</summary>
    Quantity = 256,

    /// <summary>Kubernetes IP addresses and networks: <c>ip cidr …</c>.</summary>
    Networks = 512,

    /// <summary>Kubernetes named formats: <c>format.dns1123Label().validate(…)</c>.</summary>
    Format = 1024,

    /// <summary>Kubernetes semantic versions: <c>semver isSemver …</c>.</summary>
    Semver = 2048,

    /// <summary>Mathematics: <c>math.greatest math.ceil …</c>; not in Kubernetes.</summary>
    Math = 4096,

    /// <summary>Base64: <c>base64.encode base64.decode</c>; not in Kubernetes.</summary>
    Encoders = 8192,

    /// <summary>Local names: <c>cel.bind(x, value, result)</c>; not in Kubernetes.</summary>
    Bindings = 16384,

    /// <summary>Texts backwards: <c>reverse</c>; not in Kubernetes.</summary>
    StringReverse = 32768,

    /// <summary>Lists and maps of mixed types, as <c>[1, 'a']</c>; Kubernetes refuses them.</summary>
    MixedLiterals = 65536,

    /// <summary>Quoted field names, as <c>a.`b-c`</c>; not in Kubernetes.</summary>
    QuotedFields = 131072,

    /// <summary>What a Kubernetes 1.36 API server offers to rules and policies.</summary>
    Kubernetes = Optionals | Strings | Lists | Sets | TwoVariableComprehensions | KubernetesLists | Regex | Urls | Quantity | Networks | Format | Semver,

    /// <summary>Everything.</summary>
    All = Kubernetes | Math | Encoders | Bindings | StringReverse | MixedLiterals | QuotedFields,
}
