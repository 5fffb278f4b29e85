using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Flotilla.Kubernetes.Yaml.Scanning;

/// <summary>Scans literal (<c>|</c>) and folded (<c>&gt;</c>) scalars.</summary>
internal static class BlockScalars
{
    private enum Chomping
    {
        Clip,
        Strip,
        Keep,
    }

    /// <param name="cursor">At the indicator.</param>
    /// <param name="parentIndent">Column of the block that holds the scalar; -1 at the root.</param>
    public static Scalar Scan(YamlCursor cursor, int parentIndent)
    {
        var start = cursor.Mark;
        var literal = cursor.Current == '|';
        cursor.Skip();
        var (chomping, increment) = ReadHeader(cursor);
        var end = cursor.Mark;
        var indent = increment == 0 ? 0 : Math.Max(parentIndent, 0) + increment;

        var text = new StringBuilder();
        var lineBreak = new StringBuilder();
        var emptyLines = new StringBuilder();
        ReadEmptyLines(cursor, ref indent, parentIndent, emptyLines, ref end);
        var lastIndented = false;
        while (cursor.Column == indent && !cursor.IsAtEnd)
        {
            var indented = YamlCursor.IsBlank(cursor.Current);
            // Lines that are indented further are not folded into their neighbours.
            if (!literal && !lastIndented && !indented && lineBreak.Length > 0 && lineBreak[0] == '\n')
                text.Append(emptyLines.Length == 0 ? " " : "");
            else
                text.Append(lineBreak);
            text.Append(emptyLines);
            lineBreak.Clear();
            emptyLines.Clear();
            lastIndented = indented;

            var from = cursor.Position;
            while (!cursor.IsAtEnd && !YamlCursor.IsBreak(cursor.Current))
                cursor.Skip();
            text.Append(cursor.Text, from, cursor.Position - from);
            if (!cursor.IsAtEnd)
                cursor.ReadBreak(lineBreak);
            ReadEmptyLines(cursor, ref indent, parentIndent, emptyLines, ref end);
        }
        if (chomping != Chomping.Strip)
            text.Append(lineBreak);
        if (chomping == Chomping.Keep)
            text.Append(emptyLines);
        return new Scalar(text.ToString(), literal ? ScalarStyle.Literal : ScalarStyle.Folded, start, end);
    }

    /// <summary>Reads the indicators after <c>|</c> or <c>&gt;</c>, in either order, and the rest of the line.</summary>
    private static (Chomping Chomping, int Increment) ReadHeader(YamlCursor cursor)
    {
        var chomping = ReadChomping(cursor);
        var increment = 0;
        if (char.IsAsciiDigit(cursor.Current))
        {
            increment = cursor.Current - '0';
            if (increment == 0)
                throw cursor.Problem("found an indentation indicator equal to 0");
            cursor.Skip();
            chomping ??= ReadChomping(cursor);
        }
        cursor.SkipBlanks();
        cursor.SkipComment();
        if (YamlCursor.IsBreak(cursor.Current))
            cursor.SkipBreak();
        else if (!cursor.IsAtEnd)
            throw cursor.Problem("did not find expected comment or line break");
        return (chomping ?? Chomping.Clip, increment);
    }

    private static Chomping? ReadChomping(YamlCursor cursor)
    {
        Chomping? chomping = cursor.Current switch
        {
            '+' => Chomping.Keep,
            '-' => Chomping.Strip,
            _ => null,
        };
        if (chomping is not null)
            cursor.Skip();
        return chomping;
    }

    /// <summary>Reads indentation and empty lines; when <paramref name="indent"/> is not known yet (0), the first line with text tells it.</summary>
    private static void ReadEmptyLines(YamlCursor cursor, ref int indent, int parentIndent, StringBuilder breaks, ref Mark end)
    {
        var widest = 0;
        end = cursor.Mark;
        while (true)
        {
            while ((indent == 0 || cursor.Column < indent) && cursor.Current == ' ')
                cursor.Skip();
            widest = Math.Max(widest, cursor.Column);
            if ((indent == 0 || cursor.Column < indent) && cursor.Current == '\t')
                throw cursor.Problem("found a tab character where an indentation space is expected");
            if (!YamlCursor.IsBreak(cursor.Current))
                break;
            cursor.ReadBreak(breaks);
            end = cursor.Mark;
        }
        if (indent == 0)
            indent = Math.Max(Math.Max(widest, parentIndent + 1), 1);
    }
}
