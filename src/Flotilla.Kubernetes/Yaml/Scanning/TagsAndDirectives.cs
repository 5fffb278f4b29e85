using System.Globalization;
using System.Text;
using YamlDotNet.Core.Tokens;
using Version = YamlDotNet.Core.Version;

namespace Flotilla.Kubernetes.Yaml.Scanning;

/// <summary>Scans tags (<c>!!str</c>, <c>!&lt;uri&gt;</c>), and the directives <c>%YAML</c> and <c>%TAG</c>.</summary>
internal static class TagsAndDirectives
{
    private static readonly string[] Standard = ["str", "int", "float", "bool", "null", "binary", "timestamp", "merge", "map", "seq"];

    public static Tag Tag(YamlCursor cursor)
    {
        var start = cursor.Mark;
        string handle;
        string suffix;
        if (cursor.Peek(1) == '<')
        {
            cursor.Skip(2);
            handle = "";
            suffix = ReadUri(cursor, "");
            if (cursor.Current != '>')
                throw cursor.Problem("did not find the expected '>'");
            cursor.Skip();
        }
        else
        {
            var head = ReadHandle(cursor);
            if (head.Length > 1 && head[^1] == '!')
                (handle, suffix) = (head, ReadUri(cursor, ""));
            else
                (handle, suffix) = ("!", ReadUri(cursor, head));
            if (suffix.Length == 0)
                (handle, suffix) = ("", "!");
        }
        if (!YamlCursor.IsBlankOrEnd(cursor.Current))
            throw cursor.Problem("did not find expected whitespace or line break");
        // Tags that mean nothing here need not be the URIs that the parser insists on.
        if (handle is "" or "!!" && suffix != "!" && !Standard.Contains(suffix.Replace(YamlScalars.TagPrefix, "", StringComparison.Ordinal)))
            (handle, suffix) = ("", "!unknown");
        return new Tag(handle, suffix, start, cursor.Mark);
    }

    public static Token Directive(YamlCursor cursor)
    {
        var start = cursor.Mark;
        cursor.Skip();
        var name = cursor.ReadWord();
        if (name.Length == 0)
            throw cursor.Problem("could not find expected directive name");
        if (!YamlCursor.IsBlankOrEnd(cursor.Current))
            throw cursor.Problem("found unexpected non-alphabetical character");
        cursor.SkipBlanks();
        Token directive;
        switch (name)
        {
            case "YAML":
                var major = ReadNumber(cursor);
                if (cursor.Current != '.')
                    throw cursor.Problem("did not find expected digit or '.' character");
                cursor.Skip();
                var minor = ReadNumber(cursor);
                // go-yaml reads 1.1 and nothing else.
                if (major != 1 || minor != 1)
                    throw cursor.Problem("found incompatible YAML document");
                directive = new VersionDirective(new Version(major, minor), start, cursor.Mark);
                break;
            case "TAG":
                var handle = ReadHandle(cursor);
                if (handle.Length > 1 && handle[^1] != '!')
                    throw cursor.Problem("did not find expected '!'");
                if (!YamlCursor.IsBlank(cursor.Current))
                    throw cursor.Problem("did not find expected whitespace");
                cursor.SkipBlanks();
                var prefix = ReadUri(cursor, "");
                if (!YamlCursor.IsBlankOrEnd(cursor.Current))
                    throw cursor.Problem("did not find expected whitespace or line break");
                directive = new TagDirective(handle, prefix, start, cursor.Mark);
                break;
            default:
                throw cursor.Problem("found unknown directive name");
        }
        cursor.SkipBlanks();
        cursor.SkipComment();
        if (YamlCursor.IsBreak(cursor.Current))
            cursor.SkipBreak();
        else if (!cursor.IsAtEnd)
            throw cursor.Problem("did not find expected comment or line break");
        return directive;
    }

    private static int ReadNumber(YamlCursor cursor)
    {
        var start = cursor.Position;
        while (char.IsAsciiDigit(cursor.Current))
            cursor.Skip();
        return (cursor.Position - start) switch
        {
            0 => throw cursor.Problem("did not find expected version number"),
            > 2 => throw cursor.Problem("found extremely long version number"),
            _ => int.Parse(cursor.Text.AsSpan(start, cursor.Position - start), CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Reads <c>!</c>, <c>!!</c> or <c>!name!</c>; also <c>!name</c>, which is the beginning of a tag without handle.</summary>
    private static string ReadHandle(YamlCursor cursor)
    {
        if (cursor.Current != '!')
            throw cursor.Problem("did not find expected '!'");
        var start = cursor.Position;
        cursor.Skip();
        cursor.ReadWord();
        if (cursor.Current == '!')
            cursor.Skip();
        return cursor.Text[start..cursor.Position];
    }

    /// <summary>Reads the rest of a URI whose head, after a <c>!</c>, has been read.</summary>
    private static string ReadUri(YamlCursor cursor, string head)
    {
        var uri = new StringBuilder(head.Length > 1 ? head[1..] : "");
        var any = head.Length > 0;
        while (YamlCursor.IsWord(cursor.Current) || (cursor.Current != '\0' && ";/?:@&=+$,.!~*'()[]%".Contains(cursor.Current, StringComparison.Ordinal)))
        {
            any = true;
            if (cursor.Current == '%')
            {
                uri.Append(ReadEscape(cursor));
            }
            else
            {
                uri.Append(cursor.Current);
                cursor.Skip();
            }
        }
        return any ? uri.ToString() : throw cursor.Problem("did not find expected tag URI");
    }

    /// <summary>Reads the <c>%xx</c> of one character.</summary>
    private static string ReadEscape(YamlCursor cursor)
    {
        Span<byte> octets = stackalloc byte[4];
        var length = 1;
        for (var i = 0; i < length; i++)
        {
            if (cursor.Current != '%' || !byte.TryParse(cursor.Text.AsSpan(cursor.Position + 1, Math.Min(2, cursor.Text.Length - cursor.Position - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out octets[i]) || !char.IsAsciiHexDigit(cursor.Peek(2)))
                throw cursor.Problem("did not find URI escaped octet");
            if (i == 0)
                length = octets[0] switch { < 0x80 => 1, >= 0xC2 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF5 => 4, _ => 0 };
            if (length == 0)
                throw cursor.Problem("found an incorrect leading UTF-8 octet");
            cursor.Skip(3);
        }
        return Rune.DecodeFromUtf8(octets[..length], out var rune, out var used) == System.Buffers.OperationStatus.Done && used == length
            ? rune.ToString()
            : throw cursor.Problem("found an incorrect trailing UTF-8 octet");
    }
}
