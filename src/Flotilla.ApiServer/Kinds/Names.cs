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

    private const string Label1035Problem =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character " +
        "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string QualifiedNameProblem =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string LabelValueProblem =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
        "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string ConfigKeyProblem =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
        "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    private const string WildcardProblem =
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' " +
        @"and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>RFC 1123 subdomain, at most 253 characters; what most objects are named.</summary>
    public static IEnumerable<string> DnsSubdomainProblems(string name, bool prefix = false)
    {
        name = prefix ? MaskTrailingDash(name) : name;
        if (name.Length > 253)
            yield return "must be no more than 253 characters";
        if (!Subdomain().IsMatch(name))
            yield return SubdomainProblem;
    }

    /// <summary>RFC 1123 label, at most 63 characters; namespaces and others.</summary>
    public static IEnumerable<string> DnsLabelProblems(string name, bool prefix = false)
    {
        name = prefix ? MaskTrailingDash(name) : name;
        if (name.Length > 63)
            yield return "must be no more than 63 characters";
        if (!Label().IsMatch(name))
            yield return Subdomain().IsMatch(name) ? "must not contain dots" : LabelProblem;
    }

    /// <summary>RFC 1035 label, at most 63 characters: begins with a letter.</summary>
    public static IEnumerable<string> Dns1035LabelProblems(string name, bool prefix = false)
    {
        name = prefix ? MaskTrailingDash(name) : name;
        if (name.Length > 63)
            yield return "must be no more than 63 characters";
        if (!Label1035().IsMatch(name))
            yield return Label1035Problem;
    }

    /// <summary><c>*.</c> and a subdomain.</summary>
    public static IEnumerable<string> WildcardSubdomainProblems(string name)
    {
        if (name.Length > 253)
            yield return "must be no more than 253 characters";
        if (!name.StartsWith("*.", StringComparison.Ordinal) || !Subdomain().IsMatch(name[2..]))
            yield return WildcardProblem;
    }

    /// <summary>A part of a path; RBAC objects are named so.</summary>
    public static IEnumerable<string> PathSegmentProblems(string name, bool prefix = false)
    {
        if (!prefix && name is "." or "..")
        {
            yield return $"may not be '{name}'";
            yield break;
        }
        if (name.Contains('/', StringComparison.Ordinal))
            yield return "may not contain '/'";
        if (name.Contains('%', StringComparison.Ordinal))
            yield return "may not contain '%'";
    }

    /// <summary>A label's key, or anything else of the form <c>example.com/name</c> with an optional prefix.</summary>
    public static IEnumerable<string> QualifiedNameProblems(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        var name = value[(slash + 1)..];
        if (name.Contains('/', StringComparison.Ordinal))
        {
            yield return $"a valid label key {QualifiedNameProblem} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            yield break;
        }
        if (slash == 0)
            yield return "prefix part must be non-empty";
        else if (slash > 0)
        {
            if (slash > 253)
                yield return "prefix part must be no more than 253 bytes";
            if (!Subdomain().IsMatch(value[..slash]))
                yield return "prefix part " + SubdomainProblem;
        }
        if (name.Length == 0)
            yield return "name part must be non-empty";
        else if (name.Length > 63)
            yield return "name part must be no more than 63 bytes";
        if (!QualifiedName().IsMatch(name))
            yield return "name part " + QualifiedNameProblem;
    }

    /// <summary>The value of a label; may be empty.</summary>
    public static IEnumerable<string> LabelValueProblems(string value)
    {
        if (value.Length > 63)
            yield return "must be no more than 63 bytes";
        if (value.Length > 0 && !QualifiedName().IsMatch(value))
            yield return LabelValueProblem;
    }

    /// <summary>A key in a ConfigMap or Secret.</summary>
    public static IEnumerable<string> ConfigKeyProblems(string key)
    {
        if (key.Length > 253)
            yield return "must be no more than 253 characters";
        if (!ConfigKey().IsMatch(key))
            yield return ConfigKeyProblem;
        if (key is "." or "..")
            yield return $"must not be '{key}'";
        else if (key.StartsWith("..", StringComparison.Ordinal))
            yield return "must not start with '..'";
    }

    /// <summary>The name of a port (RFC 6335): at most 15 characters, at least one letter.</summary>
    public static IEnumerable<string> PortNameProblems(string name)
    {
        if (name.Length > 15)
            yield return "must be no more than 15 characters";
        if (!PortName().IsMatch(name))
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!name.AsSpan().ContainsAnyInRange('a', 'z'))
            yield return "must contain at least one letter (a-z)";
        if (name.Contains("--", StringComparison.Ordinal))
            yield return "must not contain consecutive hyphens";
        if (name.StartsWith('-') || name.EndsWith('-'))
            yield return "must not begin or end with a hyphen";
    }

    private static string MaskTrailingDash(string name) => name.Length > 1 && name[^1] == '-' ? name[..^2] + "a" : name;

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label1035();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex ConfigKey();

    [GeneratedRegex(@"^[-a-z0-9]+\z")]
    private static partial Regex PortName();
}
