using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Kinds.Rbac;

/// <summary>RoleBindings and ClusterRoleBindings: the role they bind never changes.</summary>
/// <param name="namespaced">Whether it is a RoleBinding.</param>
internal sealed class RoleBindingKind(bool namespaced) : BuiltInKind(KindTraits.CreateOnUpdate, (name, _) => Names.PathSegmentProblems(name))
{
    private const string Group = "rbac.authorization.k8s.io";

    public override MetadataChecks MetadataChecksOnUpdate => MetadataChecks.Change | MetadataChecks.Whole | MetadataChecks.WholeAgain;

    protected override void Check(FieldProblems problems, JsonObject obj)
    {
        var (path, role) = (FieldPath.Of("roleRef"), obj.Object("roleRef"));
        problems.OneOf(path["apiGroup"], role.Text("apiGroup"), Group);
        problems.OneOf(path["kind"], role.Text("kind"), namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]);
        if (role.Text("name") is { Length: > 0 } name)
            problems.Invalid(path["name"], name, Names.PathSegmentProblems(name));
        else
            problems.Required(path["name"]);
        foreach (var (at, subject) in obj.Each("subjects"))
            Subject(problems, at, subject);
    }

    protected override void CheckUpdate(FieldProblems problems, JsonObject obj, JsonObject old)
    {
        // The strategy validates the whole and then the change, which holds the whole again.
        Check(problems, obj);
        problems.Unchanged(FieldPath.Of("roleRef"), obj.Member("roleRef"), old.Member("roleRef"), "cannot change roleRef");
    }

    private void Subject(FieldProblems problems, FieldPath path, JsonNode? subject)
    {
        var name = subject.Text("name");
        if (name.Length == 0)
            problems.Required(path["name"]);
        switch (subject.Text("kind"))
        {
            case "ServiceAccount":
                if (name.Length > 0)
                    problems.Invalid(path["name"], name, Names.DnsSubdomainProblems(name));
                problems.OneOf(path["apiGroup"], subject.Text("apiGroup"), "");
                if (!namespaced && subject.Text("namespace").Length == 0)
                    problems.Required(path["namespace"]);
                break;
            case "User" or "Group":
                problems.OneOf(path["apiGroup"], subject.Text("apiGroup"), Group);
                break;
            case var kind:
                problems.NotSupported(path["kind"], kind, ["ServiceAccount", "User", "Group"]);
                break;
        }
    }
}
