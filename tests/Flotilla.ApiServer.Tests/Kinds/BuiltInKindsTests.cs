using System.Text.Json.Nodes;
using Flotilla.ApiServer.Kinds;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Kinds;

public sealed class BuiltInKindsTests
{
    [Fact]
    public void A_kind_keeps_its_status_apart_exactly_when_discovery_tells_of_a_status_subresource() =>
        Assert.All(BuiltInTypes.Instance.Resources.Where(r => r.Verbs.Contains("update")), resource =>
            Assert.Equal(resource.Subresources.Any(s => s.Name == "status"), BuiltInKinds.Find(resource.Group, resource.Kind).HasStatus));

    [Fact]
    public void Every_kind_copes_with_an_object_that_has_nothing() =>
        Assert.All(BuiltInTypes.Instance.Resources.Where(r => r.Verbs.Contains("update") && r.Kind != "CustomResourceDefinition"), resource =>
        {
            var written = Written.Create(new JsonObject { ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind, ["metadata"] = new JsonObject { ["name"] = "x" } });
            Assert.NotNull(written.Resource.Rules.Warnings(written.Object, null).ToList());
            Assert.NotNull(written.Update(_ => { }).Problems);
            Assert.NotNull(written.Update("status", _ => { }).Problems);
        });

    [Theory]
    [InlineData("", "Service", true, true)]
    [InlineData("coordination.k8s.io", "Lease", true, false)]
    [InlineData("rbac.authorization.k8s.io", "Role", true, true)]
    [InlineData("policy", "PodDisruptionBudget", false, false)]
    [InlineData("", "ConfigMap", false, true)]
    [InlineData("apps", "Deployment", false, true)]
    public void What_a_PUT_may_do_differs(string group, string kind, bool creates, bool needsNoVersion)
    {
        var rules = BuiltInKinds.Find(group, kind);
        Assert.Equal(creates, rules.AllowCreateOnUpdate);
        Assert.Equal(needsNoVersion, rules.AllowUnconditionalUpdate);
    }
}
