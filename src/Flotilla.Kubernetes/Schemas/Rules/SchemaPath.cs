using System.Text;

namespace Flotilla.Kubernetes.Schemas.Rules;

/// <summary>
/// Paths inside a schema, as rules and selectable fields name them: <c>.spec.replicas</c>, <c>.labels['a.b']</c>. No indexes, no
/// functions; each part must be declared.
/// </summary>
internal static class SchemaPath
{
    /// <summary>Follows a path in a compiled schema; null when it does not fit.</summary>
    public static string? Resolve(string path, Schema schema) =>
        Resolve(path, schema, s => s.Properties.Count > 0, (s, name) => s.Properties.GetValueOrDefault(name), s => s.AdditionalProperties, true, out _);

    /// <summary>Follows a path and answers it as field errors show it (<c>spec.replicas</c>, <c>labels[a.b]</c>).</summary>
    /// <param name="path">The path, starting with a dot or bracket.</param>
    /// <param name="schema">Where it starts.</param>
    /// <param name="hasProperties">Whether a schema has named fields.</param>
    /// <param name="property">The schema of a named field.</param>
    /// <param name="values">The schema of a map's values.</param>
    /// <param name="brackets">Whether <c>['name']</c> is allowed.</param>
    /// <param name="result">The schema it leads to, or what is wrong with the path.</param>
    /// <returns>Null when the path does not fit.</returns>
    public static string? Resolve<T>(
        string path, T schema, Func<T, bool> hasProperties, Func<T, string, T?> property, Func<T, T?> values, bool brackets, out (T? Schema, string Problem) result)
        where T : class
    {
        var shown = new StringBuilder();
        var current = schema;
        var tokens = Tokens(path);
        for (var i = 0; i < tokens.Count; i++)
        {
            string name;
            if (tokens[i] == "[" && brackets)
            {
                if (++i >= tokens.Count)
                    return Fail(out result, "unexpected end of JSON path");
                if (tokens[i] is not ['\'', .., '\''] quoted || quoted.Length < 2)
                    return Fail(out result, $"expected single quoted string but got {tokens[i]}");
                if (Unescape(quoted[1..^1], out name) is { } problem)
                    return Fail(out result, $"invalid string literal: {problem}");
                if (++i >= tokens.Count)
                    return Fail(out result, "unexpected end of JSON path");
                if (tokens[i] != "]")
                    return Fail(out result, $"expected ] but got {tokens[i]}");
            }
            else if (tokens[i] == ".")
            {
                if (++i >= tokens.Count)
                    return Fail(out result, "unexpected end of JSON path");
                name = tokens[i];
            }
            else
            {
                return Fail(out result, tokens[i] == "[" ? "array notation is not allowed" : $"expected [ or . but got: {tokens[i]}");
            }
            var isNamed = hasProperties(current);
            var next = isNamed ? property(current, name) : values(current);
            if (next is null)
                return Fail(out result, "does not refer to a valid field");
            if (!isNamed)
                shown.Append('[').Append(name).Append(']');
            else
                shown.Append(shown.Length == 0 ? "" : ".").Append(name);
            current = next;
        }
        result = (current, "");
        return shown.ToString();
    }

    private static string? Fail<T>(out (T? Schema, string Problem) result, string problem)
        where T : class
    {
        result = (null, problem);
        return null;
    }

    /// <summary>Dots, brackets, texts in single quotes, and what stands between them.</summary>
    private static List<string> Tokens(string path)
    {
        var tokens = new List<string>();
        for (var i = 0; i < path.Length;)
        {
            var end = i + 1;
            if (path[i] == '\'')
            {
                while (end < path.Length && (path[end] != '\'' || path[end - 1] == '\\'))
                    end++;
                end = Math.Min(end + 1, path.Length);
            }
            else if (path[i] is not ('.' or '[' or ']'))
            {
                while (end < path.Length && path[end] is not ('.' or '[' or ']'))
                    end++;
            }
            tokens.Add(path[i..end]);
            i = end;
        }
        return tokens;
    }

    private static string? Unescape(string text, out string plain)
    {
        var result = new StringBuilder(text.Length);
        plain = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }
            var known = "abfnrtv'\\".IndexOf(text[++i], StringComparison.Ordinal);
            if (known < 0)
                return $"invalid escape char \\{text[i]}";
            result.Append("\a\b\f\n\r\t\v'\\"[known]);
        }
        plain = result.ToString();
        return null;
    }
}
