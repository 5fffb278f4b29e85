namespace Flotilla.EndToEnd.Commands;

public sealed class DescribeTests(SharedServer server) : KubectlTests(server)
{
    [Fact]
    public async Task Built_in_objects_are_described_with_their_events()
    {
        await Does("create -f -", Documents.Deployment);
        await Does("create -f -", Documents.Service);
        await Does("create -f -", Documents.Pod);
        await Does("create -f -", Documents.ConfigMap);
        await Does("create -f -", """{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}""");
        var uid = await Does("get pod one -o jsonpath={.metadata.uid}");
        await Does("create -f -", $$$"""
            {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "one.1"}, "type": "Warning", "reason": "Leaking", "message": "the pod takes water",
             "involvedObject": {"apiVersion": "v1", "kind": "Pod", "name": "one", "namespace": "default", "uid": "{{{uid}}}"}, "source": {"component": "crew"}}
            """);

        var pod = await Does("describe pod one");
        Assert.Matches(@"COLOUR:\s+blue", pod);
        Assert.Matches(@"Warning\s+Leaking\s+\S+\s+crew\s+the pod takes water", pod);
        var deployment = await Does("describe deployment web");
        Assert.Matches(@"Replicas:\s+2 desired", deployment);
        Assert.Matches(@"RollingUpdateStrategy:\s+25% max unavailable, 25% max surge", deployment);
        var service = await Does("describe service web");
        Assert.Matches(@"TargetPort:\s+8080/TCP", service);
        Assert.Matches(@"Session Affinity:\s+None", service);
        Assert.Matches(@"Taints:\s+node.kubernetes.io/not-ready:NoSchedule", await Does("describe node node-1"));
        Assert.Matches(@"a:\n----\n1", await Does("describe configmap settings"));
        Assert.Matches(@"Status:\s+Active", await Does("describe namespace default"));
    }

    [Fact]
    public async Task Custom_resources_and_their_definitions_are_described()
    {
        await Does("create -f -", Documents.Definition);
        await Does("wait --for=condition=Established crd/boats.harbour.example.com --timeout=30s");
        await Does("create -f -", Documents.Boat);

        Assert.Matches(@"Mast:\s+oak", await Does("describe boat anna"));
        var definition = await Does("describe crd boats.harbour.example.com");
        Assert.Matches(@"Type:\s+Established", definition);
        Assert.Matches(@"Stored Versions:\n\s+v1", definition);
    }
}
