namespace Flotilla.EndToEnd.Commands;

public sealed class DiscoveryTests(SharedServer server) : KubectlTests(server)
{
    [Fact]
    public async Task Types_are_explained_built_in_and_custom()
    {
        var containers = await Does("explain pods.spec.containers");
        Assert.Contains("FIELD: containers <[]Container>", containers, StringComparison.Ordinal);
        Assert.Matches(@"imagePullPolicy\s+<string>", containers);
        Assert.Matches(@"enum: Always, IfNotPresent, Never", containers);
        Assert.Matches(@"name\s+<string> -required-", containers);
        var recursive = await Does("explain deployment --recursive");
        Assert.Matches(@"maxSurge\s+<IntOrString>", recursive);
        Assert.Matches(@"replicas\s+<integer>", await Does("explain deployment.spec --output=plaintext-openapiv2"));

        await Does("create -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");
        var boat = await Does("explain boat.spec");
        Assert.Contains("Length over all in metres.", boat, StringComparison.Ordinal);
        Assert.Matches(@"length\s+<integer> -required-", boat);
        Assert.Contains("field \"keel\" does not exist", await Refuses("explain boat.spec.keel"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resources_and_versions_are_listed()
    {
        await Does("create -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");

        var resources = await Does("api-resources");
        Assert.Matches(@"(?m)^deployments\s+deploy\s+apps/v1\s+true\s+Deployment$", resources);
        Assert.Matches(@"(?m)^boats\s+bo\s+harbour.example.com/v1\s+true\s+Boat$", resources);
        Assert.DoesNotContain("nodes", await Does("api-resources --namespaced=true -o name"), StringComparison.Ordinal);
        Assert.Matches(@"boats.*\bcreate\b.*\sall", await Does("api-resources --api-group=harbour.example.com -o wide"));
        Assert.Contains("harbour.example.com/v1", (await Does("api-versions")).Split('\n'));
        Assert.Contains("Kubernetes control plane", await Does("cluster-info"), StringComparison.Ordinal);
        Assert.Matches(@"Server Version: v1\.36\.", await Does("version"));
    }
}
