using Flotilla.Kubernetes.Json;

namespace Flotilla.Cli.Tests.Commands;

public sealed class PlanTests
{
    [Fact]
    public async Task Shows_what_a_new_version_does_to_each_site_and_what_guards_hold()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var file = hub.Write("newer.yaml", Stores.Yaml("1.1.0"));
        var plan = (await hub.RunAsync("plan", "-f", file)).MustSucceed();
        Assert.Equal(
            """
            Fleet retail/stores: 3 of 3 sites would change (dddddddddddd → dddddddddddd)

              COMPONENT   CHANGE    BEFORE   AFTER
              till        changed   1.0.0    1.1.0

              At 3 sites (store-1, store-2, store-3): 1 objects added, 1 changed, 2 leave
                - v1/ConfigMap/default/receipts
                ~ v1/ConfigMap/default/till: data.greeting
                + v1/ConfigMap/default/vouchers
                - v1/PersistentVolumeClaim/default/sales (stays: holds data; add {kind: PersistentVolumeClaim, name: sales} to prune.allow of the stack)

            """, plan.Steady);
        (await hub.RunAsync("plan", "--exit-code", "-f", file)).MustEnd(ExitCodes.Different);
        Assert.Contains("1.0.0", (await hub.RunAsync("get", "stack/store", "-o", "yaml")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_declared_already_changes_nothing()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var plan = (await hub.RunAsync("plan", "--exit-code", "-f", hub.Write("same.yaml", Stores.Yaml("1.0.0")))).MustSucceed();
        Assert.Equal("Fleet retail/stores: no change at 3 sites\n", plan.Out);
    }

    [Fact]
    public async Task A_new_value_touches_one_site()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        var plan = (await hub.RunAsync("plan", "-o", "json", "-f", hub.Write("site.yaml", Stores.Site("store-2", 3)))).MustSucceed();
        var fleet = JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(plan.Out)).Array("fleets")![0];
        Assert.Equal(1, fleet.Member("touched").AsInt64OrNull());
        Assert.Equal(2, fleet.Member("untouched").AsInt64OrNull());
        var group = fleet.Array("groups")![0];
        Assert.Equal("store-2", group.Array("sites")![0].AsStringOrNull());
        Assert.Equal("data.tills", group.Array("objects")![0].Array("fields")![0].AsStringOrNull());
    }

    [Fact]
    public async Task A_fleet_that_is_new_is_planned_before_anything_of_it_is_there()
    {
        await using var hub = await RunningHub.StartAsync();
        var plan = (await hub.RunAsync("plan", "-f", hub.Write("stores.yaml", Stores.Yaml("1.0.0")))).MustSucceed();
        Assert.StartsWith("Fleet retail/stores: 3 of 3 sites would change (- → dddddddddddd)\n", plan.Steady, StringComparison.Ordinal);
        Assert.Contains("  till        added    -        1.0.0\n", plan.Steady, StringComparison.Ordinal);
        Assert.Equal("No fleets: nothing is planned.\n", (await hub.RunAsync("plan")).MustSucceed().Out);
    }

    [Fact]
    public async Task A_site_that_lacks_a_value_is_named_with_the_remedy()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        (await hub.RunAsync("apply", "-f", hub.Write("bare.yaml", "apiVersion: flotilla.dev/v1alpha1\nkind: Site\nmetadata: {name: store-4, labels: {kind: shop}}\n"))).MustSucceed();
        var wider = Stores.Yaml("1.0.0").Replace("matchLabels: {kind: store}", "matchExpressions: [{key: kind, operator: In, values: [store, shop]}]", StringComparison.Ordinal);
        var plan = (await hub.RunAsync("plan", "-f", hub.Write("wider.yaml", wider))).MustEnd(ExitCodes.Refused);
        Assert.Contains("! Site/store-4: spec.parameters[tills]: ${site.tills} is not known", plan.Out, StringComparison.Ordinal);
        Assert.Contains("add it to the site", plan.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_declarations_it_shows_what_the_hub_is_about_to_do()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.DeclareStoresAsync();
        await hub.SpeakAsync("store-1", new Api.Sync.SiteReport());
        await hub.SeeAsync(Connections.Kinds.Site, "store-1", site => site.Object("status").Object("target") is not null);
        var plan = (await hub.RunAsync("plan", "--exit-code")).MustEnd(ExitCodes.Different);
        Assert.Matches("FLEET +FROM +TO +SITES +GIVEN +CHANGES +WHICH\nretail/stores +- +dddddddddddd +[1-3] +[1-3] +\\+till 1\\.0\\.0 +store-1", plan.Steady);
    }
}
