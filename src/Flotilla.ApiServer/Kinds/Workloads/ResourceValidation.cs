using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Resource names and what containers ask of them.</summary>
internal static class ResourceValidation
{
    private const string HugePages = "hugepages-";

    private static readonly HashSet<string> Standard =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
        "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
        "storage", "requests.storage", "services.nodeports", "services.loadbalancers",
    ];

    private static readonly HashSet<string> Whole =
        ["pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers"];

    public static bool IsHugePages(string name) => name.StartsWith(HugePages, StringComparison.Ordinal);

    /// <summary>A name without a prefix, or one in kubernetes.io.</summary>
    public static bool IsNative(string name) => !name.Contains('/', StringComparison.Ordinal) || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    public static bool IsExtended(string name) =>
        !IsNative(name) && !name.StartsWith("requests.", StringComparison.Ordinal) && !Names.QualifiedNameProblems("requests." + name).Any();

    public static bool IsStandard(string name) => Standard.Contains(name) || IsHugePages(name) || name.StartsWith("requests." + HugePages, StringComparison.Ordinal);

    /// <summary>The <c>resources</c> of a container (or of a Pod as a whole).</summary>
    public static void Requirements(FieldProblems problems, FieldPath path, JsonObject? resources, PodScope scope, bool ofPod = false)
    {
        var (limits, requests) = (resources.Object("limits"), resources.Object("requests"));
        foreach (var (name, value) in limits ?? [])
            CheckAmount(problems, path["limits"].Key(name), name, value, ofPod);
        foreach (var (name, value) in requests ?? [])
        {
            CheckAmount(problems, path["requests"].Key(name), name, value, ofPod);
            Request(problems, path, name, value, limits);
        }
        var names = (limits ?? []).Concat(requests ?? []).Select(entry => entry.Key).ToList();
        if (names.Any(IsHugePages) && !names.Any(name => name is "cpu" or "memory"))
            problems.Forbidden(path, "HugePages require cpu or memory");
        Claims(problems, path, resources, scope);
    }

    /// <summary>A quantity must not be negative, and whole where things are counted.</summary>
    public static void Value(FieldProblems problems, FieldPath path, string name, JsonNode? value)
    {
        var amount = value.Amount();
        if (amount.IsNegative)
            problems.Invalid(path, value, FieldProblems.Negative);
        if ((Whole.Contains(name) || IsExtended(name)) && !amount.IsWhole)
            problems.Invalid(path, value, "must be an integer");
    }

    /// <summary>A name without prefix must be a known one.</summary>
    public static bool Name(FieldProblems problems, FieldPath path, string name)
    {
        var before = problems.Count;
        problems.Invalid(path, name, Names.QualifiedNameProblems(name));
        if (problems.Count == before && !name.Contains('/', StringComparison.Ordinal) && !IsStandard(name))
            problems.Invalid(path, name, "must be a standard resource type or fully qualified");
        return problems.Count == before;
    }

    private static void CheckAmount(FieldProblems problems, FieldPath path, string name, JsonNode? value, bool ofPod)
    {
        var known = Name(problems, path, name);
        if (ofPod)
        {
            if (known && name is not ("cpu" or "memory") && !IsHugePages(name))
                problems.NotSupported(path, name, ["cpu", "hugepages-", "memory"]);
        }
        else if (!name.Contains('/', StringComparison.Ordinal))
        {
            if (name is not ("cpu" or "memory" or "ephemeral-storage") && !IsHugePages(name))
                problems.Invalid(path, name, "must be a standard resource for containers");
        }
        else if (!IsNative(name) && !IsExtended(name))
        {
            problems.Invalid(path, name, "doesn't follow extended resource name standard");
        }
        Value(problems, path, name, value);
        if (IsHugePages(name) && !IsMultiple(value.Amount(), name[HugePages.Length..]))
            problems.Invalid(path, value, $"{value.AsStringOrNull()} is not positive integer multiple of {name}");
    }

    private static bool IsMultiple(Quantity amount, string page) =>
        Quantity.TryParse(page, out var size) && !size.IsZero && !size.IsNegative && size.IsWhole && amount.Ceiling % size.Ceiling == 0;

    private static void Request(FieldProblems problems, FieldPath path, string name, JsonNode? value, JsonObject? limits)
    {
        var overcommit = IsNative(name) && !IsHugePages(name);
        if (limits.Member(name) is not { } limit)
        {
            if (!overcommit)
                problems.Required(path["limits"], "Limit must be set for non overcommitable resources");
        }
        else if (!overcommit && value.Amount() != limit.Amount())
        {
            problems.Invalid(path["requests"], value, $"must be equal to {name} limit of {limit.AsStringOrNull()}");
        }
        else if (value.Amount() > limit.Amount())
        {
            problems.Invalid(path["requests"], value, $"must be less than or equal to {name} limit of {limit.AsStringOrNull()}");
        }
    }

    private static void Claims(FieldProblems problems, FieldPath path, JsonObject? resources, PodScope scope)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (at, claim) in resources.Each("claims", path))
        {
            var (name, request) = (claim.Text("name"), claim.Text("request"));
            if (name.Length == 0)
            {
                problems.Required(at);
                continue;
            }
            if (request.Length > 0)
                problems.Invalid(at["request"], request, Names.DnsLabelProblems(request));
            var key = request.Length > 0 ? $"{name}/{request}" : name;
            if (seen.Contains(name) || !seen.Add(key) || (request.Length == 0 && seen.Any(other => other.StartsWith(name + "/", StringComparison.Ordinal))))
                problems.Duplicate(at, key);
            if (!scope.ClaimNames.Contains(name))
                problems.Add(FieldError.NotFound(at.ToString(), name));
        }
    }
}
