using System.Text;

namespace Flotilla.Kubernetes.Yaml.Scanning;

/// <summary>
/// The text of a flow scalar in the making: words, and the space between them, in which a single line break becomes a blank and
/// further ones stay. As long as it is one piece of the source as it stands, nothing is copied.
/// </summary>
internal sealed class FoldedText(string source)
{
    private StringBuilder? text;
    private int from = -1;
    private int to = -1;

    // The space after the last word, which counts only when more follows: blanks of the source, or what line breaks fold to.
    private (int From, int To) blanks;
    private StringBuilder? folded;

    /// <summary>Adds a piece of the source; it may be empty.</summary>
    public void AddWord(int start, int end)
    {
        if (start == end)
            return;
        if (text is null && folded is null)
        {
            if (from < 0)
                from = blanks.To > blanks.From ? blanks.From : start;
            to = end;
            blanks = default;
            return;
        }
        Flush();
        text!.Append(source, start, end - start);
    }

    /// <summary>Adds text that does not stand in the source like this.</summary>
    public void AddText(string piece)
    {
        Flush();
        text!.Append(piece);
    }

    /// <summary>Reads blanks and line breaks at the cursor; true when there was a line break.</summary>
    /// <param name="cursor">Where they stand.</param>
    /// <param name="escapedBreak">Whether a line break has just been read that is not to count.</param>
    /// <param name="tabIndent">Column up to which no tab may stand on lines after the first.</param>
    public bool AddSpace(YamlCursor cursor, bool escapedBreak = false, int tabIndent = 0)
    {
        if (escapedBreak)
            Flush();
        var start = cursor.Position;
        var broken = escapedBreak;
        StringBuilder? first = null;
        StringBuilder? further = null;
        while (true)
        {
            if (YamlCursor.IsBreak(cursor.Current))
            {
                cursor.ReadBreak(broken ? further ??= new StringBuilder() : first = new StringBuilder());
                broken = true;
            }
            else if (!YamlCursor.IsBlank(cursor.Current))
            {
                break;
            }
            else if (broken && cursor.Current == '\t' && cursor.Column < tabIndent)
            {
                throw cursor.Problem("found a tab character that violates indentation");
            }
            else
            {
                cursor.Skip();
            }
        }
        if (!broken)
        {
            blanks = (start, cursor.Position);
            return false;
        }
        folded = new StringBuilder();
        if (first is null || first[0] != '\n')
            folded.Append(first).Append(further);
        else if (further is null)
            folded.Append(' ');
        else
            folded.Append(further);
        return true;
    }

    /// <summary>Makes the space at the end count.</summary>
    public void Flush()
    {
        if (text is null)
        {
            text = new StringBuilder();
            if (from >= 0)
                text.Append(source, from, to - from);
        }
        text.Append(source, blanks.From, blanks.To - blanks.From).Append(folded);
        blanks = default;
        folded = null;
    }

    public override string ToString() => text is not null ? text.ToString() : from < 0 ? "" : source[from..to];
}
