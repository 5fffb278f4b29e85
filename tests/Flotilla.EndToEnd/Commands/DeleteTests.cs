namespace Flotilla.EndToEnd.Commands;

public sealed class DeleteTests(SharedServer server) : KubectlTests(server)
{
    [Theory]
    [InlineData("foreground", "")]
    [InlineData("background", "")]
    [InlineData("orphan", "configmap/child")]
    public async Task Dependents_go_as_the_cascade_says(string cascade, string left)
    {
        await Does("create -f -", Documents.ConfigMap);
        var uid = await Does("get cm settings -o jsonpath={.metadata.uid}");
        await Does("create -f -", $$$"""
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "child", "ownerReferences": [
              {"apiVersion": "v1", "kind": "ConfigMap", "name": "settings", "uid": "{{{uid}}}", "blockOwnerDeletion": true}]} }
            """);
        Assert.Equal("configmap \"settings\" deleted", await Does($"delete cm settings --cascade={cascade}"));
        if (cascade == "background")
            await Does("wait --for=delete cm/child --timeout=30s");
        Assert.Equal(left, await Does("get cm -o name"));
        if (left.Length > 0)
            Assert.Equal("", await Does("get cm child -o jsonpath={.metadata.ownerReferences}"));
    }

    [Fact]
    public async Task Sets_are_deleted_by_label_and_altogether()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await Does("create -f -", $$$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{{name}}}", "labels": {"name": "{{{name}}}"} } }""");
        Assert.Equal("configmap \"b\" deleted", await Does("delete cm -l name=b"));
        Assert.Equal("configmap \"a\" deleted\nconfigmap \"c\" deleted", await Does("delete cm --all"));
        Assert.Equal("", await Does("delete cm a --ignore-not-found"));
        Assert.Contains("NotFound", await Refuses("delete cm a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_without_a_node_goes_at_once()
    {
        await Does("create -f -", Documents.Pod);
        Assert.Equal("pod \"one\" deleted", await Does("delete pod one"));
        Assert.Contains("NotFound", await Refuses("get pod one"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_takes_its_content_along()
    {
        await Does("create -f -", """{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "harbour"}}""");
        await Does("wait --for=create sa/default -n harbour --timeout=30s");
        await Does("create -n harbour -f -", Documents.Deployment);
        await Does("create -n harbour -f -", Documents.ConfigMap);
        Assert.Equal("namespace \"harbour\" deleted", await Does("delete namespace harbour"));
        Assert.Equal("", await Does("get deployments,cm,sa -n harbour -o name"));
        Assert.Contains("namespaces \"harbour\" not found", await Refuses("create -n harbour -f -", Documents.ConfigMap), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_takes_its_objects_along()
    {
        await Does("create -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");
        await Does("create -f -", Documents.Boat);
        await Does("delete crd boats.harbour.example.com");
        Assert.Contains("(NotFound)", await Refuses("get boats"), StringComparison.Ordinal);
        await Does("create -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");
        Assert.Equal("", await Does("get boats -o name"));
    }

    [Fact]
    public async Task Waits_end_when_what_they_wait_for_is_there()
    {
        await Does("create -f -", Documents.Deployment);
        await using var condition = Starts("wait --for=condition=Available deployment/web --timeout=150s");
        await using var path = Starts("wait --for=jsonpath={.status.readyReplicas}=2 deployment/web --timeout=150s");
        await using var gone = Starts("wait --for=delete deployment/web --timeout=150s");
        await Does("patch deployment web --subresource=status --type merge -p "
            + "{\"status\":{\"replicas\":2,\"readyReplicas\":2,\"availableReplicas\":2,\"conditions\":[{\"type\":\"Available\",\"status\":\"True\"}]}}");
        Assert.Equal("deployment.apps/web condition met", await condition.NextLineAsync(Cancellation));
        Assert.Equal("deployment.apps/web condition met", await path.NextLineAsync(Cancellation));
        Assert.Contains("timed out waiting", await Refuses("wait --for=condition=Progressing deployment/web --timeout=1s"), StringComparison.Ordinal);
        await Does("delete deployment web");
        Assert.Equal(0, await gone.ExitAsync(Cancellation));
    }
}
