using System.Text;

namespace Flotilla.Kubernetes.Selectors;

/// <summary>One term of a field selector.</summary>
/// <param name="Field">The field's label, as <c>metadata.name</c>.</param>
/// <param name="IsEqual">True for <c>=</c> and <c>==</c>, false for <c>!=</c>.</param>
/// <param name="Value">The value, unescaped.</param>
public sealed record FieldRequirement(string Field, bool IsEqual, string Value);

/// <summary>A field selector: all its requirements must hold. Which fields a resource knows is the server's matter. Immutable.</summary>
public sealed class FieldSelector
{
    private FieldSelector(IReadOnlyList<FieldRequirement> requirements) => Requirements = requirements;

    /// <summary>Matches every object.</summary>
    public static FieldSelector Everything { get; } = new([]);

    /// <summary>The requirements, in the order of their text.</summary>
    public IReadOnlyList<FieldRequirement> Requirements { get; }

    /// <summary>Whether nothing is asked for.</summary>
    public bool IsEverything => Requirements.Count == 0;

    /// <summary>
    /// Reads <c>a.b=c,d!=e,f==g</c> (apimachinery <c>fields.ParseSelector</c>); in values, <c>\</c> escapes <c>\ , =</c>.
    /// </summary>
    /// <exception cref="SelectorException">With kube-apiserver's message.</exception>
    public static FieldSelector Parse(string? selector)
    {
        if (string.IsNullOrEmpty(selector))
            return Everything;
        var requirements = new List<FieldRequirement>();
        foreach (var term in SplitTerms(selector).Order(StringComparer.Ordinal))
        {
            if (term.Length > 0)
                requirements.Add(ParseTerm(selector, term));
        }
        return requirements.Count == 0 ? Everything : new FieldSelector(requirements);
    }

    /// <summary>The value that the selector demands of a field; null when it demands none.</summary>
    public string? ExactValue(string field)
    {
        foreach (var requirement in Requirements)
        {
            if (requirement.IsEqual && requirement.Field == field)
                return requirement.Value;
        }
        return null;
    }

    /// <summary>Whether an object is selected whose fields <paramref name="lookup"/> tells; null counts as empty.</summary>
    public bool Matches(Func<string, string?> lookup)
    {
        foreach (var requirement in Requirements)
        {
            if ((lookup(requirement.Field) ?? "") == requirement.Value != requirement.IsEqual)
                return false;
        }
        return true;
    }

    /// <summary>The query form, values escaped.</summary>
    public override string ToString() =>
        string.Join(",", Requirements.Select(r => $"{r.Field}{(r.IsEqual ? "=" : "!=")}{Escape(r.Value)}"));

    /// <summary>Escapes a value for the query form.</summary>
    public static string Escape(string value) => value
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace(",", @"\,", StringComparison.Ordinal)
        .Replace("=", @"\=", StringComparison.Ordinal);

    private static List<string> SplitTerms(string selector)
    {
        var terms = new List<string>();
        var start = 0;
        for (var i = 0; i < selector.Length; i++)
        {
            if (selector[i] == '\\')
            {
                i++;
            }
            else if (selector[i] == ',')
            {
                terms.Add(selector[start..i]);
                start = i + 1;
            }
        }
        terms.Add(selector[start..]);
        return terms;
    }

    private static FieldRequirement ParseTerm(string selector, string term)
    {
        for (var i = 0; i < term.Length; i++)
        {
            var rest = term.AsSpan(i);
            if (rest.StartsWith("!="))
                return new FieldRequirement(term[..i], false, Unescape(term[(i + 2)..]));
            if (rest.StartsWith("=="))
                return new FieldRequirement(term[..i], true, Unescape(term[(i + 2)..]));
            if (rest[0] == '=')
                return new FieldRequirement(term[..i], true, Unescape(term[(i + 1)..]));
        }
        throw new SelectorException($"invalid selector: '{selector}'; can't understand '{term}'");
    }

    private static string Unescape(string value)
    {
        if (value.AsSpan().IndexOfAny(@"\,=") < 0)
            return value;
        var plain = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            switch (value[i])
            {
                case '\\' when i + 1 == value.Length:
                    throw new SelectorException(@"invalid field selector: invalid escape sequence: \");
                case '\\' when value[i + 1] is '\\' or ',' or '=':
                    plain.Append(value[++i]);
                    break;
                case '\\':
                    throw new SelectorException($@"invalid field selector: invalid escape sequence: \{value.AsSpan(i + 1, char.IsSurrogatePair(value, i + 1) ? 2 : 1)}");
                case ',' or '=':
                    throw new SelectorException($"invalid field selector: unescaped character in value: {(int)value[i]}");
                default:
                    plain.Append(value[i]);
                    break;
            }
        }
        return plain.ToString();
    }
}
