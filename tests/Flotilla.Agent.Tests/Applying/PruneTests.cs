using Flotilla.Api;
using Flotilla.Api.Stacks;
using Flotilla.Api.Sync;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Agent.Tests.Applying;

public sealed class PruneTests
{
    private const string Namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}";

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

    private const string Drawer = "apiVersion: shop.example.com/v1\nkind: Drawer\nmetadata: {name: NAME, namespace: default}\nspec: {coins: 5}";

    private const string Claim = """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: sales, namespace: shop}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
        """;

    [Fact]
    public async Task What_left_the_release_goes_in_reverse_order_and_what_stayed_is_not_touched()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of([("base", Config("base"), null), ("till", Join(Namespace, Definition, Drawer.Replace("NAME", "one", StringComparison.Ordinal), Config("till")), null)]));
        await site.UntilSettledAsync();
        site.Wire.Forget();

        site.Releases.Set(TestRelease.Of([("base", Config("base"), null)]));
        await site.UntilSettledAsync();
        Assert.All(site.Wire.Writes, w => Assert.StartsWith("DELETE", w));
        Assert.Equal(["one", "till", "drawers.shop.example.com", "shop"], site.Wire.Writes.Select(w => w.Split('/')[^1]));
        Assert.Equal(4, site.Observer.Count(JournalEvent.Pruned));
        Assert.NotNull(await site.GetAsync("v1", "ConfigMap", "default", "base"));
        Assert.Single(site.Inventory.Current!.Entries);
    }

    [Fact]
    public async Task What_held_an_object_may_go_and_then_it_goes_without_a_new_release()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of([("base", Config("base"), null), ("till", Join(Namespace, Definition), null)]));
        await site.UntilSettledAsync();
        await site.CreateAsync(Join(Drawer.Replace("NAME", "theirs", StringComparison.Ordinal), Claim));

        site.Releases.Set(TestRelease.Of([("base", Config("base"), null)]));
        await site.UntilAsync(p => p.Components[^1].Problems.Count == 2);
        await site.PassAsync(seconds: 3600);
        Assert.Equal(2, site.Observer.Count(JournalEvent.PruneRefused));
        Assert.NotNull(await site.GetAsync("v1", "Namespace", null, "shop"));

        await site.DeleteAsync("shop.example.com/v1", "Drawer", "default", "theirs");
        await site.DeleteAsync("v1", "PersistentVolumeClaim", "shop", "sales");
        await site.UntilAsync(p => p.Components.Count == 1);
        Assert.Null(await site.GetAsync("v1", "Namespace", null, "shop"));
        Assert.Null(await site.GetAsync("apiextensions.k8s.io/v1", "CustomResourceDefinition", null, "drawers.shop.example.com"));
        Assert.Equal(2, site.Observer.Count(JournalEvent.Pruned));
    }

    [Fact]
    public async Task Guards_hold_what_people_would_miss_and_say_what_to_do()
    {
        await using var site = await TestSite.StartAsync();
        var release = Join(Namespace, Definition, Claim, Config("till"));
        site.Boot(TestRelease.Of([("base", Config("base"), null), ("till", release, c => c with { Protect = [new ObjectTarget { Kind = "ConfigMap" }] })]));
        await site.UntilSettledAsync();
        await site.CreateAsync(Drawer.Replace("NAME", "of-a-user", StringComparison.Ordinal));

        site.Releases.Set(TestRelease.Of([("base", Config("base"), null)]));
        await site.UntilSettledAsync();
        Assert.DoesNotContain(site.Wire.Writes, w => w.StartsWith("DELETE", StringComparison.Ordinal));
        var refused = site.Observer.Events.Where(e => e.Event == JournalEvent.PruneRefused).ToDictionary(e => e.Object!, e => e);
        Assert.Equal("HoldsData", refused["v1/PersistentVolumeClaim/shop/sales"].Reason);
        Assert.Equal("HoldsData", refused["v1/Namespace/shop"].Reason);
        Assert.Equal("Protected", refused["v1/ConfigMap/default/till"].Reason);
        Assert.Equal("HasInstances", refused["apiextensions.k8s.io/v1/CustomResourceDefinition/drawers.shop.example.com"].Reason);
        Assert.Contains("shop.example.com/v1/Drawer/default/of-a-user", refused["apiextensions.k8s.io/v1/CustomResourceDefinition/drawers.shop.example.com"].Message);
        Assert.Contains("prune.allow", refused["v1/PersistentVolumeClaim/shop/sales"].Message);
        Assert.Equal(ComponentPhase.Pruning, site.Observer.Component("till").Phase);

        // Declared, all but what is protected goes.
        site.Releases.Set(TestRelease.Of([("base", Config("base"), null)], new PrunePolicy { Allow = [new ObjectTarget { Namespace = "shop" }, new ObjectTarget { Kind = "Namespace" }, new ObjectTarget { Kind = "CustomResourceDefinition" }] }));
        await site.UntilSettledAsync();
        Assert.Null(await site.GetAsync("v1", "PersistentVolumeClaim", "shop", "sales"));
        Assert.NotNull(await site.GetAsync("v1", "ConfigMap", "default", "till"));
        Assert.Equal(2, site.Inventory.Current!.Entries.Count);
    }

    [Fact]
    public async Task A_namespace_with_something_of_somebody_else_stays()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of([("base", Config("base"), null), ("till", Namespace, null)]));
        await site.UntilSettledAsync();
        await site.CreateAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: mine, namespace: shop}");
        site.Releases.Set(TestRelease.Of([("base", Config("base"), null)]));
        await site.UntilSettledAsync();
        var refused = site.Observer.First(JournalEvent.PruneRefused)!;
        Assert.Equal("HoldsOthers", refused.Reason);
        Assert.Contains("v1/Secret/shop/mine", refused.Message);
    }

    [Fact]
    public async Task More_than_a_change_may_delete_stays_as_a_whole()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of([("base", Config("base"), null), ("till", Join([.. Enumerable.Range(1, 12).Select(i => Config($"till-{i}"))]), null)]));
        await site.UntilSettledAsync();
        site.Releases.Set(TestRelease.Of([("base", Config("base"), null)]));
        await site.UntilSettledAsync();
        Assert.Equal(12, site.Observer.Count(JournalEvent.PruneRefused));
        Assert.All(site.Observer.Events.Where(e => e.Event == JournalEvent.PruneRefused), e => Assert.Equal("PruneThreshold", e.Reason));

        site.Releases.Set(TestRelease.Of([("base", Config("base"), null)], new PrunePolicy { Threshold = "95%" }));
        await site.UntilSettledAsync();
        Assert.Single(site.Inventory.Current!.Entries);
    }

    [Fact]
    public async Task An_object_that_moves_to_another_component_stays()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of([("one", Config("till"), null)]));
        await site.UntilSettledAsync();
        var uid = (await site.GetAsync("v1", "ConfigMap", "default", "till")).Object("metadata").String("uid");
        site.Releases.Set(TestRelease.Of([("two", Config("till"), null)]));
        await site.UntilSettledAsync();
        Assert.Equal(uid, (await site.GetAsync("v1", "ConfigMap", "default", "till")).Object("metadata").String("uid"));
        Assert.Equal(0, site.Observer.Count(JournalEvent.Pruned));
    }

    [Fact]
    public async Task No_release_at_all_deletes_nothing()
    {
        await using var site = await TestSite.StartAsync();
        site.Boot(TestRelease.Of(Config("till")));
        await site.UntilSettledAsync();
        site.Wire.Forget();
        site.Releases.Set(null);
        await site.PassAsync(seconds: 3600);
        Assert.Empty(site.Wire.Writes);
        Assert.NotNull(await site.GetAsync("v1", "ConfigMap", "default", "till"));
    }

    [Fact]
    public async Task A_lost_inventory_is_found_again_so_that_nothing_is_written_and_the_rest_is_pruned()
    {
        await using var site = await TestSite.StartAsync();
        var both = TestRelease.Of([("base", Config("base"), null), ("till", Join(Namespace, Config("till")), null)]);
        site.Boot(both);
        await site.UntilSettledAsync();
        await site.ShutDownAsync();
        // A controller copied our label to something of its own.
        await site.CreateAsync("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: copy, namespace: default, labels: {flotilla.dev/component: till}}");
        site.Inventory.Lose();
        site.Wire.Forget();
        site.Boot(both);
        await site.UntilSettledAsync();
        Assert.Empty(site.Wire.Writes);
        await site.ShutDownAsync();

        site.Inventory.Lose();
        site.Boot(TestRelease.Of([("base", Config("base"), null)]));
        await site.UntilSettledAsync();
        Assert.Equal(["v1/ConfigMap/default/till", "v1/Namespace/shop"], site.Observer.Events.Where(e => e.Event == JournalEvent.Pruned).Select(e => e.Object));
        Assert.NotNull(await site.GetAsync("v1", "ConfigMap", "default", "copy"));
    }

    private static string Config(string name) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: default}}\ndata: {{a: b}}";

    private static string Join(params string[] documents) => string.Join("\n---\n", documents);
}
