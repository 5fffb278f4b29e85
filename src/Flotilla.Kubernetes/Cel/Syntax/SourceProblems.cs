using System.Text;

namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>Collects what is wrong with an expression and renders it as cel-go does.</summary>
internal sealed class SourceProblems(string text)
{
    /// <summary>The offset of a problem that has no place.</summary>
    public const int Nowhere = -1;

    private const int MaxReported = 100;
    private readonly List<(int Offset, string Message)> found = [];

    public bool Any => found.Count > 0;

    public int Count => found.Count;

    public void Add(int offset, string message) => found.Add((offset, message));

    public void ThrowIfAny()
    {
        if (!Any)
            return;
        var reported = found.Take(MaxReported).OrderBy(p => p.Offset).ToList();
        var problems = new List<CelProblem>(reported.Count);
        var message = new StringBuilder();
        foreach (var (offset, detail) in reported)
        {
            var (line, column, lineText) = Locate(offset);
            problems.Add(new CelProblem(line, offset == Nowhere ? 0 : column + 1, detail));
            if (message.Length > 0)
                message.Append('\n');
            message.Append($"ERROR: <input>:{line}:{(offset == Nowhere ? 0 : column + 1)}: {detail}");
            if (lineText is not null)
                AppendSnippet(message, lineText, column);
        }
        if (found.Count > MaxReported)
            message.Append($"\n{found.Count - MaxReported} more errors were truncated");
        throw new CelException(message.ToString(), problems);
    }

    private (int Line, int Column, string? LineText) Locate(int offset)
    {
        if (offset == Nowhere)
            return (-1, 0, null);
        var start = offset == 0 ? 0 : text.LastIndexOf('\n', offset - 1) + 1;
        var end = text.IndexOf('\n', start);
        var line = 1 + text.AsSpan(0, start).Count('\n');
        var column = CodePoints(text.AsSpan(start, offset - start));
        return (line, column, end < 0 ? text[start..] : text[start..end]);
    }

    private static void AppendSnippet(StringBuilder message, string line, int column)
    {
        const int maxSnippet = 16384;
        if (Encoding.UTF8.GetByteCount(line) > maxSnippet)
            return;
        message.Append("\n | ").Append(line.Replace('\t', ' ')).Append("\n | ");
        var index = 0;
        // Wide markers below what is not ASCII keep the caret in its column.
        foreach (var rune in line.EnumerateRunes())
        {
            if (index++ == column)
            {
                message.Append(rune.IsAscii ? '^' : '\uff3e');
                return;
            }
            message.Append(rune.IsAscii ? '.' : '\uff0e');
        }
        message.Append('^');
    }

    private static int CodePoints(ReadOnlySpan<char> span)
    {
        var count = 0;
        foreach (var _ in span.EnumerateRunes())
            count++;
        return count;
    }
}
