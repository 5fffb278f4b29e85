using System.Text.Json;
using Flotilla.Api;
using Flotilla.Api.Releases;
using Flotilla.Api.Sites;
using Flotilla.Kubernetes.Json;
using Flotilla.TestKit;

namespace Flotilla.Core.Tests.Releases;

/// <summary>What users really run compiles.</summary>
public sealed class RealStackTests
{
    [Theory]
    [InlineData(false, "calico")]
    [InlineData(true, "calico")]
    [InlineData(false, "flannel")]
    [InlineData(true, "flannel")]
    public void Published_manifests_compile(bool newer, string network)
    {
        var declared = Real(newer, network);

        var release = declared.Release();

        var objects = release.Objects().ToList();
        Assert.True(objects.Count > 140, $"{objects.Count} objects");
        Assert.All(objects, o => Assert.Equal(o.Component, o.Content.Object("metadata").Object("labels").String(ReleaseLabels.Component)));
        Assert.DoesNotContain(objects, o => o.Content.ContainsKey("status"));
        Assert.Equal("gatekeeper", release.Document.Components[^1].Name);
        Assert.Equal(network, release.Document.Components.First(c => c.Role != "storage" && c.Role != "backup").Name);
        var bindings = objects.Where(o => o.Component == "system-upgrade-controller" && o.Content.String("kind") == "ClusterRoleBinding").ToList();
        Assert.NotEmpty(bindings);
        Assert.All(bindings, b => Assert.Equal("system-upgrade", b.Content.Array("subjects")![0].String("namespace")));
    }

    [Fact]
    public void Large_objects_have_blobs_of_their_own()
    {
        var release = Real(newer: true, "calico").Release();

        var blobs = release.Blobs.ToDictionary(b => b.Digest, b => b.Bytes);
        foreach (var digest in release.Document.Components.SelectMany(c => c.Objects))
        {
            var lines = ReleaseReading.Lines(blobs[digest]).Select(JsonText.ToUtf8).ToList();
            Assert.True(lines.Count == 1 || lines.All(l => l.Length <= 33 * 1024));
        }
        Assert.Contains(release.Document.Components, c => c.Name == "contour" && c.Objects.Count > 2);
    }

    internal static Declared Real(bool newer, string network)
    {
        Assert.SkipWhen(RealStack.Folder is null, "the published manifests are not beside the checkout");
        var content = new Dictionary<string, byte[]>();
        var components = RealStack.StoredComponents(content).Select(c => c.Deserialize(ApiJson.Default.Component)!).ToList();
        var stack = (newer ? RealStack.Newer(network) : RealStack.Older(network)).Deserialize(ApiJson.Default.Stack)!;
        return new Declared(stack, components, [new Site { Metadata = new ObjectMeta { Name = "store-1" } }]) { Content = content };
    }
}
