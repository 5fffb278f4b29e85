using Flotilla.Kubernetes.Schemas;

namespace Flotilla.Kubernetes.Tests;

public sealed class BuiltInTypesTests
{
    [Fact]
    public void Every_resource_has_a_schema_for_its_kind()
    {
        var facts = BuiltInTypes.Instance;
        var missing = facts.Resources.Where(r => facts.Kind(r.ApiVersion, r.Kind) is null).Select(r => r.GroupResource);
        Assert.Empty(missing);
    }

    [Fact]
    public void Lists_know_their_keys()
    {
        var container = BuiltInTypes.Instance.Type("io.k8s.api.core.v1.Container");
        Assert.Equal("map", container.Properties["ports"].ListType);
        Assert.Equal(["containerPort", "protocol"], container.Properties["ports"].ListMapKeys);
        Assert.Equal("TCP", container.Properties["ports"].Items!.Properties["protocol"].Default!.GetValue<string>());
        Assert.True(container.Properties["resources"].Properties["limits"].AdditionalProperties!.IsQuantity);
    }

    [Fact]
    public void A_reference_with_a_patch_strategy_has_the_fields_of_its_type()
    {
        var strategy = BuiltInTypes.Instance.Type("io.k8s.api.apps.v1.DeploymentSpec").Properties["strategy"];
        Assert.Equal("retainKeys", strategy.PatchStrategy);
        Assert.True(strategy.Properties["rollingUpdate"].Properties["maxSurge"].IntOrString);
    }
}
