using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.ControlPlane;

/// <summary>FlowSchemas: which requests go to which priority level.</summary>
internal sealed class FlowSchemaKind() : BuiltInKind(KindTraits.Generation | KindTraits.Status)
{
    private const long LastPrecedence = 10000;

    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
    private static readonly (string Kind, string Field)[] Subjects = [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")];

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Whole;

    public override MetadataChecks MetadataChecksOnStatusUpdate => MetadataChecks.None;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        var precedence = spec.Number("matchingPrecedence");
        if (precedence <= 0)
            problems.Invalid(path["matchingPrecedence"], precedence, "must be a positive value");
        if (precedence > LastPrecedence)
            problems.Invalid(path["matchingPrecedence"], precedence, $"must not be greater than {LastPrecedence}");
        if (precedence == 1 && obj.Object("metadata").Text("name") != "exempt")
            problems.Invalid(path["matchingPrecedence"], precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
        if (spec.Object("distinguisherMethod") is { } method && method.Text("type") is not ("ByNamespace" or "ByUser"))
            problems.NotSupported(path["distinguisherMethod"]["type"], method, ["ByNamespace", "ByUser"]);
        var level = spec.Object("priorityLevelConfiguration").Text("name");
        if (level.Length == 0)
            problems.Required(path["priorityLevelConfiguration"]["name"], "must reference a priority level");
        else
            problems.Invalid(path["priorityLevelConfiguration"]["name"], level, Names.DnsSubdomainProblems(level));
        foreach (var (at, rule) in spec.Each("rules", path))
            Rule(problems, at, rule);
        PriorityLevelKind.Conditions(problems, StatusOf(obj));
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old) => PriorityLevelKind.Conditions(problems, StatusOf(obj));

    private static void Rule(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        if (rule.Length("subjects") == 0)
            problems.Required(path["subjects"], "subjects must contain at least one value");
        foreach (var (at, subject) in rule.Each("subjects", path))
            Subject(problems, at, subject);
        if (rule.Length("resourceRules") == 0 && rule.Length("nonResourceRules") == 0)
            problems.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
        foreach (var (at, resources) in rule.Each("resourceRules", path))
            Resources(problems, at, resources);
        foreach (var (at, urls) in rule.Each("nonResourceRules", path))
        {
            VerbsOf(problems, at["verbs"], urls);
            if (Listed(problems, at["nonResourceURLs"], urls.Array("nonResourceURLs"), "nonResourceURLs must contain at least one value", "non-resource URLs"))
                continue;
            foreach (var (urlAt, url) in urls.EachText("nonResourceURLs", at))
                Url(problems, urlAt, url);
        }
    }

    private static void Subject(FieldProblems problems, FieldPath path, JsonNode? subject)
    {
        var kind = subject.Text("kind");
        if (!Subjects.Any(known => known.Kind == kind))
        {
            problems.NotSupported(path["kind"], kind, ["Group", "ServiceAccount", "User"]);
            return;
        }
        foreach (var (known, field) in Subjects)
        {
            if (known != kind)
            {
                if (subject.Has(field))
                    problems.Forbidden(path[field], $"{field} is forbidden when subject kind is not '{known}'");
            }
            else if (subject.Object(field) is not { } details)
                problems.Required(path[field], $"{field} is required when subject kind is '{known}'");
            else if (known == "ServiceAccount")
                Account(problems, path[field], details);
            else if (details.Text("name").Length == 0)
                problems.Required(path[field]["name"]);
        }
    }

    private static void Account(FieldProblems problems, FieldPath path, JsonObject account)
    {
        var (name, ns) = (account.Text("name"), account.Text("namespace"));
        if (name.Length == 0)
            problems.Required(path["name"]);
        else if (name != "*")
            problems.Invalid(path["name"], name, Names.DnsSubdomainProblems(name));
        if (ns.Length == 0)
            problems.Required(path["namespace"], "must specify namespace for service account");
        else
            problems.Invalid(path["namespace"], ns, Names.DnsLabelProblems(ns));
    }

    private static void Resources(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        VerbsOf(problems, path["verbs"], rule);
        Listed(problems, path["apiGroups"], rule.Array("apiGroups"), "resource rules must supply at least one api group", "api groups");
        Listed(problems, path["resources"], rule.Array("resources"), "resource rules must supply at least one resource", "resources");
        if (rule.Length("namespaces") == 0 && rule.IsTrue("clusterScope"))
            return;
        const string needed = "resource rules that are not cluster scoped must supply at least one namespace";
        if (Listed(problems, path["namespaces"], rule.Array("namespaces"), needed, "namespaces"))
            return;
        foreach (var (at, ns) in rule.EachText("namespaces", path))
            problems.Invalid(at, ns, Names.DnsLabelProblems(ns).Select(problem => "each member of this list must be '*' or a DNS-1123 label; " + problem));
    }

    private static void VerbsOf(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        if (!Listed(problems, path, rule.Array("verbs"), "verbs must contain at least one value", "verbs") && !rule.Texts("verbs").All(Verbs.Contains))
            problems.NotSupported(path, rule.Member("verbs"), Verbs);
    }

    /// <summary>There must be something, and nothing beside <c>*</c>. Answers whether all is said about the list.</summary>
    private static bool Listed(FieldProblems problems, FieldPath path, JsonArray? list, string needed, string others)
    {
        if (list is not { Count: > 0 })
        {
            problems.Required(path, needed);
            return true;
        }
        if (!list.Any(value => value.AsStringOrNull() == "*"))
            return false;
        if (list.Count > 1)
            problems.Invalid(path, list, $"if '*' is present, must not specify other {others}");
        return true;
    }

    private static void Url(FieldProblems problems, FieldPath path, string url)
    {
        if (url.Length == 0)
            problems.Invalid(path, url, "must not be empty");
        else if (url == "/")
            return;
        else if (url[0] != '/')
            problems.Invalid(path, url, "must start with slash");
        else if (url.Contains(' ', StringComparison.Ordinal))
            problems.Invalid(path, url, "must not contain white-space");
        else if (url.Contains("//", StringComparison.Ordinal))
            problems.Invalid(path, url, "must not contain double slash");
        else if (url.Count(c => c == '*') is var stars && (stars > 1 || (stars == 1 && !url.EndsWith("/*", StringComparison.Ordinal))))
            problems.Invalid(path, url, "wildcard can only do suffix matching");
    }
}
