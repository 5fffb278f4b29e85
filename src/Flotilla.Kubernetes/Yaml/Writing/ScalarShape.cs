using System.Text;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Yaml.Writing;

/// <summary>How a text can be written.</summary>
internal enum ScalarStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// <summary>Chooses the style of a text: plain if it reads back as text, a literal block if it has lines, else the gentlest quotes that can hold it.</summary>
internal static partial class ScalarShape
{
    public static ScalarStyle StyleOf(string text, bool isKey)
    {
        if (text.Length == 0)
            return ScalarStyle.DoubleQuoted;
        var has = Analyze(text);
        if (has.Lines && text.Contains('\n', StringComparison.Ordinal))
            return isKey || has.TrailingSpace || has.SpaceBeforeBreak || has.Special ? ScalarStyle.DoubleQuoted : ScalarStyle.Literal;
        if (MayBeMisread(text, isKey) || Base60().IsMatch(text))
            return ScalarStyle.DoubleQuoted;
        if (has.Special || has.SpaceBeforeBreak || has.SpaceAfterBreak)
            return ScalarStyle.DoubleQuoted;
        if (has.Lines && isKey)
            return ScalarStyle.DoubleQuoted;
        return has.Indicators || has.LeadingSpace || has.TrailingSpace || has.Lines ? ScalarStyle.SingleQuoted : ScalarStyle.Plain;
    }

    /// <summary>Characters that are written as they are, also in quotes. Beyond the basic plane nothing is, to go-yaml.</summary>
    public static bool IsPrintable(Rune rune) =>
        rune.Value is '\n' or >= ' ' and <= '~' or >= 0xA0 and < 0xD800 or >= 0xE000 and < 0xFFFE and not 0xFEFF;

    /// <summary>As a value <c>&lt;&lt;</c> is text. As a key it is not, though go-yaml forgets.</summary>
    private static bool MayBeMisread(string text, bool isKey) => YamlScalars.KindOf(text) switch
    {
        YamlScalars.Kind.Str => false,
        YamlScalars.Kind.Merge => isKey,
        _ => true,
    };

    public static bool IsBreak(Rune rune) => rune.IsBmp && Scanning.YamlCursor.IsBreak((char)rune.Value);

    private static Traits Analyze(string text)
    {
        var traits = new Traits { Indicators = text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal) };
        var previous = ' ';
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var end = index + rune.Utf16SequenceLength;
            var c = rune.IsBmp ? (char)rune.Value : 'x';
            traits.Indicators |= IsIndicator(c, index == 0, previous, end >= text.Length || text[end] is ' ' or '\t');
            traits.Special |= !IsPrintable(rune);
            if (c == ' ')
            {
                traits.LeadingSpace |= index == 0;
                traits.TrailingSpace |= end == text.Length;
                traits.SpaceAfterBreak |= index > 0 && Scanning.YamlCursor.IsBreak(previous);
            }
            else if (IsBreak(rune))
            {
                traits.Lines = true;
                traits.SpaceBeforeBreak |= index > 0 && previous == ' ';
            }
            previous = c;
            index = end;
        }
        return traits;
    }

    private static bool IsIndicator(char c, bool first, char previous, bool blankFollows) => c switch
    {
        ',' or '[' or ']' or '{' or '}' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' => first,
        '?' or '-' => first && blankFollows,
        ':' => blankFollows,
        '#' => first || Scanning.YamlCursor.IsBlankOrEnd(previous),
        _ => false,
    };

    private struct Traits
    {
        public bool Indicators;
        public bool Special;
        public bool Lines;
        public bool LeadingSpace;
        public bool TrailingSpace;
        public bool SpaceAfterBreak;
        public bool SpaceBeforeBreak;
    }

    /// <summary>Base 60, which YAML 1.1 has and go-yaml does not read; others might.</summary>
    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\z")]
    private static partial Regex Base60();
}
