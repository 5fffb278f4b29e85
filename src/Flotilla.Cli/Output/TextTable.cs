namespace Flotilla.Cli.Output;

/// <summary>Columns as kubectl prints them: upper-case headings, three blanks between, no lines.</summary>
internal sealed class TextTable(params IReadOnlyList<string> headings)
{
    private const int Gap = 3;
    private readonly List<IReadOnlyList<string>> rows = [];

    public int Count => rows.Count;

    /// <summary>Adds a row; missing cells are empty, line breaks become blanks.</summary>
    public void Add(params IReadOnlyList<string?> cells) =>
        rows.Add([.. headings.Select((_, i) => i < cells.Count ? cells[i]?.ReplaceLineEndings(" ") ?? "" : "")]);

    /// <summary>Writes all; the headings may be left out.</summary>
    public void Write(TextWriter output, bool headed = true)
    {
        var lines = headed ? rows.Prepend([.. headings.Select(h => h.ToUpperInvariant())]) : rows;
        var widths = headings.Select((h, i) => rows.Select(r => r[i].Length).Append(headed ? h.Length : 0).Max()).ToArray();
        foreach (var line in lines)
            output.WriteLine(string.Concat(line.Select((cell, i) => cell.PadRight(widths[i] + Gap))).TrimEnd());
    }
}
