using System.Text.RegularExpressions;

namespace Flotilla.Kubernetes.Text;

/// <summary>Name rules that schemas need (apimachinery <c>validation</c>), in kube-apiserver's words.</summary>
internal static partial class DnsNames
{
    /// <summary>What keeps a text from being an RFC 1035 label, all problems joined as <c>apimachinery</c>'s callers do; null when nothing does.</summary>
    public static string? Label1035Problem(string text)
    {
        var problems = new List<string>();
        if (text.Length > 63)
            problems.Add("must be no more than 63 characters");
        if (!Label1035().IsMatch(text))
        {
            problems.Add("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an " +
                "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
        }
        return problems.Count == 0 ? null : string.Join(",", problems);
    }

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label1035();
}
