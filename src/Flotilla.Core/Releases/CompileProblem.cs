namespace Flotilla.Core.Releases;

/// <summary>What helps against a problem.</summary>
public enum ProblemKind
{
    /// <summary>Something that is named must come first; nobody has to change anything.</summary>
    Waiting,

    /// <summary>A declaration has to change.</summary>
    Stalled,
}

/// <summary>Why something does not compile.</summary>
/// <param name="Kind">What helps.</param>
/// <param name="Object">The declaration to look at, as <c>Component/contour</c>.</param>
/// <param name="Field">Path of the field in it, as <c>spec.versions[0].patches[1].target</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Line">Line in the manifest, from 1, where the problem is in one.</param>
public sealed record CompileProblem(ProblemKind Kind, string Object, string Field, string Message, string Remedy, int? Line = null)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Object}: {Field}: {(Line is { } line ? $"line {line}: " : "")}{Message}; {Remedy}";
}

/// <summary>Gathers problems, so that all are told at once.</summary>
internal sealed class ProblemList
{
    private readonly List<CompileProblem> found = [];

    public int Count => found.Count;

    public bool Any => found.Count > 0;

    public void Add(CompileProblem problem) => found.Add(problem);

    /// <summary>Sorted and without repetitions: the same mistakes read the same every time.</summary>
    public IReadOnlyList<CompileProblem> ToSorted() =>
    [
        .. found.Distinct().OrderBy(p => p.Object, StringComparer.Ordinal).ThenBy(p => p.Field, StringComparer.Ordinal)
            .ThenBy(p => p.Line ?? 0).ThenBy(p => p.Message, StringComparer.Ordinal),
    ];
}

/// <summary>A field of a declaration: where problems are reported.</summary>
internal readonly record struct Place(string Object, string Field)
{
    public Place At(string field) => new(Object, Field.Length == 0 ? field : field[0] == '[' ? Field + field : $"{Field}.{field}");

    public CompileProblem Stalled(string message, string remedy, int? line = null) =>
        new(ProblemKind.Stalled, Object, Field, message, remedy, line);
}
