using System.Text.Json.Nodes;
using Flotilla.ApiServer;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.Simulation.Time;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Simulation.Tests.Workloads;

public sealed class WorkloadTests : IAsyncLifetime
{
    private static readonly ResourceReference Deployments = new("apps", "v1", "deployments", true, "Deployment");
    private static readonly ResourceReference Pods = new("", "v1", "pods", true, "Pod");
    private readonly SimulatedTime time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly WorkloadBehaviour behaviour = new() { ReadyAfter = TimeSpan.FromSeconds(30), MissingImages = ["example/missing:"] };
    private KubernetesApi api = null!;
    private KubernetesClient client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        api = await KubernetesApi.StartAsync(SimulatedClusters.Options(time, behaviour), Cancelled);
        client = new KubernetesClient(api.CreateHandler(), await api.AddClusterAsync("site-1", Cancelled), time, api.Token);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task A_deployment_becomes_ready_after_its_time_and_again_after_a_change()
    {
        await ApplyAsync(replicas: 2);
        await time.PassAsync(TimeSpan.FromSeconds(29), Cancelled);
        Assert.Equal(("False", 0), await AvailabilityAsync());

        await time.PassAsync(TimeSpan.FromSeconds(1), Cancelled);
        Assert.Equal(("True", 2), await AvailabilityAsync());

        await ApplyAsync(replicas: 3);
        await time.PassAsync(TimeSpan.FromSeconds(1), Cancelled);
        Assert.Equal(("False", 0), await AvailabilityAsync());
        await time.PassAsync(TimeSpan.FromSeconds(30), Cancelled);
        Assert.Equal(("True", 3), await AvailabilityAsync());
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_keeps_it_unready_and_a_pod_says_so_until_the_fault_is_over()
    {
        behaviour.SetFaults("site-1", new WorkloadFault(WorkloadFaultKind.ImagePull, Name: "till"));
        await ApplyAsync(replicas: 1);
        await time.PassAsync(TimeSpan.FromHours(1), Cancelled);
        Assert.Equal(("False", 0), await AvailabilityAsync());
        var pod = Assert.Single((await client.ListAsync(Pods, "default", ListOptions.All, Cancelled)).Items);
        Assert.Equal("ImagePullBackOff", (pod.Object("status").Array("containerStatuses")![0]).Object("state").Object("waiting").String("reason"));

        behaviour.SetFaults("site-1");
        await time.PassAsync(TimeSpan.FromMinutes(1), Cancelled);

        Assert.Equal(("True", 1), await AvailabilityAsync());
        Assert.Empty((await client.ListAsync(Pods, "default", ListOptions.All, Cancelled)).Items);
    }

    [Fact]
    public async Task A_missing_image_keeps_every_workload_of_it_unready_until_it_has_another()
    {
        await ApplyAsync(replicas: 1, "example/missing:2");
        await time.PassAsync(TimeSpan.FromHours(1), Cancelled);
        Assert.Equal(("False", 0), await AvailabilityAsync());
        var pod = Assert.Single((await client.ListAsync(Pods, "default", ListOptions.All, Cancelled)).Items);
        Assert.Contains("example/missing:2", pod.Object("status").Array("containerStatuses")![0].Object("state").Object("waiting").String("message"), StringComparison.Ordinal);

        await ApplyAsync(replicas: 1);
        await time.PassAsync(TimeSpan.FromMinutes(1), Cancelled);

        Assert.Equal(("True", 1), await AvailabilityAsync());
        Assert.Empty((await client.ListAsync(Pods, "default", ListOptions.All, Cancelled)).Items);
    }

    [Theory]
    [InlineData("apps/v1", "DaemonSet", "{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}", "numberReady", "1")]
    [InlineData("apps/v1", "StatefulSet", "{\"serviceName\":\"s\",\"replicas\":2,\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}", "readyReplicas", "2")]
    [InlineData("batch/v1", "Job", "{\"template\":{\"spec\":{\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}", "succeeded", "1")]
    [InlineData("v1", "PersistentVolumeClaim", "{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}", "phase", "\"Bound\"")]
    [InlineData("v1", "Service", "{\"type\":\"LoadBalancer\",\"ports\":[{\"port\":80}]}", "loadBalancer", "{\"ingress\":[{\"ip\":\"192.0.2.10\",\"ipMode\":\"VIP\"}]}")]
    public async Task Other_kinds_come_to_rest_as_well(string apiVersion, string kind, string spec, string field, string expected)
    {
        var obj = new JsonObject
        {
            ["apiVersion"] = apiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = "one", ["namespace"] = "default" },
            ["spec"] = JsonNode.Parse(spec),
        };
        await client.ApplyAsync(obj, new ApplyOptions { FieldManager = "test" }, Cancelled);
        await time.PassAsync(TimeSpan.FromMinutes(1), Cancelled);

        var resource = await client.Resources.ResolveAsync(apiVersion, kind, Cancelled);
        var live = await client.GetAsync(resource, "default", "one", Cancelled);
        Assert.Equal(expected, live.Object("status").Member(field)?.ToJsonString());
    }

    private Task ApplyAsync(int replicas, string image = "example/till:1") => client.ApplyAsync((JsonObject)YamlReader.ReadFirst(System.Text.Encoding.UTF8.GetBytes($$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: till, namespace: default}
        spec:
          replicas: {{{replicas}}}
          selector: {matchLabels: {app: till}}
          template: {metadata: {labels: {app: till}}, spec: {containers: [{name: till, image: "{{{image}}}"}]}}
        """)).Content!, new ApplyOptions { FieldManager = "test" }, Cancelled);

    private async Task<(string?, long)> AvailabilityAsync()
    {
        var status = (await client.GetAsync(Deployments, "default", "till", Cancelled)).Object("status");
        var available = (status.Array("conditions") ?? []).FirstOrDefault(c => c.String("type") == "Available");
        return (available.String("status"), status.Member("availableReplicas").AsInt64OrNull() ?? 0);
    }
}
