using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>What says where a Pod may run: affinity, tolerations, spreading.</summary>
internal static class SchedulingValidation
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static void Affinity(FieldProblems problems, FieldPath path, JsonObject? affinity)
    {
        if (affinity.Object("nodeAffinity") is { } node)
        {
            var at = path["nodeAffinity"];
            if (node.Object(Required) is { } selector)
                NodeSelector(problems, at[Required], selector);
            foreach (var (termAt, term) in node.Each(Preferred, at))
            {
                Weight(problems, termAt, term);
                NodeTerm(problems, termAt["preference"], term.Object("preference"), checkValues: false);
            }
        }
        foreach (var kind in (ReadOnlySpan<string>)["podAffinity", "podAntiAffinity"])
        {
            foreach (var (at, term) in affinity.Object(kind).Each(Required, path[kind]))
                PodTerm(problems, at, term);
            foreach (var (at, term) in affinity.Object(kind).Each(Preferred, path[kind]))
            {
                Weight(problems, at, term);
                PodTerm(problems, at["podAffinityTerm"], term.Object("podAffinityTerm"));
            }
        }
    }

    public static void NodeSelector(FieldProblems problems, FieldPath path, JsonObject selector)
    {
        if (selector.Length("nodeSelectorTerms") == 0)
            problems.Required(path["nodeSelectorTerms"], "must have at least one node selector term");
        foreach (var (at, term) in selector.Each("nodeSelectorTerms", path))
            NodeTerm(problems, at, term, checkValues: true);
    }

    public static void Tolerations(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        foreach (var (at, toleration) in spec.Each("tolerations", path))
        {
            var (key, mode, value, effect) = (toleration.Text("key"), toleration.Text("operator"), toleration.Text("value"), toleration.Text("effect"));
            if (key.Length > 0)
                problems.Invalid(at["key"], key, Names.QualifiedNameProblems(key));
            else if (mode != "Exists")
                problems.Invalid(at["operator"], mode, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            if (toleration.Has("tolerationSeconds") && effect != "NoExecute")
                problems.Invalid(at["effect"], effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            if (mode is "" or "Equal")
            {
                var wrong = Names.LabelValueProblems(value).ToList();
                if (wrong.Count > 0)
                    problems.Invalid(at["operator"], value, string.Join(';', wrong));
            }
            else if (mode != "Exists")
                problems.NotSupported(at["operator"], mode, ["Equal", "Exists"]);
            else if (value.Length > 0)
                problems.Invalid(at["operator"], value, "value must be empty when `operator` is 'Exists'");
            if (effect.Length > 0)
                TaintEffect(problems, at["effect"], effect);
        }
    }

    public static void TaintEffect(FieldProblems problems, FieldPath path, string effect) =>
        problems.OneOf(path, effect, "NoSchedule", "PreferNoSchedule", "NoExecute");

    public static void TopologySpread(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var constraints = spec.Each("topologySpreadConstraints", path).ToList();
        for (var i = 0; i < constraints.Count; i++)
        {
            var (at, constraint) = constraints[i];
            var (key, action) = (constraint.Text("topologyKey"), constraint.Text("whenUnsatisfiable"));
            if (constraint.Number("maxSkew") <= 0)
                problems.Invalid(at["maxSkew"], constraint.Number("maxSkew"), "must be greater than zero");
            if (key.Length == 0)
                problems.Required(at["topologyKey"], "can not be empty");
            problems.OneOf(at["whenUnsatisfiable"], action, "DoNotSchedule", "ScheduleAnyway");
            if (constraints.Skip(i + 1).Any(other => other.Item.Text("topologyKey") == key && other.Item.Text("whenUnsatisfiable") == action))
                problems.Duplicate(at["{topologyKey, whenUnsatisfiable}"], $"{{{key}, {action}}}");
            if (constraint.Member("minDomains").AsInt64OrNull() is { } domains)
            {
                if (domains <= 0)
                    problems.Invalid(at["minDomains"], domains, "must be greater than zero");
                if (action != "DoNotSchedule")
                    problems.Invalid(at["minDomains"], domains, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}");
            }
            foreach (var policy in (ReadOnlySpan<string>)["nodeAffinityPolicy", "nodeTaintsPolicy"])
            {
                if (constraint.Has(policy))
                    problems.OneOf(at[policy], constraint.Text(policy), "Honor", "Ignore");
            }
            LabelKeys(problems, at, constraint);
            LabelRules.Selector(problems, at["labelSelector"], constraint.Object("labelSelector"));
        }
    }

    private static void Weight(FieldProblems problems, FieldPath path, JsonNode? term)
    {
        if (term.Number("weight") is (<= 0 or > 100) and var weight)
            problems.Invalid(path["weight"], weight, "must be in the range 1-100");
    }

    private static void NodeTerm(FieldProblems problems, FieldPath path, JsonNode? term, bool checkValues)
    {
        foreach (var (at, requirement) in term.Each("matchExpressions", path))
            NodeRequirement(problems, at, requirement, checkValues);
        foreach (var (at, requirement) in term.Each("matchFields", path))
        {
            if (requirement.Text("operator") is not ("In" or "NotIn"))
                problems.Invalid(at["operator"], requirement.Text("operator"), "not a valid selector operator");
            else if (requirement.Length("values") != 1)
                problems.Required(at["values"], "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            if (requirement.Text("key") != "metadata.name")
            {
                problems.Invalid(at["key"], requirement.Text("key"), "not a valid field selector key");
                continue;
            }
            foreach (var (valueAt, value) in requirement.EachText("values", at))
                problems.Invalid(valueAt, value, Names.DnsSubdomainProblems(value));
        }
    }

    private static void NodeRequirement(FieldProblems problems, FieldPath path, JsonNode? requirement, bool checkValues)
    {
        var count = requirement.Length("values");
        switch (requirement.Text("operator"))
        {
            case "In" or "NotIn":
                if (count == 0)
                    problems.Required(path["values"], "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist":
                if (count > 0)
                    problems.Forbidden(path["values"], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "Gt" or "Lt":
                if (count != 1)
                    problems.Required(path["values"], "must be specified single value when `operator` is 'Lt' or 'Gt'");
                break;
            case var other:
                problems.Invalid(path["operator"], other, "not a valid selector operator");
                break;
        }
        problems.Invalid(path["key"], requirement.Text("key"), Names.QualifiedNameProblems(requirement.Text("key")));
        if (!checkValues)
            return;
        foreach (var (at, value) in requirement.EachText("values", path))
            problems.Invalid(at, value, Names.LabelValueProblems(value));
    }

    private static void PodTerm(FieldProblems problems, FieldPath path, JsonNode? term)
    {
        LabelRules.Selector(problems, path["labelSelector"], term.Object("labelSelector"));
        LabelRules.Selector(problems, path["namespaceSelector"], term.Object("namespaceSelector"));
        foreach (var name in term.Texts("namespaces"))
            problems.Invalid(path["namespace"], name, Names.DnsLabelProblems(name));
        LabelKeys(problems, path, term);
        if (term.Text("topologyKey").Length == 0)
            problems.Required(path["topologyKey"], "can not be empty");
        problems.Invalid(path["topologyKey"], term.Text("topologyKey"), Names.QualifiedNameProblems(term.Text("topologyKey")));
    }

    /// <summary><c>matchLabelKeys</c> and <c>mismatchLabelKeys</c> beside a selector.</summary>
    private static void LabelKeys(FieldProblems problems, FieldPath path, JsonNode? owner)
    {
        foreach (var field in (ReadOnlySpan<string>)["matchLabelKeys", "mismatchLabelKeys"])
        {
            if (owner.Length(field) > 0 && owner.Object("labelSelector") is null)
            {
                problems.Forbidden(path[field], "must not be specified when labelSelector is not set");
                continue;
            }
            foreach (var (at, key) in owner.EachText(field, path))
                problems.Invalid(at, key, Names.QualifiedNameProblems(key));
        }
        var mismatching = owner.Texts("mismatchLabelKeys").ToHashSet(StringComparer.Ordinal);
        foreach (var (at, key) in owner.EachText("matchLabelKeys", path))
        {
            if (mismatching.Contains(key))
                problems.Invalid(at, key, "exists in both matchLabelKeys and mismatchLabelKeys");
        }
    }
}
