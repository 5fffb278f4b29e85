using Flotilla.Api.Components;
using Flotilla.Api.Sync;
using Flotilla.Simulation.Workloads;

namespace Flotilla.Agent.Tests.Applying;

public sealed class OrderTests
{
    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: drawers.shop.example.com}
        spec:
          group: shop.example.com
          scope: Namespaced
          names: {plural: drawers, singular: drawer, kind: Drawer, listKind: DrawerList}
          versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """;

    private const string Drawer = """
        apiVersion: shop.example.com/v1
        kind: Drawer
        metadata: {name: first}
        spec: {coins: 5}
        """;

    private const string Workload = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: NAME, namespace: shop}
        spec:
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec: {containers: [{name: main, image: "x:1"}]}
        """;

    private const string Webhook = """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: check}
        webhooks:
        - name: check.shop.example.com
          admissionReviewVersions: [v1]
          sideEffects: None
          failurePolicy: Ignore
          clientConfig: {service: {name: nobody, namespace: shop}}
          rules: [{apiGroups: [shop.example.com], apiVersions: ["*"], operations: [CREATE], resources: [drawers]}]
        """;

    private const string Namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}";

    [Fact]
    public async Task Objects_go_in_by_wave_and_webhooks_wait_for_the_workloads()
    {
        await using var site = await TestSite.StartAsync();
        site.Behaviour.SetFaults("site", new WorkloadFault(WorkloadFaultKind.NeverReady));
        // Written in the worst order.
        site.Boot(TestRelease.Of(string.Join("\n---\n", Webhook, Drawer, Workload.Replace("NAME", "till", StringComparison.Ordinal), Namespace, Definition)));
        await site.UntilAsync(p => p.Components[0].Reason == "WaitingForHealth");
        string[] order = [.. site.Wire.Writes.Select(w => w.Split('/')[^1])];
        Assert.Equal(["drawers.shop.example.com", "shop", "till", "first"], order);
        Assert.Contains("apps/v1/Deployment/shop/till", site.Observer.Component("till").Message);

        site.Behaviour.SetFaults("site");
        await site.UntilSettledAsync();
        Assert.EndsWith("/check", site.Wire.Writes[^1]);
    }

    [Fact]
    public async Task Components_wait_for_those_before_them_and_others_go_on()
    {
        await using var site = await TestSite.StartAsync();
        site.Behaviour.SetFaults("site", new WorkloadFault(WorkloadFaultKind.NeverReady, Name: "network"));
        site.Boot(TestRelease.Of(
        [
            ("network", Namespace + "\n---\n" + Workload.Replace("NAME", "network", StringComparison.Ordinal), null),
            ("till", Workload.Replace("NAME", "till", StringComparison.Ordinal), c => c with { After = ["network"] }),
            ("music", Workload.Replace("NAME", "music", StringComparison.Ordinal).Replace("namespace: shop", "namespace: default", StringComparison.Ordinal), null),
        ]));
        await site.UntilAsync(p => p.Components[2].Phase == ComponentPhase.Healthy);
        Assert.Equal(ComponentPhase.Unhealthy, site.Observer.Component("network").Phase);
        Assert.Equal(("ReplicasNotReady", 1), (site.Observer.Component("network").Reason, site.Observer.Component("network").Problems.Count));
        Assert.Equal((ComponentPhase.Waiting, "WaitingForComponents"), (site.Observer.Component("till").Phase, site.Observer.Component("till").Reason));
        Assert.Null(await site.GetAsync("apps/v1", "Deployment", "shop", "till"));

        site.Behaviour.SetFaults("site");
        await site.UntilSettledAsync();
        Assert.NotNull(await site.GetAsync("apps/v1", "Deployment", "shop", "till"));
    }

    [Fact]
    public async Task A_custom_resource_waits_for_a_definition_that_somebody_else_brings()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Drawer));
        await site.UntilAsync(p => p.Components[0].Reason == "WaitingForDefinition");
        await site.CreateAsync(Definition);
        await site.UntilSettledAsync();
        Assert.NotNull(await site.GetAsync("shop.example.com/v1", "Drawer", "default", "first"));
    }

    [Fact]
    public async Task An_object_waits_for_a_namespace_that_somebody_else_brings()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Workload.Replace("NAME", "till", StringComparison.Ordinal)));
        await site.UntilAsync(p => p.Components[0].Reason == "WaitingForNamespace");
        await site.CreateAsync(Namespace);
        await site.UntilSettledAsync();
    }

    [Fact]
    public async Task The_versions_own_rules_say_when_it_is_healthy()
    {
        await using var site = await TestSite.StartAsync();
        HealthRule[] rules = [new() { Kind = "Drawer", Expression = "self.status.open == false" }];
        site.Boot(TestRelease.Of(Definition + "\n---\n" + Drawer, c => c with { Health = rules }));
        await site.UntilAsync(p => p.Components[0].Reason == "RuleNotMet");
        await site.PatchAsync("shop.example.com/v1", "Drawer", "default", "first", """{"status":{"open":false}}""");
        await site.UntilSettledAsync();
        Assert.Equal(0, site.Observer.Count(JournalEvent.DriftCorrected));
    }

    [Fact]
    public async Task A_workload_that_does_not_start_names_its_pod_and_the_pods_are_looked_at_seldom()
    {
        await using var site = await TestSite.StartAsync();
        site.Behaviour.SetFaults("site", new WorkloadFault(WorkloadFaultKind.ImagePull));
        site.Boot(TestRelease.Of(Namespace + "\n---\n" + Workload.Replace("NAME", "till", StringComparison.Ordinal)));
        await site.UntilAsync(p => p.Components[0].Message.Contains("ImagePullBackOff", StringComparison.Ordinal));
        Assert.Contains("pod till-0: container main does not start", site.Observer.Component("till").Message);
        Assert.Contains("pod till-0", site.Observer.Component("till").Problems[0].Message);
        await site.PassAsync(seconds: 3600);
        Assert.InRange(site.Wire.Requests.Count(r => r.Path.EndsWith("/pods", StringComparison.Ordinal)), 5, 15);

        site.Behaviour.SetFaults("site");
        await site.UntilSettledAsync();
        Assert.Equal("", site.Observer.Component("till").Message);
        site.Wire.Forget();
        await site.PassAsync(seconds: 3600);
        Assert.DoesNotContain(site.Wire.Requests, r => r.Path.EndsWith("/pods", StringComparison.Ordinal));
    }
}
