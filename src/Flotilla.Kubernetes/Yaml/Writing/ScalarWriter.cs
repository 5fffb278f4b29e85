using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.Yaml.Writing;

/// <summary>Writes texts in their style and keeps account of the column: lines are folded at blanks behind column 80.</summary>
internal sealed class ScalarWriter
{
    private const int Width = 80;

    private readonly StringBuilder text = new();
    private int column;

    public override string ToString() => text.ToString();

    /// <summary>Begins a line, unless one has just begun, and indents it.</summary>
    public void Indent(int indent)
    {
        if (column > 0)
            EndLine();
        text.Append(' ', indent);
        column = indent;
    }

    public void EndLine()
    {
        if (column == 0)
            return;
        text.Append('\n');
        column = 0;
    }

    /// <summary>Writes ASCII without line breaks.</summary>
    public void Write(string piece)
    {
        text.Append(piece);
        column += piece.Length;
    }

    /// <param name="value">The text.</param>
    /// <param name="indent">Column of its further lines.</param>
    /// <param name="isKey">Whether it must stay on one line.</param>
    public void WriteText(string value, int indent, bool isKey)
    {
        switch (ScalarShape.StyleOf(value, isKey))
        {
            case ScalarStyle.Plain:
                WriteFolded(value, indent, isKey, isQuoted: false);
                break;
            case ScalarStyle.SingleQuoted:
                Write("'");
                WriteFolded(value, indent, isKey, isQuoted: true);
                Write("'");
                break;
            case ScalarStyle.Literal:
                WriteLiteral(value, indent);
                break;
            default:
                WriteDoubleQuoted(value, indent, isKey);
                break;
        }
    }

    private void WriteFolded(string value, int indent, bool isKey, bool isQuoted)
    {
        var afterSpace = false;
        var afterBreak = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == ' ')
            {
                var mayBreak = !isKey && !afterSpace && column > Width && i > 0 && i < value.Length - 1 && value[i + 1] != ' ';
                if (mayBreak)
                    Indent(indent);
                else
                    Put(c);
                afterSpace = true;
            }
            else if (Scanning.YamlCursor.IsBreak(c))
            {
                if (!afterBreak && c == '\n')
                    EndLine();
                text.Append(c);
                column = 0;
                afterBreak = true;
            }
            else
            {
                if (afterBreak)
                    Indent(indent);
                if (isQuoted && c == '\'')
                    Put(c);
                Put(c);
                (afterSpace, afterBreak) = (false, false);
            }
        }
    }

    private void WriteLiteral(string value, int indent)
    {
        Write("|");
        if (value[0] is ' ' || Scanning.YamlCursor.IsBreak(value[0]))
            Write("2");
        if (!Scanning.YamlCursor.IsBreak(value[^1]))
            Write("-");
        else if (value.Length == 1 || Scanning.YamlCursor.IsBreak(value[^2]))
            Write("+");
        EndLine();
        var afterBreak = true;
        foreach (var c in value)
        {
            if (Scanning.YamlCursor.IsBreak(c))
            {
                text.Append(c);
                column = 0;
                afterBreak = true;
                continue;
            }
            if (afterBreak)
                Indent(indent);
            Put(c);
            afterBreak = false;
        }
    }

    private void WriteDoubleQuoted(string value, int indent, bool isKey)
    {
        Write("\"");
        var afterSpace = false;
        var i = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\' || ScalarShape.IsBreak(rune) || !ScalarShape.IsPrintable(rune))
            {
                Write(Escape(rune));
                afterSpace = false;
            }
            else if (rune.Value == ' ' && !isKey && !afterSpace && column > Width && i > 0 && i < value.Length - 1)
            {
                Indent(indent);
                if (value[i + 1] == ' ')
                    Write("\\");
                afterSpace = true;
            }
            else
            {
                text.Append(rune.ToString());
                column++;
                afterSpace = rune.Value == ' ';
            }
            i += rune.Utf16SequenceLength;
        }
        Write("\"");
    }

    private void Put(char c)
    {
        text.Append(c);
        column++;
    }

    private static string Escape(Rune rune) => rune.Value switch
    {
        0x00 => "\\0",
        0x07 => "\\a",
        0x08 => "\\b",
        0x09 => "\\t",
        0x0A => "\\n",
        0x0B => "\\v",
        0x0C => "\\f",
        0x0D => "\\r",
        0x1B => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        0x85 => "\\N",
        0xA0 => "\\_",
        0x2028 => "\\L",
        0x2029 => "\\P",
        <= 0xFF => "\\x" + rune.Value.ToString("X2", CultureInfo.InvariantCulture),
        <= 0xFFFF => "\\u" + rune.Value.ToString("X4", CultureInfo.InvariantCulture),
        _ => "\\U" + rune.Value.ToString("X8", CultureInfo.InvariantCulture),
    };
}
