using System.Text.RegularExpressions;

namespace Flotilla.ApiServer.Kinds;

/// <summary>Rules for names (apimachinery <c>validation</c>), in the words of kube-apiserver.</summary>
internal static partial class Names
{
    public const string SubdomainProblem =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character " +
        @"(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    public const string LabelProblem =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
        "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    /// <summary>RFC 1123 subdomain, at most 253 characters; what most objects are named.</summary>
    public static IEnumerable<string> DnsSubdomainProblems(string name, bool prefix = false)
    {
        name = prefix ? MaskTrailingDash(name) : name;
        if (name.Length > 253)
            yield return "must be no more than 253 bytes";
        if (!Subdomain().IsMatch(name))
            yield return SubdomainProblem;
    }

    /// <summary>RFC 1123 label, at most 63 characters; namespaces and others.</summary>
    public static IEnumerable<string> DnsLabelProblems(string name, bool prefix = false)
    {
        name = prefix ? MaskTrailingDash(name) : name;
        if (name.Length > 63)
            yield return "must be no more than 63 bytes";
        if (!Label().IsMatch(name))
            yield return LabelProblem;
    }

    /// <summary>A part of a path; RBAC objects are named so.</summary>
    public static IEnumerable<string> PathSegmentProblems(string name, bool prefix = false)
    {
        if (!prefix && name is "." or "..")
            yield return $"may not be '{name}'";
        if (name.Contains('/', StringComparison.Ordinal))
            yield return "may not contain '/'";
        if (name.Contains('%', StringComparison.Ordinal))
            yield return "may not contain '%'";
    }

    private static string MaskTrailingDash(string name) => name.Length > 1 && name[^1] == '-' ? name[..^1] + "a" : name;

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();
}
