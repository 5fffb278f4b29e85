using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Text;

/// <summary>A regular expression in RE2 syntax (Go's <c>regexp</c>), matched in linear time.</summary>
/// <remarks>Syntax: https://github.com/google/re2/wiki/Syntax. Not known here: <c>\C</c>; scripts beyond the usual ones.</remarks>
public sealed class Re2
{
    // Patterns repeat a lot (every quantity in every CRD); the bound only keeps an attacker from filling memory.
    private const int MostKept = 4096;
    private static readonly ConcurrentDictionary<string, Re2> Kept = new(StringComparer.Ordinal);
    private readonly Regex regex;

    private Re2(string pattern, Regex regex)
    {
        Pattern = pattern;
        this.regex = regex;
    }

    /// <summary>The pattern as it was given.</summary>
    public string Pattern { get; }

    /// <summary>Reads a pattern. Equal patterns share one object.</summary>
    /// <exception cref="Re2Exception">The pattern is not valid; the message is Go's, as <c>error parsing regexp: missing closing ): `(`</c>.</exception>
    public static Re2 Parse(string pattern)
    {
        if (Kept.TryGetValue(pattern, out var kept))
            return kept;
        var made = new Re2(pattern, Compile(new Re2Translator(pattern).Translate()));
        if (Kept.Count >= MostKept)
            Kept.Clear();
        return Kept.GetOrAdd(pattern, made);
    }

    /// <summary>Reads a pattern; answers null, with Go's message, when it is not valid.</summary>
    public static Re2? TryParse(string pattern, out string error)
    {
        try
        {
            error = "";
            return Parse(pattern);
        }
        catch (Re2Exception e)
        {
            error = e.Message;
            return null;
        }
    }

    /// <summary>Whether the pattern matches somewhere in the text.</summary>
    public bool IsMatch(string text) => regex.IsMatch(OneUnitPerCharacter(text));

    /// <summary>The first match, or null.</summary>
    public string? Find(string text) => FindAll(text, 1) is [var first] ? first : null;

    /// <summary>All matches that do not overlap, as Go's <c>FindAllString</c> finds them.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="most">How many to find at most; negative for all.</param>
    public IReadOnlyList<string> FindAll(string text, int most)
    {
        var found = new List<string>();
        var units = OneUnitPerCharacter(text);
        var (position, original, previousEnd) = (0, 0, -1);
        for (var match = regex.Match(units); match.Success && (most < 0 || found.Count < most); match = match.NextMatch())
        {
            // Go leaves out an empty match right behind another match.
            if (match.Length == 0 && match.Index == previousEnd)
                continue;
            previousEnd = match.Index + match.Length;
            var start = original += UnitsOf(text, original, match.Index - position);
            original += UnitsOf(text, original, match.Length);
            position = previousEnd;
            found.Add(text[start..original]);
        }
        return found;
    }

    /// <summary>The length of so many characters, in UTF-16 units.</summary>
    private static int UnitsOf(string text, int start, int characters)
    {
        var end = start;
        for (; characters > 0; characters--)
            end += char.IsHighSurrogate(text[end]) && end + 1 < text.Length && char.IsLowSurrogate(text[end + 1]) ? 2 : 1;
        return end - start;
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            // The automaton would be too large. Backtracking with a limit is the lesser evil.
            return new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>RE2 counts characters, .NET counts UTF-16 units: characters beyond the basic plane become one unit that no class names.</summary>
    private static string OneUnitPerCharacter(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0)
            return text;
        var result = new StringBuilder(text, 0, first, text.Length);
        foreach (var rune in text.AsSpan(first).EnumerateRunes())
            result.Append(rune.IsBmp ? (char)rune.Value : '\uF8FF');
        return result.ToString();
    }
}

/// <summary>A pattern is not a regular expression.</summary>
public sealed class Re2Exception(string message) : FormatException("error parsing regexp: " + message);
