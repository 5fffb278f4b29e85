using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Rbac;

/// <summary>Roles and ClusterRoles.</summary>
/// <param name="namespaced">Whether it is a Role.</param>
internal sealed class RoleKind(bool namespaced) : BuiltInKind(KindTraits.CreateOnUpdate, (name, _) => Names.PathSegmentProblems(name))
{
    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole | MetadataChecks.WholeAgain;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        foreach (var (at, rule) in obj.Each("rules"))
            Rule(problems, at, rule);
        if (namespaced || obj.Object("aggregationRule") is not { } aggregation)
            return;
        var path = FieldPath.Of("aggregationRule");
        if (aggregation.Length("clusterRoleSelectors") == 0)
            problems.Required(path["clusterRoleSelectors"], "at least one clusterRoleSelector required if aggregationRule is non-nil");
        foreach (var (at, selector) in aggregation.Each("clusterRoleSelectors", path))
            LabelRules.Selector(problems, at, selector as JsonObject);
    }

    // The strategy validates the whole and then the change, which holds the whole again.
    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old) => Check(problems, obj);

    private void Rule(FieldProblems problems, FieldPath path, JsonNode? rule)
    {
        if (rule.Length("verbs") == 0)
            problems.Required(path["verbs"], "verbs must contain at least one value");
        if (rule.Length("nonResourceURLs") > 0)
        {
            if (namespaced)
                problems.Invalid(path["nonResourceURLs"], rule.Member("nonResourceURLs"), "namespaced rules cannot apply to non-resource URLs");
            if (rule.Length("apiGroups") > 0 || rule.Length("resources") > 0 || rule.Length("resourceNames") > 0)
                problems.Invalid(path["nonResourceURLs"], rule.Member("nonResourceURLs"), "rules cannot apply to both regular resources and non-resource URLs");
            return;
        }
        if (rule.Length("apiGroups") == 0)
            problems.Required(path["apiGroups"], "resource rules must supply at least one api group");
        if (rule.Length("resources") == 0)
            problems.Required(path["resources"], "resource rules must supply at least one resource");
    }
}
