using System.Text;

namespace Flotilla.Core.Releases.Parameters;

/// <summary>
/// A text with placeholders: <c>${name}</c> stands for a value, <c>$$</c> for one dollar, any other dollar for itself.
/// </summary>
internal sealed class TextTemplate
{
    private readonly List<(string Text, bool IsName)> parts = [];

    private TextTemplate()
    {
    }

    /// <summary>Names of all placeholders.</summary>
    public IEnumerable<string> Names => parts.Where(p => p.IsName).Select(p => p.Text);

    /// <summary>The name, when the whole text is one placeholder: then the value keeps its type.</summary>
    public string? Whole => parts is [(var name, true)] ? name : null;

    /// <summary>Whether there is anything to read in a text; most have nothing.</summary>
    public static bool IsTemplate(string text)
    {
        for (var at = text.IndexOf('$'); at >= 0 && at + 1 < text.Length; at = text.IndexOf('$', at + 1))
        {
            if (text[at + 1] is '{' or '$')
                return true;
        }
        return false;
    }

    /// <summary>Reads a text; answers what is wrong with it, or null.</summary>
    public static string? TryRead(string text, out TextTemplate template)
    {
        template = new TextTemplate();
        var literal = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var next = text[i] == '$' && i + 1 < text.Length ? text[i + 1] : '\0';
            if (next == '$')
            {
                literal.Append('$');
                i++;
            }
            else if (next == '{')
            {
                var end = text.IndexOf('}', i + 2);
                if (end < 0)
                    return $"'${{' without '}}' in {Shown(text)}";
                var name = text[(i + 2)..end];
                if (name.Length == 0 || !name.All(IsNameCharacter))
                    return $"'${{{name}}}' is no placeholder: a name has letters, digits, '-', '_', '.' and '/'";
                template.AddLiteral(literal);
                template.parts.Add((name, true));
                i = end;
            }
            else
                literal.Append(text[i]);
        }
        template.AddLiteral(literal);
        return null;
    }

    /// <summary>The text with every placeholder replaced.</summary>
    public string Fill(Func<string, string> valueOf)
    {
        if (parts is [var only])
            return only.IsName ? valueOf(only.Text) : only.Text;
        var text = new StringBuilder();
        foreach (var (part, isName) in parts)
            text.Append(isName ? valueOf(part) : part);
        return text.ToString();
    }

    private void AddLiteral(StringBuilder literal)
    {
        if (literal.Length > 0)
            parts.Add((literal.ToString(), false));
        literal.Clear();
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/';

    private static string Shown(string text) => text.Length <= 60 ? $"\"{text}\"" : $"\"{text.AsSpan(0, 60)}…\"";
}
