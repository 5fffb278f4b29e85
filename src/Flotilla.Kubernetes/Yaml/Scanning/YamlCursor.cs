using System.Text;
using YamlDotNet.Core;

namespace Flotilla.Kubernetes.Yaml.Scanning;

/// <summary>A place in a text, with the character classes of YAML 1.1. Beyond the end stands the character 0, which no text holds.</summary>
internal sealed class YamlCursor(string text)
{
    public string Text => text;

    public int Position { get; private set; }

    /// <summary>From 0.</summary>
    public int Line { get; private set; }

    /// <summary>From 0.</summary>
    public int Column { get; private set; }

    public char Current => Peek(0);

    public bool IsAtEnd => Position >= text.Length;

    public Mark Mark => new(Position, Line + 1, Column + 1);

    /// <summary>Whether <c>---</c> or <c>...</c> stands here, at the beginning of a line and on its own.</summary>
    public bool IsAtDocumentIndicator =>
        Column == 0 && Current is '-' or '.' && Peek(1) == Current && Peek(2) == Current && IsBlankOrEnd(Peek(3));

    public static bool IsBlank(char c) => c is ' ' or '\t';

    public static bool IsBreak(char c) => c is '\n' or '\r' or '\x85' or '\u2028' or '\u2029';

    /// <summary>Blank, line break or end of the text.</summary>
    public static bool IsBlankOrEnd(char c) => IsBlank(c) || IsBreak(c) || c == '\0';

    /// <summary>What anchors and handles consist of.</summary>
    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    public char Peek(int offset) => Position + offset < text.Length ? text[Position + offset] : '\0';

    /// <summary>Moves on within a line.</summary>
    public void Skip(int count = 1)
    {
        Position += count;
        Column += count;
    }

    /// <summary>Moves behind the line break that stands here.</summary>
    public void SkipBreak()
    {
        Position += Current == '\r' && Peek(1) == '\n' ? 2 : 1;
        Line++;
        Column = 0;
    }

    /// <summary>Moves behind the line break that stands here, and adds it: most are a line feed to YAML, the Unicode separators stay.</summary>
    public void ReadBreak(StringBuilder into)
    {
        into.Append(Current is '\u2028' or '\u2029' ? Current : '\n');
        SkipBreak();
    }

    public void SkipBlanks()
    {
        while (IsBlank(Current))
            Skip();
    }

    public void SkipComment()
    {
        if (Current != '#')
            return;
        while (!IsAtEnd && !IsBreak(Current))
            Skip();
    }

    public string ReadWord()
    {
        var start = Position;
        while (IsWord(Current))
            Skip();
        return text[start..Position];
    }

    public YamlReadException Problem(string problem) => new(problem, Line + 1, Column + 1);
}
