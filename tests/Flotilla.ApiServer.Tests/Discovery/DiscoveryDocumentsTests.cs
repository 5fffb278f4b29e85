using System.Text.Json.Nodes;
using Flotilla.ApiServer.Discovery;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Discovery;

public sealed class DiscoveryDocumentsTests
{
    private static readonly ResourceType[] Widgets =
    [
        Widget("v1beta1", []),
        Widget("v1", [new SubresourceType("status", "Widget", null, null, ["get", "patch", "update"]), new SubresourceType("scale", "Scale", "autoscaling", "v1", ["get", "patch", "update"])]),
        Widget("v2", []),
    ];

    [Fact]
    public void Groups_are_listed_as_recorded()
    {
        var recorded = Recorded.Body("a01-discovery", "groups");
        var groups = recorded.Array("groups")!;
        for (var i = groups.Count - 1; groups[i].String("name")!.EndsWith(".example.com", StringComparison.Ordinal); i--)
            groups.RemoveAt(i);
        Assert.Equal(recorded.ToJsonString(), Parse(DiscoveryDocuments.BuiltIn.Groups()).ToJsonString());
    }

    [Theory]
    [InlineData("core resources", "", "v1")]
    [InlineData("resources of a group version", "apps", "v1")]
    [InlineData("coordination resources", "coordination.k8s.io", "v1")]
    public void Resources_of_a_version_are_listed_as_recorded(string step, string group, string version)
    {
        var recorded = Recorded.Body("a01-discovery", step);
        foreach (var resource in recorded.Array("resources")!)
            ((JsonObject)resource!).Remove("storageVersionHash");
        Assert.Equal(recorded.ToJsonString(), Parse(DiscoveryDocuments.BuiltIn.Resources(group, version)!).ToJsonString());
    }

    [Fact]
    public void One_group_is_described_as_recorded() =>
        Assert.Equal(Recorded.Body("a01-discovery", "one group").ToJsonString(), Parse(DiscoveryDocuments.BuiltIn.Group("apps")!).ToJsonString());

    [Theory]
    [InlineData("groups, aggregated", false)]
    [InlineData("core, aggregated", true)]
    public void Aggregated_discovery_is_as_recorded(string step, bool legacy)
    {
        var recorded = Recorded.Body("a02-aggregated-discovery", step);
        var items = recorded.Array("items")!;
        for (var i = items.Count - 1; items[i].Object("metadata").String("name")?.EndsWith(".example.com", StringComparison.Ordinal) == true; i--)
            items.RemoveAt(i);
        Assert.Equal(recorded.ToJsonString(), Parse(DiscoveryDocuments.BuiltIn.Aggregated(legacy, "apidiscovery.k8s.io/v2")).ToJsonString());
    }

    [Fact]
    public void What_is_not_there_is_not_described()
    {
        var documents = DiscoveryDocuments.BuiltIn;
        Assert.Null(documents.Group("nothing.example.org"));
        Assert.Null(documents.Group(""));
        Assert.Null(documents.Resources("apps", "v9"));
        Assert.Null(documents.Resources("nothing.example.org", "v1"));
    }

    [Fact]
    public void Custom_groups_come_last_with_the_preferred_version_first()
    {
        var documents = DiscoveryDocuments.With(Widgets);
        var last = Parse(documents.Groups()).Array("groups")![^1];
        Assert.Equal("example.com", last.String("name"));
        Assert.Equal(["v2", "v1", "v1beta1"], last.Array("versions")!.Select(v => v.String("version")));
        Assert.Equal("example.com/v2", last.Object("preferredVersion").String("groupVersion"));
    }

    [Fact]
    public void Custom_resources_name_their_group_in_aggregated_discovery()
    {
        var items = Parse(DiscoveryDocuments.With(Widgets).Aggregated(legacy: false, "apidiscovery.k8s.io/v2beta1")).Array("items")!;
        var stable = items[^1].Array("versions")![1].Array("resources")![0];
        Assert.Equal("""{"group":"example.com","version":"v1","kind":"Widget"}""", stable.Object("responseKind")!.ToJsonString());
        Assert.Equal(
            ["""{"group":"example.com","version":"v1","kind":"Widget"}""", """{"group":"autoscaling","version":"v1","kind":"Scale"}"""],
            stable.Array("subresources")!.Select(s => s.Object("responseKind")!.ToJsonString()));
    }

    [Fact]
    public void A_custom_version_joins_a_built_in_group()
    {
        var documents = DiscoveryDocuments.With([Widget("v2alpha1", []) with { Group = "batch" }]);
        Assert.Equal(["v1", "v2alpha1"], Parse(documents.Group("batch")!).Array("versions")!.Select(v => v.String("version")));
        Assert.NotNull(documents.Resources("batch", "v1"));
    }

    [Fact]
    public void Paths_are_sorted_and_complete()
    {
        var paths = Parse(DiscoveryDocuments.With(Widgets).Paths(["/version", "/healthz"])).Array("paths")!.Select(p => p.AsStringOrNull()!).ToList();
        Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
        Assert.Superset(new HashSet<string>(["/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1", "/apis/example.com/v2", "/healthz", "/version"]), paths.ToHashSet());
    }

    [Fact]
    public void The_version_is_the_recorded_one()
    {
        var recorded = Recorded.Body("a01-discovery", "version");
        var ours = VersionDocument.Create();
        Assert.Equal(recorded.Select(p => p.Key), ours.Select(p => p.Key));
        Assert.Equal((recorded.String("major"), recorded.String("minor")), (ours.String("major"), ours.String("minor")));
    }

    [Fact]
    public void Versions_are_ordered_as_kube_prefers_them() => Assert.Equal(
        ["v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"],
        ((string[])["foo10", "v12alpha1", "v1", "v3beta1", "v10", "v11alpha2", "foo1", "v10beta3", "v11beta2", "v2"]).Order(VersionOrder.Instance));

    private static ResourceType Widget(string version, SubresourceType[] subresources) => new()
    {
        Group = "example.com",
        Version = version,
        Plural = "widgets",
        Singular = "widget",
        Kind = "Widget",
        ListKind = "WidgetList",
        Namespaced = true,
        Verbs = ["get", "list"],
        Subresources = subresources,
    };

    private static JsonObject Parse(byte[] document) => (JsonObject)JsonText.Parse(document)!;
}
