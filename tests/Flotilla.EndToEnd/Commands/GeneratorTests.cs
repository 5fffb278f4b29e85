namespace Flotilla.EndToEnd.Commands;

/// <summary><c>kubectl create KIND</c> and its like: they send protobuf.</summary>
public sealed class GeneratorTests(SharedServer server) : KubectlTests(server)
{
    [Fact]
    public async Task Every_generator_creates_what_it_says()
    {
        string[] commands =
        [
            "create namespace harbour", "create serviceaccount bot", "create configmap settings --from-literal=a=b",
            "create secret generic key --from-literal=a=b", "create secret docker-registry registry --docker-username=u --docker-password=p",
            "create deployment web --image=nginx --replicas=2 --port=80", "create job once --image=busybox -- date",
            "create cronjob often --image=busybox --schedule='*/5 * * * *' -- date", "create job now --from=cronjob/often",
            "create service clusterip plain --tcp=80:8080", "create service nodeport node --tcp=80:8080", "create service externalname far --external-name=example.com",
            "create ingress front --rule=example.com/path*=web:80", "create quota small --hard=pods=3", "create poddisruptionbudget calm --selector=app=web --min-available=1",
            "create priorityclass urgent --value=10", "create role reader --verb=get --resource=pods", "create rolebinding readers --role=reader --user=alice",
            "create clusterrole counter --verb=list --resource=nodes", "create clusterrolebinding counters --clusterrole=counter --serviceaccount=default:bot",
            "run one --image=busybox --env=A=B --labels=app=one", "expose deployment web --name=exposed --port=80", "autoscale deployment web --min=2 --max=5",
        ];
        foreach (var command in commands)
            Assert.Matches(command.StartsWith("expose", StringComparison.Ordinal) ? " exposed$" : command.StartsWith("autoscale", StringComparison.Ordinal) ? " autoscaled$" : " created$", await Does(command));

        Assert.Equal("2 nginx 80", await Does("get deployment web -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].ports[0].containerPort}'"));
        Assert.Equal("Yg==", await Does("get secret key -o jsonpath={.data.a}"));
        Assert.Equal("b", await Does("get cm settings -o jsonpath={.data.a}"));
        Assert.Equal("80 8080", await Does("get service plain -o 'jsonpath={.spec.ports[0].port} {.spec.ports[0].targetPort}'"));
        Assert.Equal("CronJob often", await Does("get job now -o 'jsonpath={.metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].name}'"));
        Assert.Equal("3", await Does("get quota small -o jsonpath={.spec.hard.pods}"));
        Assert.Equal("1", await Does("get pdb calm -o jsonpath={.spec.minAvailable}"));
        Assert.Equal("2 5", await Does("get hpa web -o 'jsonpath={.spec.minReplicas} {.spec.maxReplicas}'"));
    }

    [Fact]
    public async Task Nodes_are_cordoned_tainted_and_drained()
    {
        await Does("create -f -", """{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}""");
        Assert.Equal("node/node-1 cordoned", await Does("cordon node-1"));
        Assert.Equal("node/node-1 tainted", await Does("taint node node-1 rust=yes:NoSchedule"));
        Assert.Equal("true", await Does("get node node-1 -o jsonpath={.spec.unschedulable}"));
        Assert.Contains("node/node-1 drained", await Does("drain node-1"), StringComparison.Ordinal);
        Assert.Equal("node/node-1 uncordoned", await Does("uncordon node-1"));
    }
}
