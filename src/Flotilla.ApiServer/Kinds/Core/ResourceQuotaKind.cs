using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds.Workloads;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>ResourceQuotas.</summary>
internal sealed class ResourceQuotaKind() : BuiltInKind(KindTraits.Status)
{
    private static readonly HashSet<string> Scopes =
        ["BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"];

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, spec) = (FieldPath.Spec, SpecOf(obj));
        Amounts(problems, path["hard"], spec.Object("hard"));
        var scopes = spec.Texts("scopes").ToList();
        foreach (var _ in scopes.Where(scope => !Scopes.Contains(scope)))
            problems.Invalid(path["scopes"], spec.Member("scopes"), "unsupported scope");
        Conflicts(problems, path["scopes"], spec, scopes);
        Selector(problems, path["scopeSelector"]["matchExpressions"], spec);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        if (!SpecOf(obj).Texts("scopes").ToHashSet().SetEquals(SpecOf(old).Texts("scopes")))
            problems.Invalid(FieldPath.Spec["scopes"], SpecOf(obj).Member("scopes"), FieldProblems.Immutable);
    }

    protected override void CheckStatus(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        Amounts(problems, FieldPath.Status["hard"], StatusOf(obj).Object("hard"));
        Amounts(problems, FieldPath.Status["used"], StatusOf(obj).Object("used"));
    }

    private static void Amounts(FieldProblems problems, FieldPath path, JsonObject? amounts)
    {
        foreach (var (name, value) in amounts ?? [])
        {
            // Objects are counted as count/RESOURCE.GROUP.
            if (ResourceValidation.Name(problems, path.Key(name), name) && name == "storage")
                problems.Invalid(path.Key(name), name, "must be a standard resource for quota");
            ResourceValidation.Value(problems, path.Key(name), name, value);
        }
    }

    private static void Selector(FieldProblems problems, FieldPath path, JsonObject spec)
    {
        var expressions = spec.Object("scopeSelector").Array("matchExpressions") ?? [];
        foreach (var expression in expressions)
        {
            var (scope, mode) = (expression.Text("scopeName"), expression.Text("operator"));
            if (!Scopes.Contains(scope))
                problems.Invalid(path["scopeName"], scope, "unsupported scope");
            if (scope is "BestEffort" or "NotBestEffort" or "Terminating" or "NotTerminating" or "CrossNamespacePodAffinity" && mode != "Exists")
                problems.Invalid(path["operator"], mode, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
                    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
            if (mode is "In" or "NotIn")
            {
                if (expression.Length("values") == 0)
                    problems.Required(path["values"], "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
            }
            else if (mode is not ("Exists" or "DoesNotExist"))
                problems.Invalid(path["operator"], mode, "not a valid selector operator");
            else if (expression.Length("values") > 0)
                problems.Invalid(path["values"], expression.Member("values"), "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
        }
        Conflicts(problems, path, spec, [.. expressions.Select(expression => expression.Text("scopeName"))]);
    }

    private static void Conflicts(FieldProblems problems, FieldPath path, JsonObject spec, List<string> scopes)
    {
        foreach (var (one, other) in (ReadOnlySpan<(string, string)>)[("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")])
        {
            if (scopes.Contains(one) && scopes.Contains(other))
                problems.Invalid(path, spec.Member("scopes"), "conflicting scopes");
        }
    }
}
