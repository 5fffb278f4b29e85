using System.Globalization;
using System.Text;

namespace Flotilla.ApiServer.CustomResources;

/// <summary>Reads paths; answers null for what is not one, because a column with a bad path is shown empty.</summary>
internal sealed class JsonPathParser(string text)
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">"];
    private readonly List<JsonPathStep> steps = [];
    private int position;

    public static IReadOnlyList<JsonPathStep>? Parse(string text)
    {
        var parser = new JsonPathParser(text);
        while (parser.position < text.Length)
        {
            if (!parser.Step())
                return null;
        }
        return parser.steps;
    }

    private bool Step()
    {
        switch (text[position])
        {
            case '$' or '@' when position == 0:
                position++;
                return true;
            case '.' when At(position + 1) == '.':
                position += 2;
                steps.Add(new JsonPathStep.Recursive());
                return At(position) == '[' || Field();
            case '.':
                position++;
                // "." alone is the object, and ".[" is as good as "[".
                return position == text.Length || At(position) == '[' || Field();
            case '[':
                return Bracket();
            default:
                return position == 0 && Field();
        }
    }

    private char At(int index) => index < text.Length ? text[index] : '\0';

    private bool Field()
    {
        var name = new StringBuilder();
        for (; position < text.Length && text[position] is not ('.' or '['); position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
                position++;
            name.Append(text[position]);
        }
        if (name.Length == 0)
            return false;
        steps.Add(name.ToString() == "*" ? new JsonPathStep.Wildcard() : new JsonPathStep.Field(name.ToString()));
        return true;
    }

    private bool Bracket()
    {
        var end = Closing(position);
        if (end < 0)
            return false;
        var inner = text[(position + 1)..end].Trim();
        position = end + 1;
        var step = inner.StartsWith("?(", StringComparison.Ordinal) && inner.EndsWith(')') ? Filter(inner[2..^1].Trim()) : Union(inner);
        if (step is null)
            return false;
        steps.Add(step);
        return true;
    }

    /// <summary>Where the bracket that opens here closes; brackets in quotes do not count.</summary>
    private int Closing(int start)
    {
        var depth = 0;
        var quote = '\0';
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
                quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"')
                quote = c;
            else if (c == '[')
                depth++;
            else if (c == ']' && --depth == 0)
                return i;
        }
        return -1;
    }

    private static JsonPathStep? Union(string inner)
    {
        if (inner == "*")
            return new JsonPathStep.Wildcard();
        var parts = SplitOutsideQuotes(inner).Select(part => Part(part.Trim())).ToList();
        return parts.Contains(null) ? null : parts is [var only] ? only : new JsonPathStep.Union(parts!);
    }

    private static JsonPathStep? Part(string part)
    {
        if (part.Length >= 2 && part[0] is '\'' or '"' && part[^1] == part[0])
            return new JsonPathStep.Field(part[1..^1].Replace("\\", "", StringComparison.Ordinal));
        var bounds = part.Split(':');
        if (bounds.Length > 3 || bounds.Any(bound => bound.Length > 0 && !int.TryParse(bound, CultureInfo.InvariantCulture, out _)))
            return null;
        int? Bound(int i) => bounds.Length > i && bounds[i].Length > 0 ? int.Parse(bounds[i], CultureInfo.InvariantCulture) : null;
        if (bounds is [var single])
            return Bound(0) is { } index ? new JsonPathStep.Slice(index, index == -1 ? null : index + 1, 1) : single.Length == 0 ? null : new JsonPathStep.Field(single);
        return Bound(2) is null or > 0 ? new JsonPathStep.Slice(Bound(0), Bound(1), Bound(2) ?? 1) : null;
    }

    private static JsonPathStep? Filter(string expression)
    {
        var (at, symbol) = FindOperator(expression);
        var left = JsonPath.Parse(expression[..at].Trim());
        if (left is null)
            return null;
        if (symbol.Length == 0)
            return new JsonPathStep.Filter(left, "", null, null);
        var right = expression[(at + symbol.Length)..].Trim();
        if (!right.StartsWith('@'))
            return JsonPathStep.Literal(right) is { } literal ? new JsonPathStep.Filter(left, symbol, null, literal) : null;
        return JsonPath.Parse(right) is { } path ? new JsonPathStep.Filter(left, symbol, path, null) : null;
    }

    private static (int At, string Symbol) FindOperator(string expression)
    {
        var quote = '\0';
        for (var i = 0; i < expression.Length; i++)
        {
            if (quote != '\0')
                quote = expression[i] == quote ? '\0' : quote;
            else if (expression[i] is '\'' or '"')
                quote = expression[i];
            else if (Operators.FirstOrDefault(o => string.CompareOrdinal(expression, i, o, 0, o.Length) == 0) is { } found)
                return (i, found);
        }
        return (expression.Length, "");
    }

    private static IEnumerable<string> SplitOutsideQuotes(string inner)
    {
        var start = 0;
        var quote = '\0';
        for (var i = 0; i < inner.Length; i++)
        {
            if (quote != '\0')
                quote = inner[i] == quote ? '\0' : quote;
            else if (inner[i] is '\'' or '"')
                quote = inner[i];
            else if (inner[i] == ',')
            {
                yield return inner[start..i];
                start = i + 1;
            }
        }
        yield return inner[start..];
    }
}
