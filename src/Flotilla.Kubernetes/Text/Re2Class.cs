using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.Text;

/// <summary>Character classes and escapes of RE2. Perl's and POSIX' classes are ASCII there.</summary>
internal static class Re2Class
{
    private static readonly FrozenDictionary<string, (string Set, string Complement)> Ascii = new Dictionary<string, (string, string)>
    {
        ["d"] = ("0-9", @"\0-/:-\uFFFF"),
        ["s"] = (@"\t\n\f\r ", @"\0-\x08\x0B\x0E-\x1F!-\uFFFF"),
        ["w"] = ("0-9A-Za-z_", @"\0-/:-@\[-\^`{-\uFFFF"),
        ["alnum"] = ("0-9A-Za-z", @"\0-/:-@\[-`{-\uFFFF"),
        ["alpha"] = ("A-Za-z", @"\0-@\[-`{-\uFFFF"),
        ["ascii"] = (@"\0-\x7F", @"\x80-\uFFFF"),
        ["blank"] = (@"\t ", @"\0-\x08\x0A-\x1F!-\uFFFF"),
        ["cntrl"] = (@"\0-\x1F\x7F", @" -~\x80-\uFFFF"),
        ["digit"] = ("0-9", @"\0-/:-\uFFFF"),
        ["graph"] = ("!-~", @"\0- \x7F-\uFFFF"),
        ["lower"] = ("a-z", @"\0-`{-\uFFFF"),
        ["print"] = (" -~", @"\0-\x1F\x7F-\uFFFF"),
        ["punct"] = (@"!-/:-@\[-`{-~", @"\0- 0-9A-Za-z\x7F-\uFFFF"),
        ["space"] = (@"\t-\r ", @"\0-\x08\x0E-\x1F!-\uFFFF"),
        ["upper"] = ("A-Z", @"\0-@\[-\uFFFF"),
        ["word"] = ("0-9A-Za-z_", @"\0-/:-@\[-\^`{-\uFFFF"),
        ["xdigit"] = ("0-9A-Fa-f", @"\0-/:-@G-`g-\uFFFF"),
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Categories =
        "C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs".Split(' ').ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Scripts = new Dictionary<string, string>
    {
        ["Any"] = @"\0-\uFFFF",
        ["Latin"] = @"A-Za-z\u00AA\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02B8\u02E0-\u02E4\u1E00-\u1EFF\u2C60-\u2C7F\uA722-\uA787\uA78B-\uA7FF\uFB00-\uFB06\uFF21-\uFF3A\uFF41-\uFF5A",
        ["Greek"] = @"\u0370-\u0373\u0375-\u0377\u037A-\u037D\u037F\u0384\u0386\u0388-\u03E1\u03F0-\u03FF\u1F00-\u1FFE",
        ["Cyrillic"] = @"\u0400-\u0484\u0487-\u052F\u1C80-\u1C88\u1D2B\u1D78\u2DE0-\u2DFF\uA640-\uA69F",
        ["Armenian"] = @"\u0531-\u058F\uFB13-\uFB17",
        ["Hebrew"] = @"\u0591-\u05F4\uFB1D-\uFB4F",
        ["Arabic"] = @"\u0600-\u0604\u0606-\u06FF\u0750-\u077F\u08A0-\u08FF\uFB50-\uFDFF\uFE70-\uFEFC",
        ["Devanagari"] = @"\u0900-\u0963\u0966-\u097F\uA8E0-\uA8FF",
        ["Thai"] = @"\u0E01-\u0E3A\u0E40-\u0E5B",
        ["Hangul"] = @"\u1100-\u11FF\u3131-\u318E\uA960-\uA97C\uAC00-\uD7FB",
        ["Hiragana"] = @"\u3041-\u3096\u309D-\u309F",
        ["Katakana"] = @"\u30A1-\u30FA\u30FD-\u30FF\u31F0-\u31FF\uFF66-\uFF9D",
        ["Han"] = @"\u2E80-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAD9",
    }.ToFrozenDictionary();

    /// <summary>Rewrites the class that opens at <paramref name="start"/>; answers where the pattern goes on.</summary>
    public static int Translate(string pattern, int start, StringBuilder output)
    {
        var at = start + 1;
        output.Append('[');
        if (at < pattern.Length && pattern[at] == '^')
        {
            output.Append('^');
            at++;
        }
        for (var first = true; ; first = false)
        {
            if (at >= pattern.Length)
                throw new Re2Exception($"missing closing ]: `{pattern[start..]}`");
            if (pattern[at] == ']' && !first)
                break;
            if (NamedSet(pattern, at, out var set, out var length))
            {
                output.Append(set);
                at += length;
                continue;
            }
            var itemStart = at;
            var low = Character(pattern, start, ref at);
            AppendPoint(output, low, insideClass: true);
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                var high = Character(pattern, start, ref at);
                if (high < low)
                    throw new Re2Exception($"invalid character class range: `{pattern[itemStart..at]}`");
                output.Append('-');
                AppendPoint(output, high, insideClass: true);
            }
        }
        output.Append(']');
        return at + 1;
    }

    /// <summary><c>\d</c>, <c>\pL</c>, <c>\p{Greek}</c>, <c>[:alpha:]</c> …, as the inside of a .NET class.</summary>
    public static bool NamedSet(string pattern, int at, out string set, out int length)
    {
        (set, length) = ("", 0);
        if (pattern[at] == '[' && at + 1 < pattern.Length && pattern[at + 1] == ':')
        {
            var end = pattern.IndexOf(":]", at + 2, StringComparison.Ordinal);
            if (end < 0)
                return false;
            length = end + 2 - at;
            var negated = pattern[at + 2] == '^';
            if (!Ascii.TryGetValue(pattern[(at + (negated ? 3 : 2))..end], out var named) || end - at < 5)
                throw new Re2Exception($"invalid character class range: `{pattern[at..(end + 2)]}`");
            set = negated ? named.Complement : named.Set;
            return true;
        }
        if (pattern[at] != '\\' || at + 1 >= pattern.Length)
            return false;
        var letter = pattern[at + 1];
        if (letter is 'd' or 's' or 'w' or 'D' or 'S' or 'W')
        {
            var (plain, complement) = Ascii[char.ToLowerInvariant(letter).ToString()];
            (set, length) = (char.IsUpper(letter) ? complement : plain, 2);
            return true;
        }
        return letter is 'p' or 'P' && Property(pattern, at, out set, out length);
    }

    private static bool Property(string pattern, int at, out string set, out int length)
    {
        var negated = pattern[at + 1] == 'P';
        var name = "";
        length = 3;
        if (at + 2 < pattern.Length && pattern[at + 2] != '{')
        {
            name = pattern[at + 2].ToString();
        }
        else if (at + 2 < pattern.Length && pattern.IndexOf('}', at) is var end and > 0)
        {
            name = pattern[(at + 3)..end];
            length = end + 1 - at;
        }
        var shown = pattern.Substring(at, Math.Min(length, pattern.Length - at));
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }
        if (Categories.Contains(name))
            set = $@"\{(negated ? 'P' : 'p')}{{{name}}}";
        else if (Scripts.TryGetValue(name, out var ranges) && !negated)
            set = ranges;
        else
            throw new Re2Exception($"invalid character class range: `{shown}`");
        return true;
    }

    private static int Character(string pattern, int start, ref int at)
    {
        if (at >= pattern.Length)
            throw new Re2Exception($"missing closing ]: `{pattern[start..]}`");
        if (pattern[at] == '\\')
        {
            var point = EscapedCharacter(pattern, at, out var length);
            at += length;
            return point;
        }
        if (char.IsHighSurrogate(pattern[at]) && at + 1 < pattern.Length)
        {
            at += 2;
            return char.ConvertToUtf32(pattern[at - 2], pattern[at - 1]);
        }
        return pattern[at++];
    }

    /// <summary>The code point behind an escape, as <c>\n</c>, <c>\.</c>, <c>\x41</c>, <c>\x{1F600}</c>, <c>\012</c>.</summary>
    public static int EscapedCharacter(string pattern, int at, out int length)
    {
        length = 2;
        if (at + 1 >= pattern.Length)
            throw new Re2Exception("trailing backslash at end of expression: ``");
        var c = pattern[at + 1];
        switch (c)
        {
            case 'a':
                return 7;
            case 'f':
                return 12;
            case 'n':
                return 10;
            case 'r':
                return 13;
            case 't':
                return 9;
            case 'v':
                return 11;
            case 'x':
                return Hexadecimal(pattern, at, ref length);
            case '0':
            case >= '1' and <= '7' when at + 2 < pattern.Length && pattern[at + 2] is >= '0' and <= '7':
                var value = 0;
                for (length = 1; length < 4 && at + length < pattern.Length && pattern[at + length] is >= '0' and <= '7'; length++)
                    value = (value * 8) + pattern[at + length] - '0';
                return value;
            default:
                if (c < 0x80 && !char.IsAsciiLetterOrDigit(c))
                    return c;
                throw new Re2Exception($@"invalid escape sequence: `\{c}`");
        }
    }

    private static int Hexadecimal(string pattern, int at, ref int length)
    {
        var braces = at + 2 < pattern.Length && pattern[at + 2] == '{';
        var end = braces ? pattern.IndexOf('}', at) : at + 4;
        var digits = end < 0 || end > pattern.Length ? "" : pattern[(at + (braces ? 3 : 2))..end];
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value > 0x10FFFF)
            throw new Re2Exception($"invalid escape sequence: `{pattern.AsSpan(at, Math.Min(braces ? 3 : 2, pattern.Length - at))}`");
        length = end - at + (braces ? 1 : 0);
        return value;
    }

    public static void AppendPoint(StringBuilder output, int point, bool insideClass)
    {
        // A character beyond the basic plane cannot stand in a .NET class; texts are matched with one unit in its place.
        AppendLiteral(output, point > 0xFFFF ? '\uF8FF' : (char)point, insideClass);
    }

    public static void AppendLiteral(StringBuilder output, char c, bool insideClass)
    {
        if (char.IsAsciiLetterOrDigit(c) || c is '_' or '/' or ':' or ',' || (c > 0x7f && !insideClass))
            output.Append(c);
        else if (c is '\\' or '[' or ']' or '-' or '^' or '(' or ')' or '{' or '}' or '|' or '*' or '+' or '?' or '.' or '$' or '#' or ' ')
            output.Append('\\').Append(c);
        else
            output.Append(CultureInfo.InvariantCulture, $@"\u{(int)c:X4}");
    }
}
