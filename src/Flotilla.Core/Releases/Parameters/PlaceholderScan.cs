using System.Text.Json.Nodes;

namespace Flotilla.Core.Releases.Parameters;

/// <summary>What a tree asks for; and whether it may.</summary>
internal sealed class PlaceholderScan
{
    private const string Escape = "write $$ for a dollar that is meant as such";
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Whether the tree has to be filled in at all; <c>$$</c> counts, too.</summary>
    public bool HasTemplates { get; private set; }

    /// <summary>Parameters that it uses.</summary>
    public IReadOnlySet<string> Names => names;

    /// <summary>Scans a tree.</summary>
    /// <param name="tree">An object, or a patch.</param>
    /// <param name="templates">Whether placeholders are looked for, or only what must not be there.</param>
    /// <param name="parameters">The parameters that may be used.</param>
    /// <param name="report">Told of a field, what is wrong there, and the remedy.</param>
    public static PlaceholderScan Of(JsonNode? tree, bool templates, ComponentParameters parameters, Action<string, string, string> report)
    {
        var scan = new PlaceholderScan();
        if (!TreeTemplate.Any(tree, text => SealedMarker.IsIn(text) || (templates && TextTemplate.IsTemplate(text))))
            return scan;
        TreeTemplate.Visit(tree, "", (field, text) =>
        {
            if (SealedMarker.IsIn(text))
                report(field, SealedMarker.Reserved, "remove them");
            if (templates && TextTemplate.IsTemplate(text))
                scan.Read(text, field, parameters, report);
        });
        return scan;
    }

    private void Read(string text, string field, ComponentParameters parameters, Action<string, string, string> report)
    {
        HasTemplates = true;
        if (TextTemplate.TryRead(text, out var template) is { } problem)
        {
            report(field, problem, Escape);
            return;
        }
        foreach (var name in template.Names)
        {
            if (parameters.ProblemOf(name) is var (message, remedy))
                report(field, message, remedy);
            else
                names.Add(name);
        }
    }
}
