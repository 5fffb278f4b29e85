using System.Text.Json.Nodes;
using Flotilla.EndToEnd.Fleets;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Yaml;
using Flotilla.TestKit;

namespace Flotilla.EndToEnd.Rollouts;

/// <summary>A change after which its site can tell nobody any more that it is bad.</summary>
[Collection(nameof(FleetTests))]
public sealed class NetworkCutTests(ITestOutputHelper output)
{
    private const int Sites = 6;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_that_cuts_off_its_site_stops_by_itself_and_goes_back_when_the_site_is_there_again()
    {
        var ground = await FleetGround.StartAsync(Sites, new GroundOptions { HasLines = true, Link = new JsonObject { ["expectedAway"] = "8s" } });
        await using var rollouts = new RolloutGround(ground, SiteNetworks.Policies, "default", "outbound");
        await rollouts.SettleAsync([Component(), Stack("1.0.0")], Fleet, new JsonObject
        {
            // Long enough that a site which reports before its line breaks has not succeeded yet.
            ["waves"] = new JsonArray(
                new JsonObject { ["name"] = "canary", ["select"] = new JsonObject { ["count"] = 1 }, ["soak"] = "10s" }, new JsonObject { ["name"] = "rest" }),
            ["progressDeadline"] = "15s",
        });
        await using var networks = new SiteNetworks(ground);
        await ground.ApplyAsync(Stack("1.1.0"));

        await rollouts.SeeAsync("stores-2", seen => seen.Object("status").Object("sites").Member("silent").AsInt64OrNull() == 1);
        var paused = await rollouts.SeePhaseAsync("stores-2", "Paused");

        var canary = await rollouts.OnlyOneBeganAsync();
        var name = FleetGround.Site(canary);
        Assert.Equal([canary], networks.Cut);
        Assert.Contains($"{name} fell silent after its permit", RolloutGround.Story(paused), StringComparison.Ordinal);
        Assert.Contains($"{name} failed: Not heard of since", RolloutGround.Story(paused), StringComparison.Ordinal);
        var bad = await rollouts.RevisionAsync("stores-2");
        output.WriteLine(await ground.FlotillaAsync("rollout", "explain", name));

        networks.Repair(canary);
        using (var hub = ground.Client())
        {
            await ground.SeeAsync(hub, FleetGround.Resource("sites", "Site"), RealStack.Namespace, name, seen =>
                (seen.Object("status").Array("conditions") ?? []).Any(c => c.String("type") == "Connected" && c.String("status") == "True"));
        }
        await ground.FlotillaAsync("rollout", "rollback", "stores-2");

        var failed = await rollouts.SeePhaseAsync("stores-2", "Failed");
        output.WriteLine(RolloutGround.Story(failed));
        Assert.Equal("RolledBack", failed.String("reason"));
        await rollouts.IsQuarantinedAsync(bad);
        using (var cluster = ground.ClientAt(canary))
            await ground.SeeAsync(cluster, SiteNetworks.Policies, "default", "outbound", seen => !SiteNetworks.IsClosed(seen));
        Assert.Equal(canary, await rollouts.OnlyOneBeganAsync());
        await rollouts.WentThereAndBackAsync(canary);
        Assert.Equal([canary], networks.Cut);
    }

    /// <summary>Version 1.1.0 forgets to say what may be sent: then nothing may.</summary>
    private static JsonObject Component() => Read("""
        apiVersion: flotilla.dev/v1alpha1
        kind: Component
        metadata: {name: policies, namespace: NAMESPACE}
        spec:
          role: policy
          versions:
          - version: 1.0.0
            source:
              inline: |
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: outbound, namespace: default}
                spec: {podSelector: {}, policyTypes: [Egress], egress: [{}]}
          - version: 1.1.0
            source:
              inline: |
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: outbound, namespace: default}
                spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
        """);

    private static JsonObject Stack(string version) => Read($$"""
        apiVersion: flotilla.dev/v1alpha1
        kind: Stack
        metadata: {name: store, namespace: NAMESPACE}
        spec: {slots: [{role: policy, use: [{component: policies, version: {{version}}}]}]}
        """);

    private static JsonObject Fleet(JsonObject rollout)
    {
        var fleet = Read("""
            apiVersion: flotilla.dev/v1alpha1
            kind: Fleet
            metadata: {name: stores, namespace: NAMESPACE}
            spec: {selector: {matchLabels: {kind: store}}, stack: store}
            """);
        fleet.Object("spec")!["rollout"] = rollout;
        return fleet;
    }

    private static JsonObject Read(string yaml) => (JsonObject)YamlReader.ReadAll(yaml.Replace("NAMESPACE", RealStack.Namespace, StringComparison.Ordinal))[0].Content!;
}
