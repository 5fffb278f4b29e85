using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Registration;

/// <summary>What admission policies and their bindings share: which objects they are for, and their parameters.</summary>
internal static class PolicyMatching
{
    public static void Resources(FieldProblems problems, FieldPath path, JsonObject match)
    {
        problems.RequiredOneOf(path["matchPolicy"], match.Text("matchPolicy"), "Equivalent", "Exact");
        foreach (var selector in (ReadOnlySpan<string>)["namespaceSelector", "objectSelector"])
        {
            if (!match.Has(selector))
                problems.Required(path[selector]);
            LabelRules.Selector(problems, path[selector], match.Object(selector));
        }
        foreach (var rules in (string[])["resourceRules", "excludeResourceRules"])
        {
            foreach (var (at, rule) in match.Each(rules, path))
                AdmissionRules.CheckNamed(problems, at, rule);
        }
    }

    public static void ParameterKind(FieldProblems problems, FieldPath path, JsonObject kind)
    {
        var (apiVersion, name) = (kind.Text("apiVersion"), kind.Text("kind"));
        var parts = apiVersion.Split('/');
        if (apiVersion.Length == 0)
            problems.Required(path["apiVersion"]);
        else if (parts.Length > 2)
            problems.Invalid(path["apiVersion"], apiVersion, $"unexpected GroupVersion string: {apiVersion}");
        else
        {
            var (group, version) = parts.Length == 2 ? (parts[0], parts[1]) : ("", parts[0]);
            if (group.Length > 0)
                Joined(problems, path["apiVersion"], group, Names.DnsSubdomainProblems(group));
            if (version.Length == 0)
                problems.Invalid(path["apiVersion"], apiVersion, "version must be specified");
            else
                Joined(problems, path["apiVersion"], version, Names.Dns1035LabelProblems(version));
        }
        if (name.Length == 0)
            problems.Required(path["kind"]);
        else
            Joined(problems, path["kind"], name, Names.Dns1035LabelProblems(name.ToLowerInvariant()), "may have mixed case, but should otherwise match: ");
    }

    public static void ParameterReference(FieldProblems problems, FieldPath path, JsonObject reference)
    {
        const string exclusive = "name and selector are mutually exclusive";
        var (name, selector) = (reference.Text("name"), reference.Object("selector"));
        if (name.Length > 0)
            problems.Invalid(path["name"], name, Names.PathSegmentProblems(name));
        if (name.Length > 0 && selector is not null)
            problems.Forbidden(path["name"], exclusive);
        LabelRules.Selector(problems, path["selector"], selector);
        if (name.Length > 0 && selector is not null)
            problems.Forbidden(path["selector"], exclusive);
        if (name.Length == 0 && selector is null)
            problems.Required(path, "one of name or selector must be specified");
        problems.RequiredOneOf(path["parameterNotFoundAction"], reference.Text("parameterNotFoundAction"), "Allow", "Deny");
    }

    private static void Joined(FieldProblems problems, FieldPath path, string value, IEnumerable<string> details, string before = "")
    {
        var all = string.Join(',', details);
        if (all.Length > 0)
            problems.Invalid(path, value, before + all);
    }
}
