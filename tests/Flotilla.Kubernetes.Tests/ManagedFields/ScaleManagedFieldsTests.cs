using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.ManagedFields;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests.ManagedFields;

public sealed class ScaleManagedFieldsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private readonly FieldManager deployments = new(BuiltInTypes.Instance.Kind("apps/v1", "Deployment")!, "apps/v1", "Deployment");
    private readonly FieldManager scales = new(BuiltInTypes.Instance.Kind("autoscaling/v1", "Scale")!, "autoscaling/v1", "Scale");
    private readonly ScaleManagedFields mapping = new(new Dictionary<string, FieldPath?> { ["apps/v1"] = FieldPath.Of("spec", "replicas") });

    [Fact]
    public void Owners_of_replicas_own_those_of_the_scale()
    {
        var scale = mapping.ToScale(Parent())!;
        Assert.Equal("m1 autoscaling/v1 {\"f:spec\":{\"f:replicas\":{}}} 2026-03-04T05:06:07Z", Shown(Assert.Single(scale)));
    }

    [Fact]
    public void A_scale_update_takes_replicas_over_without_a_time()
    {
        var parent = mapping.ToParent(Parent(), ScaledTo(5), "apps/v1")!;
        Assert.Equal(
            ["m1 apps/v1 {\"f:spec\":{\"f:paused\":{}}} 2026-03-04T05:06:07Z", "hpa apps/v1 {\"f:spec\":{\"f:replicas\":{}}} "],
            parent.Select(Shown));
        Assert.Equal("scale", parent[1].String("subresource"));
    }

    [Fact]
    public void A_scale_that_changes_nothing_leaves_the_owners_alone() =>
        Json.AssertSame(Parent(), mapping.ToParent(Parent(), ScaledTo(2), "apps/v1"));

    [Fact]
    public void A_second_scale_by_the_same_client_keeps_one_entry()
    {
        var once = mapping.ToParent(Parent(), ScaledTo(5), "apps/v1")!;
        var twice = mapping.ToParent(once, ScaledTo(6, once), "apps/v1")!;
        Json.AssertSame(once, twice);
    }

    [Fact]
    public void Owners_of_unknown_versions_are_dropped()
    {
        var parent = Parent();
        parent[0]!["apiVersion"] = "extensions/v1beta1";
        Assert.Null(mapping.ToScale(parent));
        Assert.Null(mapping.ToParent(parent, null, "apps/v1"));
    }

    private JsonArray Parent()
    {
        var applied = Json.Object("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'replicas':2,'paused':true}}");
        return ManagedFieldsList.Of(Json.Copy(deployments.Apply(null, applied, "m1", false, "", Start)))!;
    }

    private JsonArray? ScaledTo(long replicas, JsonArray? parent = null)
    {
        var live = Json.Object("{'apiVersion':'autoscaling/v1','kind':'Scale','metadata':{'name':'d','uid':'u'},'spec':{'replicas':2}}");
        live["metadata"]!["managedFields"] = mapping.ToScale(parent ?? Parent())?.DeepClone();
        var updated = Json.Copy(live);
        updated["spec"]!["replicas"] = replicas;
        scales.Update(live, updated, "hpa", "scale", Start.AddSeconds(1));
        return ManagedFieldsList.Of(updated);
    }

    private static string Shown(JsonNode? entry) =>
        $"{entry.String("manager")} {entry.String("apiVersion")} {entry.Member("fieldsV1")!.ToJsonString()} {entry.String("time")}";
}
