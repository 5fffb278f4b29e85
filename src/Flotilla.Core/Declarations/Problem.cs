using System.Globalization;

namespace Flotilla.Core.Declarations;

/// <summary>How bad a problem is.</summary>
public enum ProblemSeverity
{
    /// <summary>It can be applied, and probably is not what was meant.</summary>
    Warning,

    /// <summary>It cannot be applied.</summary>
    Error,
}

/// <summary>What is wrong with a declaration.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="File">The file, as its reader named it.</param>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Object">Kind, namespace and name, as <c>Stack retail/store</c>; empty when it is about the file.</param>
/// <param name="Field">Path of the field, as <c>spec.slots[0].use[1].version</c>; empty when it is about the whole object.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do; empty when the message says it.</param>
public sealed record Problem(ProblemSeverity Severity, string File, int Line, string Object, string Field, string Message, string Remedy)
{
    /// <summary>One line for people: <c>stores.yaml:12: Stack retail/store: spec.slots[0].role: is missing; add it</c>.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}"),
            .. Severity == ProblemSeverity.Warning ? ["warning"] : Array.Empty<string>(),
            .. new[] { Object, Field }.Where(part => part.Length > 0),
            Remedy.Length == 0 ? Message : $"{Message}; {Remedy}",
        ];
        return string.Join(": ", parts);
    }
}
