using Flotilla.Api.Sync;
using Flotilla.Simulation.Workloads;
using Flotilla.TestKit;

namespace Flotilla.Agent.Tests.Applying;

public sealed class AdmissionTests
{
    private const string Webhook = """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: check}
        webhooks:
        - name: check.shop.example.com
          admissionReviewVersions: [v1]
          sideEffects: None
          failurePolicy: Fail
          clientConfig: {service: {name: nobody, namespace: default}}
          rules: [{apiGroups: [""], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: [namespaces]}]
        """;

    [Fact]
    public async Task Webhooks_go_in_when_all_components_are_healthy_even_those_that_come_after_theirs()
    {
        await using var site = await TestSite.StartAsync();
        site.Behaviour.SetFaults("site", new WorkloadFault(WorkloadFaultKind.NeverReady, Name: "till"));
        site.Boot(TestRelease.Of(
        [
            ("policy", Webhook, null),
            ("till", Namespace("first") + Workload("till", "x:1"), c => c with { After = ["policy"] }),
        ]));
        await site.UntilAsync(p => p.Components[1].Phase == ComponentPhase.Unhealthy);
        var policy = site.Observer.Component("policy");
        Assert.Equal((ComponentPhase.Applying, "WaitingForHealth"), (policy.Phase, policy.Reason));
        Assert.Contains("apps/v1/Deployment/default/till", policy.Message);
        Assert.DoesNotContain(site.Wire.Writes, w => w.EndsWith("/check", StringComparison.Ordinal));

        site.Behaviour.SetFaults("site");
        await site.UntilSettledAsync();
        Assert.EndsWith("/check", site.Wire.Writes[^1]);
    }

    [Fact]
    public async Task What_a_webhook_without_backend_refuses_waits_for_it_and_the_rest_goes_on()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of([("policy", Webhook, null), ("shop", Namespace("shop"), null), ("till", Workload("till", "x:1"), null)]));
        await site.UntilSettledAsync();

        site.Releases.Set(TestRelease.Of([("policy", Webhook, null), ("shop", Namespace("shop", "tier: gold"), null), ("till", Workload("till", "x:2"), null)]));
        await site.UntilAsync(p => p.Components[1].Reason == "WaitingForWebhook" && p.Components[2].Phase == ComponentPhase.Healthy);
        var shop = site.Observer.Component("shop");
        Assert.Equal(ComponentPhase.Applying, shop.Phase);
        Assert.Contains("check.shop.example.com", shop.Message);
        Assert.False(site.Observer.Progress!.Failed);

        // The same release may bring the way out.
        site.Releases.Set(TestRelease.Of(
        [
            ("policy", Webhook.Replace("failurePolicy: Fail", "failurePolicy: Ignore", StringComparison.Ordinal), null),
            ("shop", Namespace("shop", "tier: gold"), null), ("till", Workload("till", "x:2"), null),
        ]));
        await site.UntilSettledAsync();
    }

    [Fact]
    public async Task Gatekeepers_webhooks_and_all_other_registrations_come_last()
    {
        Assert.SkipWhen(RealStack.Folder is null, "the manifests are not beside the checkout");
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Real(newer: true));
        await site.UntilSettledAsync();
        var isLast = site.Wire.Writes.Select(w => w.Contains("webhookconfigurations/", StringComparison.Ordinal) || w.Contains("/apiservices/", StringComparison.Ordinal)).ToList();
        Assert.True(isLast.Count(last => last) >= 3);
        Assert.Equal(isLast.Order(), isLast);
        // It is the real one: it refuses namespaces, as nobody answers for it here.
        var refused = await Assert.ThrowsAsync<Kubernetes.Errors.ApiStatusException>(() => site.CreateAsync(Namespace("another")));
        Assert.Contains("failed calling webhook", refused.Message);
    }

    private static string Namespace(string name, string labels = "") => $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n---\n";

    private static string Workload(string name, string image) => """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: NAME, namespace: default}
        spec:
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec: {containers: [{name: main, image: "IMAGE"}]}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal);
}
