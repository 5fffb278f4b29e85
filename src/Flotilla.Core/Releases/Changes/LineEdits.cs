namespace Flotilla.Core.Releases.Changes;

/// <summary>A line that stays (space), goes (minus) or comes (plus).</summary>
internal readonly record struct LineEdit(char Sign, string Line);

/// <summary>A shortest list of edits between two texts (E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986).</summary>
internal static class LineEdits
{
    /// <summary>With more edits than this a text is another one, and nobody reads the difference: all goes, all comes.</summary>
    private const int MostEdits = 3_000;

    public static IReadOnlyList<LineEdit> Between(ReadOnlySpan<string> before, ReadOnlySpan<string> after)
    {
        var head = before.CommonPrefixLength(after);
        var tail = 0;
        while (tail < Math.Min(before.Length, after.Length) - head && before[^(tail + 1)] == after[^(tail + 1)])
            tail++;
        var edits = new List<LineEdit>();
        foreach (var line in before[..head])
            edits.Add(new(' ', line));
        Middle(before[head..^tail], after[head..^tail], edits);
        foreach (var line in before[^tail..])
            edits.Add(new(' ', line));
        return edits;
    }

    private static void Middle(ReadOnlySpan<string> before, ReadOnlySpan<string> after, List<LineEdit> edits)
    {
        if (Trace(before, after) is { } trace)
        {
            edits.AddRange(Walk(before, after, trace));
            return;
        }
        foreach (var line in before)
            edits.Add(new('-', line));
        foreach (var line in after)
            edits.Add(new('+', line));
    }

    /// <summary>For each number of edits, how far each diagonal reaches; null when there are too many.</summary>
    private static List<int[]>? Trace(ReadOnlySpan<string> before, ReadOnlySpan<string> after)
    {
        var trace = new List<int[]>();
        for (var edits = 0; edits <= Math.Min(before.Length + after.Length, MostEdits); edits++)
        {
            var reach = new int[2 * edits + 1];
            trace.Add(reach);
            for (var diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                var x = edits == 0 ? 0 : Start(trace[edits - 1], edits, diagonal).X;
                while (x < before.Length && x - diagonal < after.Length && before[x] == after[x - diagonal])
                    x++;
                reach[diagonal + edits] = x;
                if (x >= before.Length && x - diagonal >= after.Length)
                    return trace;
            }
        }
        return null;
    }

    /// <summary>Where a diagonal is entered: from the one above by a line that comes, or from the one below by a line that goes.</summary>
    private static (int X, int From) Start(int[] previous, int edits, int diagonal)
    {
        var comes = diagonal == -edits || (diagonal != edits && previous[diagonal - 1 + edits - 1] < previous[diagonal + 1 + edits - 1]);
        return comes ? (previous[diagonal + 1 + edits - 1], diagonal + 1) : (previous[diagonal - 1 + edits - 1] + 1, diagonal - 1);
    }

    private static List<LineEdit> Walk(ReadOnlySpan<string> before, ReadOnlySpan<string> after, List<int[]> trace)
    {
        var back = new List<LineEdit>();
        var (x, y) = (before.Length, after.Length);
        for (var edits = trace.Count - 1; edits >= 0; edits--)
        {
            var (start, from) = edits == 0 ? (0, 0) : Start(trace[edits - 1], edits, x - y);
            for (; x > start; x--, y--)
                back.Add(new(' ', before[x - 1]));
            if (edits == 0)
                break;
            if (from == x - y + 1)
                back.Add(new('+', after[--y]));
            else
                back.Add(new('-', before[--x]));
        }
        back.Reverse();
        return back;
    }
}
