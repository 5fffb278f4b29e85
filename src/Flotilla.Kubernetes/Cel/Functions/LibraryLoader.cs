using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Syntax;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Collects what the enabled libraries offer.</summary>
internal static class LibraryLoader
{
    private static readonly (CelLibraries Library, Action<FunctionTable>? Declare, IReadOnlyList<Macro> Macros)[] All =
    [
        (CelLibraries.Optionals, OptionalsLibrary.Declare, OptionalMacros.All),
        (CelLibraries.Strings, StringsLibrary.Declare, []),
        (CelLibraries.StringReverse, StringsLibrary.DeclareReverse, []),
        (CelLibraries.Lists, ListsLibrary.Declare, ListsLibrary.Macros),
        (CelLibraries.Sets, SetsLibrary.Declare, []),
        (CelLibraries.TwoVariableComprehensions, MapInsertion.Declare, TwoVariableMacros.All),
        (CelLibraries.KubernetesLists, KubernetesListsLibrary.Declare, []),
        (CelLibraries.Regex, RegexLibrary.DeclareFind, []),
        (CelLibraries.Urls, UrlsLibrary.Declare, []),
        (CelLibraries.Quantity, QuantityLibrary.Declare, []),
        (CelLibraries.Networks, NetworksLibrary.Declare, []),
        (CelLibraries.Semver, SemverLibrary.Declare, []),
        (CelLibraries.Format, FormatLibrary.Declare, []),
        (CelLibraries.Math, MathLibrary.Declare, MathLibrary.Macros),
        (CelLibraries.Encoders, EncodersLibrary.Declare, []),
        (CelLibraries.Bindings, null, BindingMacros.All),
    ];

    public static FunctionTable LoadFunctions(CelLibraries libraries)
    {
        var table = new FunctionTable();
        StandardLibrary.Declare(table);
        foreach (var (library, declare, _) in All)
        {
            if (libraries.HasFlag(library))
                declare?.Invoke(table);
        }
        return table;
    }

    public static MacroTable LoadMacros(CelLibraries libraries) =>
        new(StandardMacros.All.Concat(All.Where(l => libraries.HasFlag(l.Library)).SelectMany(l => l.Macros)));
}
