using System.Globalization;

namespace Flotilla.ApiServer.Requests;

/// <summary>One media range of an <c>Accept</c> header (RFC 9110, section 12.5.1).</summary>
internal sealed class AcceptClause
{
    private readonly Dictionary<string, string> parameters = new(StringComparer.Ordinal);
    private string type = "";
    private string subtype = "";
    private double quality = 1;

    public string? Parameter(string name) => parameters.GetValueOrDefault(name);

    public bool Matches(string applicationSubtype) =>
        (type, subtype) is ("*", "*") or ("application", "*") || (type == "application" && subtype == applicationSubtype);

    /// <summary>All ranges that can be read, the preferred ones first: quality, then the more specific; order of the header otherwise.</summary>
    public static IReadOnlyList<AcceptClause> ParseAll(string header)
    {
        var clauses = new List<AcceptClause>();
        foreach (var part in header.Split(','))
        {
            if (Parse(part.AsSpan().Trim()) is { } clause)
                clauses.Add(clause);
        }
        return [.. clauses.Order(Comparer<AcceptClause>.Create(Compare))];
    }

    /// <summary>Whether a range names one of these types outright, or is <c>*/*</c>.</summary>
    public static bool AnyNames(string header, ReadOnlySpan<string> types)
    {
        foreach (var part in header.Split(','))
        {
            var semicolon = part.IndexOf(';', StringComparison.Ordinal);
            var name = (semicolon < 0 ? part : part[..semicolon]).Trim();
            if (name == "*/*" || types.Contains(name))
                return true;
        }
        return false;
    }

    private static int Compare(AcceptClause a, AcceptClause b)
    {
        var byQuality = b.quality.CompareTo(a.quality);
        if (byQuality != 0)
            return byQuality;
        var byType = (a.type == "*").CompareTo(b.type == "*");
        return byType != 0 ? byType : (a.subtype == "*").CompareTo(b.subtype == "*");
    }

    private static AcceptClause? Parse(ReadOnlySpan<char> text)
    {
        var clause = new AcceptClause();
        var rest = text;
        var range = Cut(ref rest, ';');
        var slash = range.IndexOf('/');
        clause.type = (slash < 0 ? range : range[..slash]).Trim().ToString();
        clause.subtype = slash < 0 ? "*" : range[(slash + 1)..].Trim().ToString();
        if ((slash < 0 && clause.type != "*") || clause.subtype.Contains('/', StringComparison.Ordinal))
            return null;
        while (!rest.IsEmpty)
        {
            var parameter = Cut(ref rest, ';');
            var equals = parameter.IndexOf('=');
            if (equals < 0)
                continue;
            var name = parameter[..equals].Trim().ToString();
            var value = parameter[(equals + 1)..].Trim();
            if (name != "q")
                clause.parameters[name] = value.ToString();
            else
                clause.quality = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var q) ? q : 0;
        }
        return clause;
    }

    private static ReadOnlySpan<char> Cut(ref ReadOnlySpan<char> rest, char separator)
    {
        var end = rest.IndexOf(separator);
        var part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return part;
    }
}
