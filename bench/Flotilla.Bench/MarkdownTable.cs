using System.Globalization;
using System.Text;

namespace Flotilla.Bench;

/// <summary>What a bench prints: one measurement a row.</summary>
internal sealed class MarkdownTable(params string[] columns)
{
    private readonly List<string[]> rows = [];

    /// <summary>Adds a row; numbers of 100 and more are rounded to whole ones.</summary>
    public void Add(params object[] cells)
    {
        var row = cells.Select(Text).ToArray();
        rows.Add(row);
        // The table comes at the end, whole; until then this shows that something happens.
        Console.Error.WriteLine(string.Join("  ", row));
    }

    public override string ToString()
    {
        var widths = columns.Select((c, i) => Math.Max(c.Length, rows.Max(r => r[i].Length))).ToArray();
        var text = new StringBuilder();
        text.AppendLine(Line(columns));
        text.AppendLine("|" + string.Join('|', widths.Select(w => new string('-', w + 2))) + "|");
        foreach (var row in rows)
            text.AppendLine(Line(row));
        return text.ToString();

        string Line(string[] cells) => "| " + string.Join(" | ", cells.Select((c, i) => c.PadRight(widths[i]))) + " |";
    }

    private static string Text(object cell) => cell switch
    {
        double number => number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
