using System.Text;
using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Text;

/// <summary>Name rules below the server (apimachinery <c>validation</c>), in kube-apiserver's words.</summary>
internal static partial class DnsNames
{
    private const int MaxLabelLength = 63;
    private const int MaxSubdomainLength = 253;

    /// <summary>What keeps a text from being an RFC 1035 label, all problems joined as <c>apimachinery</c>'s callers do; null when nothing does.</summary>
    public static string? Label1035Problem(string text)
    {
        var problems = Label1035Problems(text);
        return problems.Count == 0 ? null : string.Join(",", problems);
    }

    /// <summary>What keeps a text from being an RFC 1035 label; empty when nothing does.</summary>
    public static IReadOnlyList<string> Label1035Problems(string text) =>
    [
        .. LengthProblem(text, MaxLabelLength),
        .. Label1035().IsMatch(text) ? (IEnumerable<string>)[] :
        [
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an " +
            "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        ],
    ];

    /// <summary>What keeps a text from being an RFC 1123 label; empty when nothing does.</summary>
    public static IReadOnlyList<string> Label1123Problems(string text) =>
    [
        .. LengthProblem(text, MaxLabelLength),
        .. Label1123().IsMatch(text) ? (IEnumerable<string>)[] :
        [
            Subdomain().IsMatch(text)
                ? "must not contain dots"
                : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
                    "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ],
    ];

    /// <summary>What keeps a text from being an RFC 1123 subdomain; empty when nothing does.</summary>
    public static IReadOnlyList<string> SubdomainProblems(string text) =>
    [
        .. LengthProblem(text, MaxSubdomainLength),
        .. Subdomain().IsMatch(text) ? (IEnumerable<string>)[] :
        [
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character " +
            @"(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ],
    ];

    /// <summary>A name that something is appended to may end in a dash.</summary>
    public static string MaskTrailingDash(string name) => name.Length > 1 && name[^1] == '-' ? name[..^2] + "a" : name;

    private static IEnumerable<string> LengthProblem(string text, int most) =>
        Encoding.UTF8.GetByteCount(text) > most ? [$"must be no more than {most} characters"] : [];

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label1035();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label1123();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
