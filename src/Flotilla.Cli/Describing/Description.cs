namespace Flotilla.Cli.Describing;

/// <summary>Text in sections, as kubectl's describe lays it out.</summary>
internal sealed class Description(TextWriter output)
{
    private const int Indent = 2;
    private const int Column = 16;

    /// <summary>A named value; nothing for none.</summary>
    public void Field(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            output.WriteLine($"{name + ":",-Column}{value}");
    }

    /// <summary>A heading with rows below; nothing when there are no rows.</summary>
    public void Section(string heading, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var table = new Output.TextTable(headings);
        foreach (var row in rows)
            table.Add(row);
        if (table.Count == 0)
            return;
        using var text = new StringWriter();
        table.Write(text, headed: headings.Any(h => h.Length > 0));
        Lines(heading, text.ToString().Split(text.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A heading with lines below; nothing when there are none.</summary>
    public void Lines(string heading, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine($"{heading}:");
        foreach (var line in lines)
            output.WriteLine(new string(' ', Indent) + line);
    }

    /// <summary>Conditions with their reasons.</summary>
    public void Conditions(IEnumerable<Api.Condition> conditions) => Section(
        "Conditions", ["Type", "Status", "Reason", "Since", "Message"],
        conditions.Select(c => (IReadOnlyList<string?>)[c.Type, c.Status.ToString(), c.Reason, Output.Ages.Since(c.LastTransitionTime, DateTimeOffset.UtcNow), c.Message]));
}
