using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Selectors;

/// <summary>Rules for label keys and values (apimachinery <c>validate/content</c>), in the words of kube-apiserver.</summary>
public static partial class LabelSyntax
{
    private const int MaxLength = 63;
    private const int MaxPrefixLength = 253;

    private const string NameProblem =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueProblem =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
        "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string PrefixProblem =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character " +
        @"(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>What is wrong with a label key (a qualified name: <c>[subdomain/]name</c>); empty when it is fine.</summary>
    public static IReadOnlyList<string> KeyProblems(string key)
    {
        var problems = new List<string>();
        var name = key;
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            name = key[(slash + 1)..];
            if (name.Contains('/', StringComparison.Ordinal))
                return ["a valid label key " + NameProblem + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
            AddPrefixProblems(problems, key[..slash]);
        }
        if (name.Length == 0)
            problems.Add("name part must be non-empty");
        else if (Utf8Length(name) > MaxLength)
            problems.Add($"name part must be no more than {MaxLength} bytes");
        if (!Name().IsMatch(name))
            problems.Add("name part " + NameProblem);
        return problems;
    }

    /// <summary>What is wrong with a label value; empty when it is fine (the empty value is).</summary>
    public static IReadOnlyList<string> ValueProblems(string value)
    {
        var problems = new List<string>();
        if (Utf8Length(value) > MaxLength)
            problems.Add($"must be no more than {MaxLength} bytes");
        if (value.Length > 0 && !Name().IsMatch(value))
            problems.Add(ValueProblem);
        return problems;
    }

    private static void AddPrefixProblems(List<string> problems, string prefix)
    {
        if (prefix.Length == 0)
        {
            problems.Add("prefix part must be non-empty");
            return;
        }
        if (Utf8Length(prefix) > MaxPrefixLength)
            problems.Add($"prefix part must be no more than {MaxPrefixLength} bytes");
        if (!Subdomain().IsMatch(prefix))
            problems.Add("prefix part " + PrefixProblem);
    }

    private static int Utf8Length(string text) => System.Text.Encoding.UTF8.GetByteCount(text);

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
