using System.Globalization;
using System.Text;

namespace Flotilla.Kubernetes.Text;

/// <summary>Rewrites a pattern from RE2's syntax to .NET's, and refuses what RE2 refuses in Go's words.</summary>
internal sealed class Re2Translator(string pattern)
{
    private const int MostRepeats = 1000;
    private readonly StringBuilder output = new(pattern.Length + 16);
    private readonly Stack<bool> groups = new();
    private int position;
    private bool multiline;
    private bool repeatable;

    /// <exception cref="Re2Exception">The pattern is not valid.</exception>
    public string Translate()
    {
        while (position < pattern.Length)
            Element();
        return groups.Count == 0 ? output.ToString() : throw new Re2Exception($"missing closing ): `{pattern}`");
    }

    private void Element()
    {
        var c = pattern[position];
        switch (c)
        {
            case '(':
                OpenGroup();
                return;
            case ')':
                if (!groups.TryPop(out multiline))
                    throw new Re2Exception($"unexpected ): `{pattern}`");
                Emit(")", 1, true);
                return;
            case '|':
                Emit("|", 1, false);
                return;
            case '^':
                Emit(multiline ? "(?m:^)" : "^", 1, true);
                return;
            case '$':
                Emit(multiline ? "(?m:$)" : @"\z", 1, true);
                return;
            case '*' or '+' or '?':
                Repeat(position, position + 1);
                return;
            case '{' when Counts(out var end):
                Repeat(position, end);
                return;
            case '[':
                position = Re2Class.Translate(pattern, position, output);
                repeatable = true;
                return;
            case '\\':
                Escape();
                return;
            case >= '\uD800' and <= '\uDBFF' when position + 1 < pattern.Length && char.IsLowSurrogate(pattern[position + 1]):
                Re2Class.AppendPoint(output, char.ConvertToUtf32(c, pattern[position + 1]), insideClass: false);
                position += 2;
                repeatable = true;
                return;
            default:
                Emit(c is '#' or ' ' or '{' or '}' ? "\\" + c : c.ToString(), 1, true);
                return;
        }
    }

    private void Emit(string text, int consumed, bool canRepeat)
    {
        output.Append(text);
        position += consumed;
        repeatable = canRepeat;
    }

    private void Repeat(int start, int end)
    {
        if (!repeatable)
        {
            var nested = output.Length > 0 && start > 0 && pattern[start - 1] is '*' or '+' or '?' or '}';
            var operatorStart = nested ? start - 1 : start;
            throw new Re2Exception(nested
                ? $"invalid nested repetition operator: `{pattern[operatorStart..end]}`"
                : $"missing argument to repetition operator: `{pattern[start..end]}`");
        }
        output.Append(pattern, start, end - start);
        position = end;
        if (position < pattern.Length && pattern[position] == '?')
        {
            output.Append('?');
            position++;
        }
        repeatable = false;
    }

    /// <summary>Whether <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c> stands here; anything else is literal text.</summary>
    private bool Counts(out int end)
    {
        end = pattern.IndexOf('}', position) + 1;
        if (end == 0)
            return false;
        var inner = pattern.AsSpan(position + 1, end - position - 2);
        var comma = inner.IndexOf(',');
        var low = comma < 0 ? inner : inner[..comma];
        var high = comma < 0 ? low : inner[(comma + 1)..];
        if (!IsNumber(low) || !(IsNumber(high) || (comma >= 0 && high.IsEmpty)))
            return false;
        var most = high.IsEmpty ? Number(low) : Number(high);
        if (most > MostRepeats || Number(low) > most)
            throw new Re2Exception($"invalid repeat count: `{pattern[position..end]}`");
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static int Number(ReadOnlySpan<char> digits) => int.TryParse(digits, CultureInfo.InvariantCulture, out var value) ? value : int.MaxValue;

    private void OpenGroup()
    {
        groups.Push(multiline);
        if (position + 1 >= pattern.Length || pattern[position + 1] != '?')
        {
            Emit("(", 1, false);
            return;
        }
        var rest = pattern.AsSpan(position);
        if (rest.StartsWith("(?P<") || (rest.StartsWith("(?<") && !rest.StartsWith("(?<=") && !rest.StartsWith("(?<!")))
        {
            NamedGroup(rest);
            return;
        }
        Flags();
    }

    private void NamedGroup(ReadOnlySpan<char> rest)
    {
        var open = rest.IndexOf('<');
        var close = rest.IndexOf('>');
        if (close < 0)
            throw new Re2Exception($"invalid named capture: `{rest}`");
        var name = rest[(open + 1)..close];
        if (name.IsEmpty || name.ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
            throw new Re2Exception($"invalid named capture: `{rest[..(close + 1)]}`");
        Emit("(", close + 1, false);
    }

    /// <summary><c>(?flags)</c> and <c>(?flags:</c>; greediness (<c>U</c>) does not change whether something matches.</summary>
    private void Flags()
    {
        var on = new StringBuilder();
        var off = new StringBuilder();
        var current = on;
        var negated = false;
        for (var i = position + 2; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case 'i' or 's':
                    current.Append(pattern[i]);
                    break;
                case 'm':
                    multiline = !negated;
                    break;
                case 'U':
                    break;
                case '-' when !negated:
                    negated = true;
                    current = off;
                    break;
                case ':' or ')':
                    var isGroup = pattern[i] == ':';
                    if (!isGroup)
                        groups.Pop();
                    var flags = $"{on}{(off.Length > 0 ? "-" : "")}{off}";
                    var empty = flags.Length == 0;
                    Emit(isGroup ? $"(?{flags}:" : empty ? "" : $"(?{flags})", i + 1 - position, false);
                    return;
                default:
                    throw new Re2Exception($"invalid or unsupported Perl syntax: `{pattern[position..(i + 1)]}`");
            }
        }
        throw new Re2Exception($"missing closing ): `{pattern}`");
    }

    private void Escape()
    {
        if (position + 1 >= pattern.Length)
            throw new Re2Exception("trailing backslash at end of expression: ``");
        switch (pattern[position + 1])
        {
            case 'A':
                Emit(@"\A", 2, true);
                return;
            case 'z':
                Emit(@"\z", 2, true);
                return;
            case 'b' or 'B':
                Emit(pattern.Substring(position, 2), 2, true);
                return;
            case 'Q':
                var end = pattern.IndexOf(@"\E", position + 2, StringComparison.Ordinal);
                var literal = end < 0 ? pattern[(position + 2)..] : pattern[(position + 2)..end];
                foreach (var c in literal)
                    Re2Class.AppendLiteral(output, c, insideClass: false);
                position = end < 0 ? pattern.Length : end + 2;
                repeatable = literal.Length > 0 || repeatable;
                return;
            default:
                if (Re2Class.NamedSet(pattern, position, out var set, out var length))
                {
                    Emit($"[{set}]", length, true);
                    return;
                }
                var point = Re2Class.EscapedCharacter(pattern, position, out length);
                Re2Class.AppendPoint(output, point, insideClass: false);
                position += length;
                repeatable = true;
                return;
        }
    }
}
