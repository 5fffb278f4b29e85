using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Cel.Patterns;

/// <summary>
/// Regular expressions in RE2's syntax, which is Go's. They are matched in time linear in the text; what RE2 does not
/// have (back references, look-around) is refused.
/// </summary>
public static class Re2
{
    private const int MaxCached = 4096;
    private static readonly ConcurrentDictionary<string, (Regex? Regex, string Error)> Cache = new(StringComparer.Ordinal);

    /// <summary>Compiles a pattern; compiled patterns are kept.</summary>
    /// <param name="pattern">The pattern in RE2's syntax.</param>
    /// <param name="regex">The compiled pattern, not anchored.</param>
    /// <param name="error">Why it does not compile, as Go says it: <c>error parsing regexp: missing closing ): `(`</c>.</param>
    public static bool TryCompile(string pattern, [NotNullWhen(true)] out Regex? regex, out string error)
    {
        if (!Cache.TryGetValue(pattern, out var compiled))
        {
            if (Cache.Count >= MaxCached)
                Cache.Clear();
            compiled = Compile(pattern);
            Cache[pattern] = compiled;
        }
        (regex, error) = compiled;
        return regex is not null;
    }

    private static (Regex? Regex, string Error) Compile(string pattern)
    {
        try
        {
            return (new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), "");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return (null, $"error parsing regexp: {e.Message}");
        }
    }
}
