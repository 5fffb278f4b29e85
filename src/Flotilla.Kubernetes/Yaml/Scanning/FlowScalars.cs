using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Flotilla.Kubernetes.Yaml.Scanning;

/// <summary>Scans plain and quoted scalars.</summary>
internal static class FlowScalars
{
    /// <summary>Scans a plain scalar, which may go on over lines that are indented at least as far as <paramref name="indent"/>.</summary>
    /// <param name="cursor">At the first character.</param>
    /// <param name="indent">Column that lines after the first must reach; does not count in flow collections.</param>
    /// <param name="inFlow">Whether brackets and commas end the scalar.</param>
    /// <param name="endedLine">Whether the scanner went on to another line to see that the scalar has ended.</param>
    public static Scalar Plain(YamlCursor cursor, int indent, bool inFlow, out bool endedLine)
    {
        var start = cursor.Mark;
        var end = start;
        var value = new FoldedText(cursor.Text);
        endedLine = false;
        while (!cursor.IsAtDocumentIndicator && cursor.Current != '#')
        {
            var from = cursor.Position;
            while (!EndsPlain(cursor, inFlow))
                cursor.Skip();
            if (cursor.Position > from)
            {
                value.AddWord(from, cursor.Position);
                endedLine = false;
                end = cursor.Mark;
            }
            if (!YamlCursor.IsBlank(cursor.Current) && !YamlCursor.IsBreak(cursor.Current))
                break;
            endedLine = value.AddSpace(cursor, tabIndent: indent);
            if (!inFlow && cursor.Column < indent)
                break;
        }
        return new Scalar(value.ToString(), ScalarStyle.Plain, start, end);
    }

    /// <summary>Scans a scalar in quotes. Its lines may be indented as they like.</summary>
    public static Scalar Quoted(YamlCursor cursor)
    {
        var start = cursor.Mark;
        var quote = cursor.Current;
        cursor.Skip();
        var value = new FoldedText(cursor.Text);
        while (true)
        {
            if (cursor.IsAtDocumentIndicator)
                throw cursor.Problem("found unexpected document indicator");
            if (cursor.IsAtEnd)
                throw cursor.Problem("found unexpected end of stream");
            var escapedBreak = ReadWords(cursor, quote, value);
            if (!escapedBreak && cursor.Current == quote)
                break;
            value.AddSpace(cursor, escapedBreak: escapedBreak);
        }
        value.Flush();
        cursor.Skip();
        return new Scalar(value.ToString(), quote == '"' ? ScalarStyle.DoubleQuoted : ScalarStyle.SingleQuoted, start, cursor.Mark);
    }

    private static bool EndsPlain(YamlCursor cursor, bool inFlow) => cursor.Current switch
    {
        ':' => YamlCursor.IsBlankOrEnd(cursor.Peek(1)),
        ',' or '?' or '[' or ']' or '{' or '}' => inFlow,
        var c => YamlCursor.IsBlankOrEnd(c),
    };

    /// <summary>Reads up to a blank, a line break or the closing quote; true when it was an escaped line break, which is read too.</summary>
    private static bool ReadWords(YamlCursor cursor, char quote, FoldedText value)
    {
        var from = cursor.Position;
        while (!YamlCursor.IsBlankOrEnd(cursor.Current))
        {
            var c = cursor.Current;
            var isDoubledQuote = quote == '\'' && c == quote && cursor.Peek(1) == quote;
            var isEscape = quote == '"' && c == '\\';
            if (!isDoubledQuote && !isEscape)
            {
                if (c == quote)
                    break;
                cursor.Skip();
                continue;
            }
            value.AddWord(from, cursor.Position);
            if (isEscape && YamlCursor.IsBreak(cursor.Peek(1)))
            {
                cursor.Skip();
                cursor.SkipBreak();
                return true;
            }
            if (isEscape)
            {
                value.AddText(ReadEscape(cursor));
            }
            else
            {
                value.AddText("'");
                cursor.Skip(2);
            }
            from = cursor.Position;
        }
        value.AddWord(from, cursor.Position);
        return false;
    }

    private static string ReadEscape(YamlCursor cursor)
    {
        var code = cursor.Peek(1);
        var plain = code switch
        {
            '0' => "\0",
            'a' => "\a",
            'b' => "\b",
            't' or '\t' => "\t",
            'n' => "\n",
            'v' => "\v",
            'f' => "\f",
            'r' => "\r",
            'e' => "\x1B",
            ' ' => " ",
            '"' => "\"",
            '\'' => "'",
            '\\' => "\\",
            'N' => "\x85",
            '_' => "\xA0",
            'L' => "\u2028",
            'P' => "\u2029",
            'x' or 'u' or 'U' => null,
            _ => throw cursor.Problem("found unknown escape character"),
        };
        cursor.Skip(2);
        if (plain is not null)
            return plain;

        var length = code switch { 'x' => 2, 'u' => 4, _ => 8 };
        var available = Math.Min(length, cursor.Text.Length - cursor.Position);
        if (available < length || !int.TryParse(cursor.Text.AsSpan(cursor.Position, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw cursor.Problem("did not find expected hexadecimal number");
        if (!Rune.IsValid(value))
            throw cursor.Problem("found invalid Unicode character escape code");
        cursor.Skip(length);
        return new Rune(value).ToString();
    }
}
