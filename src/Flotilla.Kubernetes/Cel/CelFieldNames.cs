using System.Collections.Frozen;
using System.Text;

namespace Flotilla.Kubernetes.Cel;

/// <summary>
/// Names of object properties inside expressions. Kubernetes escapes what is not an identifier: <c>a-b</c> is read as
/// <c>self.a__dash__b</c>, <c>namespace</c> as <c>self.__namespace__</c>.
/// </summary>
public static class CelFieldNames
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while",
    ]);

    internal static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>The name in expressions, or null when expressions cannot reach such a property.</summary>
    public static string? Escape(string property)
    {
        if (property.Length == 0 || char.IsAsciiDigit(property[0]))
            return null;
        if (Reserved.Contains(property))
            return $"__{property}__";
        if (property.AsSpan().IndexOfAnyExcept(Identifier) < 0 && !property.Contains("__", StringComparison.Ordinal))
            return property;
        var escaped = new StringBuilder(property.Length + 16);
        for (var i = 0; i < property.Length; i++)
        {
            var c = property[i];
            if (c == '_' && i + 1 < property.Length && property[i + 1] == '_')
            {
                escaped.Append("__underscores__");
                i++;
            }
            else if (c is '.' or '-' or '/')
            {
                escaped.Append(c switch { '.' => "__dot__", '-' => "__dash__", _ => "__slash__" });
            }
            else if (char.IsAsciiLetterOrDigit(c) || c == '_')
            {
                escaped.Append(c);
            }
            else
            {
                return null;
            }
        }
        return escaped.ToString();
    }

    /// <summary>The property behind a name in expressions, or null when the name holds an escape that does not exist.</summary>
    public static string? Unescape(string name)
    {
        if (!name.Contains("__", StringComparison.Ordinal))
            return name;
        var property = new StringBuilder(name.Length);
        var position = 0;
        while (position < name.Length)
        {
            if (!TryReadEscape(name, position, out var word, out var end))
            {
                property.Append(name[position++]);
                continue;
            }
            var plain = word switch { "underscores" => "__", "dot" => ".", "dash" => "-", "slash" => "/", _ => null };
            if (plain is null && !(Reserved.Contains(word) && position == 0 && end == name.Length))
                return null;
            property.Append(plain ?? word);
            position = end;
        }
        return property.ToString();
    }

    private static bool TryReadEscape(string name, int start, out string word, out int end)
    {
        (word, end) = ("", start);
        if (string.CompareOrdinal(name, start, "__", 0, 2) != 0)
            return false;
        var close = start + 2;
        while (close < name.Length && name[close] != '_')
            close++;
        if (close == start + 2 || string.CompareOrdinal(name, close, "__", 0, 2) != 0)
            return false;
        word = name[(start + 2)..close];
        end = close + 2;
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> Identifier =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}
