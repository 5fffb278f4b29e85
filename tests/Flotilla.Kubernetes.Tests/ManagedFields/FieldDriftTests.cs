using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

public sealed class FieldDriftTests
{
    private static readonly Schema Schema = BuiltInTypes.Instance.Kind("apps/v1", "Deployment")!;
    private readonly FieldManager deployments = new(Schema, "apps/v1", "Deployment");

    [Fact]
    public void What_others_add_is_no_drift()
    {
        var live = Json.Object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d','uid':'u','labels':{'a':'b','x':'y'}},"
            + "'spec':{'replicas':2,'paused':true,'template':{'spec':{'containers':[{'name':'side','image':'s'},{'name':'app','image':'app:1','resources':{}}]}}},'status':{}}");
        Assert.Empty(FieldDrift.Find(live, Applied(), Schema));
    }

    [Fact]
    public void Changed_and_missing_fields_are_told_with_their_owners()
    {
        var live = deployments.Apply(null, Applied(), "flotilla", false, "", DateTimeOffset.UnixEpoch);
        var edited = Json.Copy(live);
        edited["spec"]!["replicas"] = 9L;
        edited.Object("metadata")!.Remove("labels");
        edited["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "app:2";
        deployments.Update(live, edited, "kubectl-edit", "", DateTimeOffset.UnixEpoch);

        var drift = FieldDrift.Find(edited, Applied(), Schema);
        Assert.Equal(
            [
                ".spec.replicas Changed 2 9 kubectl-edit",
                ".spec.template.spec.containers[name=\"app\"].image Changed \"app:1\" \"app:2\" kubectl-edit",
                ".metadata.labels.a Missing \"b\"  ",
            ],
            drift.Select(d => $"{d.Path} {d.Kind} {d.Applied?.ToJsonString()} {d.Live?.ToJsonString()} {string.Join(',', d.Owners.Select(o => o.Manager))}"));
        Assert.DoesNotContain(FieldDrift.Find(edited, Applied(), Schema)[0].Path, FieldOwner.AppliedBy(edited, "flotilla").Paths());
    }

    [Fact]
    public void A_missing_element_of_a_list_is_told_by_its_leaves()
    {
        var live = Json.Object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d','labels':{'a':'b'}},'spec':{'replicas':2,'template':{'spec':{'containers':[]}}}}");
        Assert.Equal(
            [".spec.template.spec.containers[name=\"app\"].image", ".spec.template.spec.containers[name=\"app\"].name"],
            FieldDrift.Find(live, Applied(), Schema).Select(d => d.Path.ToString()));
    }

    private static System.Text.Json.Nodes.JsonObject Applied() => Json.Object(
        "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d','labels':{'a':'b'}},'spec':{'replicas':2,'template':{'spec':{'containers':[{'name':'app','image':'app:1'}]}}}}");
}
