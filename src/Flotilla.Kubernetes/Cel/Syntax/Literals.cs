using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.Cel.Syntax;

/// <summary>Turns literal tokens into values.</summary>
internal static class Literals
{
    public static bool TryInt(ReadOnlySpan<char> text, bool negative, out long value)
    {
        value = 0;
        if (!TryMagnitude(text, out var magnitude))
            return false;
        if (negative ? magnitude > 1UL << 63 : magnitude > long.MaxValue)
            return false;
        value = negative ? unchecked((long)(0 - magnitude)) : (long)magnitude;
        return true;
    }

    public static bool TryUint(ReadOnlySpan<char> text, out ulong value) => TryMagnitude(text[..^1], out value);

    public static bool TryDouble(ReadOnlySpan<char> text, bool negative, out double value)
    {
        var read = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        value = negative ? -value : value;
        return read;
    }

    /// <summary>The text of a string token, or null with the reason why it has none.</summary>
    public static string? String(ReadOnlySpan<char> token, out string error)
    {
        var content = Content(token, out var raw);
        var text = new StringBuilder(content.Length);
        error = "";
        for (var i = 0; i < content.Length;)
        {
            if (content[i] != '\\' || raw)
            {
                text.Append(content[i++]);
            }
            else if (ReadEscape(content, ref i) is var code && Rune.IsValid(code))
            {
                text.Append(new Rune(code).ToString());
            }
            else
            {
                error = "invalid unicode code point";
                return null;
            }
        }
        return text.ToString();
    }

    /// <summary>The bytes of a bytes token (without its <c>b</c>), or null with the reason why it has none.</summary>
    public static byte[]? Bytes(ReadOnlySpan<char> token, out string error)
    {
        var content = Content(token, out var raw);
        var bytes = new List<byte>(content.Length);
        Span<byte> utf8 = stackalloc byte[4];
        error = "";
        for (var i = 0; i < content.Length;)
        {
            if (content[i] != '\\' || raw)
            {
                Rune.DecodeFromUtf16(content[i..], out var rune, out var length);
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += length;
            }
            else if (content[i + 1] is 'u' or 'U')
            {
                error = "unable to unescape string";
                return null;
            }
            else
            {
                // Octal and hexadecimal escapes are bytes here, not code points.
                bytes.Add((byte)ReadEscape(content, ref i));
            }
        }
        return [.. bytes];
    }

    private static ReadOnlySpan<char> Content(ReadOnlySpan<char> token, out bool raw)
    {
        raw = token[0] is 'r' or 'R';
        if (raw)
            token = token[1..];
        var quotes = token.Length >= 6 && token[0] == token[1] && token[0] == token[2] ? 3 : 1;
        var content = token[quotes..^quotes];
        return content.Contains('\r') ? content.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : content;
    }

    /// <summary>Reads an escape that the lexer has accepted.</summary>
    private static int ReadEscape(ReadOnlySpan<char> text, ref int position)
    {
        var c = text[position + 1];
        position += 2;
        switch (c)
        {
            case 'a':
                return '\a';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x' or 'X' or 'u' or 'U':
                var digits = c switch { 'u' => 4, 'U' => 8, _ => 2 };
                var code = uint.Parse(text.Slice(position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                position += digits;
                return code > int.MaxValue ? -1 : (int)code;
            case >= '0' and <= '3':
                var octal = ((c - '0') * 64) + ((text[position] - '0') * 8) + (text[position + 1] - '0');
                position += 2;
                return octal;
            default:
                return c;
        }
    }

    private static bool TryMagnitude(ReadOnlySpan<char> text, out ulong value) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
