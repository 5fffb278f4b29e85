using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Api.Components;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Api.Tests;

/// <summary>Components made of what real projects publish.</summary>
public sealed class RealStackTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_server_takes_real_components_stacks_and_their_fleet()
    {
        Assert.SkipWhen(RealStack.Folder is null, "the manifests are not beside this checkout");
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        JsonObject[] objects = [.. RealStack.StoredComponents(content), RealStack.Older(), RealStack.Newer(), RealStack.Newer("flannel"), RealStack.Fleet()];
        foreach (var obj in objects)
            await fixture.Api.ApplyAsync(obj, TestContext.Current.CancellationToken);
        Assert.Empty(fixture.Api.Warnings);
        // 24 files; four of metrics-server did not change between its versions.
        Assert.Equal(20, content.Count);
    }

    [Fact]
    public void Real_components_are_read_as_records_with_numbers_as_texts()
    {
        Assert.SkipWhen(RealStack.Folder is null, "the manifests are not beside this checkout");
        var contour = RealStack.StoredComponents(new Dictionary<string, byte[]>()).Single(c => c.Object("metadata").String("name") == "contour");
        var read = contour.Deserialize(ApiJson.Default.Component)!;
        Assert.Equal(["1.32.5", "1.33.6"], read.Spec.Versions.Select(version => version.Version));
        Assert.Equal(new ComponentParameter { Name = "replicas", Type = "integer", Default = "2", Description = "Pods of the control plane." }, read.Spec.Versions[0].Parameters[0]);
        Assert.StartsWith("sha256:", read.Spec.Versions[0].Source.Content[0], StringComparison.Ordinal);
    }
}
