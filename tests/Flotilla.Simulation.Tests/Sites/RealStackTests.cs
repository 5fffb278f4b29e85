using System.Text.Json.Nodes;
using Flotilla.Api;
using Flotilla.Api.Sites;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Json;
using Flotilla.Simulation.Sites;
using Flotilla.TestKit;

namespace Flotilla.Simulation.Tests.Sites;

/// <summary>What real projects publish, to twenty sites and back.</summary>
public sealed class RealStackTests
{
    private static readonly ResourceReference Deployments = new("apps", "v1", "deployments", true, "Deployment");
    private static readonly ResourceReference Services = new("", "v1", "services", true, "Service");
    private static readonly ResourceReference Definitions = new("apiextensions.k8s.io", "v1", "customresourcedefinitions", false, "CustomResourceDefinition");
    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_sites_go_to_the_newer_versions_and_back_and_drift_is_corrected_on_the_way()
    {
        Assert.SkipWhen(RealStack.Folder is null, "the published manifests are not beside the checkout");
        await using var world = await SimulatedWorld.StartAsync([.. Enumerable.Range(1, 20).Select(Archetypes.Store)]);
        await DeclareAsync(world);

        await world.ApplyAsync(RealStack.Older());
        await world.ApplyAsync(RealStack.Fleet());
        await UntilOnAsync(world, "3.31.7");
        var first = world.Fleet["store-0001"].Cluster;
        var before = await first.GetAsync(Deployments, "gatekeeper-system", "gatekeeper-controller-manager", Cancelled);

        await world.ApplyAsync(RealStack.Newer());
        await UntilOnAsync(world, "3.32.1");
        var after = await first.GetAsync(Deployments, "gatekeeper-system", "gatekeeper-controller-manager", Cancelled);
        Assert.Equal(before.Object("metadata").String("uid"), after.Object("metadata").String("uid"));
        Assert.NotEqual(Image(before!), Image(after!));

        await DriftAsync(world, first, Image(after!));

        await world.ApplyAsync(RealStack.Older());
        await UntilOnAsync(world, "3.31.7");
        var back = await first.GetAsync(Deployments, "gatekeeper-system", "gatekeeper-controller-manager", Cancelled);
        Assert.Equal(Image(before!), Image(back!));
    }

    [Fact]
    public async Task A_component_that_leaves_the_stack_is_pruned_and_what_may_hold_data_stays()
    {
        Assert.SkipWhen(RealStack.Folder is null, "the published manifests are not beside the checkout");
        await using var world = await SimulatedWorld.StartAsync([Archetypes.Store(1)]);
        await DeclareAsync(world);
        await world.ApplyAsync(RealStack.Newer());
        await world.ApplyAsync(RealStack.Fleet());
        await UntilOnAsync(world, "3.32.1");
        var cluster = world.Fleet["store-0001"].Cluster;
        await cluster.ApplyAsync(
            new JsonObject
            {
                ["apiVersion"] = "projectcontour.io/v1",
                ["kind"] = "HTTPProxy",
                ["metadata"] = new JsonObject { ["name"] = "shop", ["namespace"] = "default" },
                ["spec"] = new JsonObject { ["virtualhost"] = new JsonObject { ["fqdn"] = "shop.example.com" } },
            },
            new ApplyOptions { FieldManager = "somebody" }, Cancelled);

        var smaller = RealStack.Newer();
        var slots = smaller.Object("spec").Array("slots")!;
        slots.Remove(slots.First(slot => slot.String("role") == "ingress"));
        foreach (var after in slots.Select(slot => slot.Array("after")).OfType<JsonArray>())
            after.RemoveAll(role => role.AsStringOrNull() == "ingress");
        await world.ApplyAsync(smaller);

        await world.UntilAsync(
            async () => await cluster.GetAsync(Deployments, "projectcontour", "contour", Cancelled) is null,
            Longest,
            async () => $"{(await world.Hub.Api.GetAsync(new ResourceReference("flotilla.dev", "v1alpha1", "stacks", true, "Stack"), "retail", "real", Cancelled))?["status"]?.ToJsonString()}\n"
                + string.Join("\n", (await world.Hub.Ledger.JournalAsync(new SiteName("retail", "store-0001"), 0, 1000, Cancelled)).TakeLast(20).Select(e => e.Entry)));
        await world.Time.PassAsync(TimeSpan.FromHours(1), Cancelled);
        Assert.NotNull(await cluster.GetAsync(Definitions, null, "httpproxies.projectcontour.io", Cancelled));
        Assert.NotNull(await cluster.GetAsync(Deployments, "gatekeeper-system", "gatekeeper-controller-manager", Cancelled));
    }

    [Fact]
    public async Task Sites_without_a_hub_for_three_weeks_correct_drift_and_tell_all_of_it_in_order_afterwards()
    {
        await using var world = await SimulatedWorld.StartAsync(Archetypes.Mixed(5));
        foreach (var kind in new[] { "stores", "ships", "aircraft" })
            await world.ApplyFolderAsync(Path.Combine(Repository.Root, "samples", kind));
        await world.UntilReadyAsync("retail", "stores", TimeSpan.FromHours(1));
        await world.UntilReadyAsync("shipping", "ships", TimeSpan.FromHours(12));
        await world.UntilReadyAsync("airborne", "aircraft", TimeSpan.FromHours(1));

        foreach (var site in world.Fleet.Sites)
            site.Link.Cut();
        var store = world.Fleet["store-0001"];
        for (var week = 1; week <= 3; week++)
        {
            await store.Cluster.DeleteAsync(Deployments, "shop", "point-of-sale", DeleteOptions.Default, Cancelled);
            await world.Time.PassAsync(TimeSpan.FromDays(7), Cancelled);
            Assert.NotNull(await store.Cluster.GetAsync(Deployments, "shop", "point-of-sale", Cancelled));
            // A reboot changes nothing.
            await world.Time.DuringAsync(store.StopAsync(), Longest, Cancelled);
            await world.Time.DuringAsync(store.StartAsync(Cancelled), Longest, Cancelled);
        }
        var away = await world.SiteAsync(store.Name);
        Assert.NotEqual(ConditionStatus.True, away.Status!.Conditions.First(c => c.Type == "Connected").Status);
        Assert.NotEqual(ConditionStatus.True, away.Status!.Conditions.First(c => c.Type == "InSync").Status);

        foreach (var site in world.Fleet.Sites)
            site.Link.Mend();
        await world.UntilReadyAsync("retail", "stores", TimeSpan.FromHours(1));
        await world.Time.PassAsync(TimeSpan.FromMinutes(10), Cancelled);

        var journal = await world.Hub.Ledger.JournalAsync(store.Name, 0, 1000, Cancelled);
        Assert.Equal(Enumerable.Range(1, journal.Count).Select(n => (long)n), journal.Select(e => e.Entry.Number));
        Assert.True(journal.Count(e => e.Entry.Event == Api.Sync.JournalEvent.DriftCorrected && e.Entry.Object!.Contains("point-of-sale", StringComparison.Ordinal)) >= 3);
        Assert.Equal(4, journal.Count(e => e.Entry.Event == Api.Sync.JournalEvent.AgentStarted));
        Assert.Single(journal, e => e.Entry.Event == Api.Sync.JournalEvent.ReleaseApplied);
    }

    private static async Task DeclareAsync(SimulatedWorld world)
    {
        var content = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var components = RealStack.StoredComponents(content);
        foreach (var bytes in content.Values)
            await world.Hub.Content.WriteAsync(bytes, Cancelled);
        foreach (var component in components)
            await world.ApplyAsync(component);
    }

    /// <summary>Waits until all sites run the stack with this version of calico, and are healthy.</summary>
    private static Task UntilOnAsync(SimulatedWorld world, string calico) => world.UntilAsync(
        async () =>
        {
            var fleet = await world.FleetAsync("retail", "stores");
            if (SimulatedWorld.Says(fleet, "Ready") != ConditionStatus.True)
                return false;
            foreach (var site in world.Fleet.Sites)
            {
                var report = await world.Hub.Ledger.ReportAsync(site.Name, Cancelled);
                if (report?.Components.FirstOrDefault(c => c.Name == "calico")?.Version != calico)
                    return false;
            }
            return true;
        },
        Longest,
        async () => string.Join("\n", await Task.WhenAll(world.Fleet.Sites.Take(3).Select(async s =>
        {
            var report = await world.Hub.Ledger.ReportAsync(s.Name, Cancelled);
            return $"{s.Name} {report?.Phase} {report?.Reason} {report?.Message} " + string.Join("; ", report?.Components.Select(c => $"{c.Name} {c.Version} {c.Phase} {c.Reason} {c.Message}") ?? []);
        }))));

    /// <summary>Somebody changes an image and deletes a service by hand.</summary>
    private static async Task DriftAsync(SimulatedWorld world, KubernetesClient cluster, string image)
    {
        var patch = JsonNode.Parse("""[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "example.com/mine:1"}]""")!;
        await cluster.PatchAsync(Deployments, "gatekeeper-system", "gatekeeper-controller-manager", PatchKind.Json, patch, new PatchOptions { FieldManager = "somebody" }, Cancelled);
        await cluster.DeleteAsync(Services, "projectcontour", "contour", DeleteOptions.Default, Cancelled);

        await world.UntilAsync(
            async () => Image((await cluster.GetAsync(Deployments, "gatekeeper-system", "gatekeeper-controller-manager", Cancelled))!) == image
                && await cluster.GetAsync(Services, "projectcontour", "contour", Cancelled) is not null,
            TimeSpan.FromMinutes(10), () => Task.FromResult("drift stays"));
        await world.Time.PassAsync(TimeSpan.FromMinutes(1), Cancelled);
        var told = (await world.Hub.Ledger.JournalAsync(new SiteName("retail", "store-0001"), 0, 1000, Cancelled)).Select(e => e.Entry).ToList();
        Assert.Contains(told, e => e.Event == Api.Sync.JournalEvent.DriftCorrected && e.Object!.EndsWith("/gatekeeper-controller-manager", StringComparison.Ordinal) && e.Message.Contains("somebody", StringComparison.Ordinal));
        Assert.Contains(told, e => e.Event == Api.Sync.JournalEvent.DriftCorrected && e.Object!.EndsWith("/contour", StringComparison.Ordinal));
    }

    private static string Image(JsonObject deployment) =>
        deployment.Object("spec").Object("template").Object("spec").Array("containers")![0].String("image")!;
}
