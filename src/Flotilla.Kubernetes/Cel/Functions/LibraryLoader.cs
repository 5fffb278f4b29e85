using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Syntax;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Collects what the enabled libraries offer.</summary>
internal static class LibraryLoader
{
    public static FunctionTable LoadFunctions(CelLibraries libraries)
    {
        var table = new FunctionTable();
        StandardLibrary.Declare(table);
        if (libraries.HasFlag(CelLibraries.Optionals))
            OptionalsLibrary.Declare(table);
        return table;
    }

    public static MacroTable LoadMacros(CelLibraries libraries)
    {
        IEnumerable<Macro> macros = StandardMacros.All;
        if (libraries.HasFlag(CelLibraries.Optionals))
            macros = macros.Concat(OptionalMacros.All);
        if (libraries.HasFlag(CelLibraries.TwoVariableComprehensions))
            macros = macros.Concat(TwoVariableMacros.All);
        return new MacroTable(macros);
    }
}
