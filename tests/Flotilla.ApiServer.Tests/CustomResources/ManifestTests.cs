using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.ApiServer.Tests.CustomResources;

/// <summary>Definitions that real projects ship.</summary>
public sealed class ManifestTests
{
    [Theory]
    [InlineData("calico/3.32.1.yaml", 23)]
    [InlineData("contour/1.33.6.yaml", 5)]
    [InlineData("gatekeeper/3.23.0.yaml", 17)]
    [InlineData("longhorn/1.12.1.yaml", 25)]
    [InlineData("metallb/0.16.1.yaml", 9)]
    [InlineData("system-upgrade-controller/0.20.1.yaml", 1)]
    [InlineData("velero-crds/1.18.1.yaml", 6)]
    public void Real_definitions_are_valid_and_compile(string file, int count)
    {
        Assert.SkipWhen(Repository.Shared is null, "the manifests are not beside this checkout");
        var rules = new CustomResourceDefinitionRules();
        var definitions = YamlReader.ReadAll(File.ReadAllBytes(Path.Combine(Repository.Shared!, "manifests", file)))
            .Select(document => document.Content).OfType<JsonObject>().Where(d => d.String("kind") == "CustomResourceDefinition").ToList();
        Assert.Equal(count, definitions.Count);
        foreach (var definition in definitions)
        {
            rules.Default(definition);
            rules.PrepareForCreate(definition);
            Assert.Empty(rules.Validate(definition));
            var kinds = CustomResourceKinds.Of(definition);
            Assert.Same(kinds, CustomResourceKinds.Of((JsonObject)definition.DeepClone()));
            Assert.Equal(definition.Object("spec").Array("versions")!.Count, kinds.Versions.Count);
        }
    }
}
