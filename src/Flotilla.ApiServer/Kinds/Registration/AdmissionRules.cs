using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Registration;

/// <summary>The rules by which webhooks and admission policies say which requests they are for.</summary>
internal static class AdmissionRules
{
    public static void Check(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        if (rule.Length("operations") == 0)
            problems.Required(path["operations"]);
        Alone(problems, path["operations"], rule.Array("operations"), "operations");
        foreach (var (at, operation) in rule.EachText("operations", path))
            problems.OneOf(at, operation, "*", "CONNECT", "CREATE", "DELETE", "UPDATE");

        if (rule.Length("apiGroups") == 0)
            problems.Required(path["apiGroups"]);
        Alone(problems, path["apiGroups"], rule.Array("apiGroups"), "API groups");
        if (rule.Length("apiVersions") == 0)
            problems.Required(path["apiVersions"]);
        Alone(problems, path["apiVersions"], rule.Array("apiVersions"), "API versions");
        foreach (var (at, version) in rule.EachText("apiVersions", path))
        {
            if (version.Length == 0)
                problems.Required(at);
        }
        Resources(problems, path["resources"], rule);
        if (rule.Has("scope"))
            problems.OneOf(path["scope"], rule.Text("scope"), "*", "Cluster", "Namespaced");
    }

    /// <summary>A rule that may also name the objects.</summary>
    public static void CheckNamed(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, name) in rule.EachText("resourceNames", path))
        {
            problems.Invalid(at, name, Names.PathSegmentProblems(name));
            if (!names.Add(name))
                problems.Duplicate(at, name);
        }
        Check(problems, path, rule);
    }

    private static void Alone(FieldProblems problems, FieldPath path, JsonArray? values, string what)
    {
        if (values is { Count: > 1 } && values.Any(value => value.AsStringOrNull() == "*"))
            problems.Invalid(path, values, $"if '*' is present, must not specify other {what}");
    }

    private static void Resources(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        var resources = rule.Texts("resources").ToList();
        if (resources.Count == 0)
            problems.Required(path);
        var wholeOf = new HashSet<string>(StringComparer.Ordinal);
        var everywhere = new HashSet<string>(StringComparer.Ordinal);
        var endsPlain = false;
        for (var i = 0; i < resources.Count; i++)
        {
            var full = resources[i];
            if (full.Length == 0)
            {
                problems.Required(path[i]);
                continue;
            }
            var slash = full.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
            {
                // The last one counts, as in kube-apiserver.
                endsPlain = full != "*";
                continue;
            }
            var (resource, subresource) = (full[..slash], full[(slash + 1)..]);
            if (wholeOf.Contains(resource))
                problems.Invalid(path[i], full, $"if '{resource}/*' is present, must not specify {full}");
            if (everywhere.Contains(subresource))
                problems.Invalid(path[i], full, $"if '*/{subresource}' is present, must not specify {full}");
            if (subresource == "*")
                wholeOf.Add(resource);
            if (resource == "*")
                everywhere.Add(subresource);
        }
        if (resources.Count > 1 && resources.Contains("*/*"))
            problems.Invalid(path, rule.Member("resources"), "if '*/*' is present, must not specify other resources");
        if (endsPlain && resources.Contains("*"))
            problems.Invalid(path, rule.Member("resources"), "if '*' is present, must not specify other resources without subresources");
    }
}
