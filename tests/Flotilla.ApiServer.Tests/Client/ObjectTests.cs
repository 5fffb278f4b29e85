using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;
using static Flotilla.ApiServer.Tests.Client.ServedClient;

namespace Flotilla.ApiServer.Tests.Client;

public sealed class ObjectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task An_object_lives_its_life(Way way)
    {
        await using var served = await StartAsync(way);
        var client = served.Client;

        Assert.Null(await client.GetAsync(ConfigMaps, "default", "till", Cancellation));
        var created = await client.CreateAsync(ConfigMaps, null, ConfigMap("till", "1"), WriteOptions.Default, Cancellation);
        Assert.Equal("default", created.Object("metadata").String("namespace"));
        Assert.True(JsonNodeExtensions.DeepEquals(created, await client.GetAsync(ConfigMaps, "default", "till", Cancellation)));

        created["data"]!["price"] = "2";
        var updated = await client.UpdateAsync(ConfigMaps, null, (JsonObject)created.DeepClone(), WriteOptions.Default, Cancellation);
        Assert.Equal("2", updated.Object("data").String("price"));

        var stale = await Assert.ThrowsAsync<ApiStatusException>(() => client.UpdateAsync(ConfigMaps, null, created, WriteOptions.Default, Cancellation));
        Assert.Equal((409, "Conflict"), (stale.Status.Code, stale.Status.Reason));
        var twice = await Assert.ThrowsAsync<ApiStatusException>(
            () => client.CreateAsync(ConfigMaps, "default", ConfigMap("till", "1"), WriteOptions.Default, Cancellation));
        Assert.Equal((409, "AlreadyExists"), (twice.Status.Code, twice.Status.Reason));

        var uid = updated.Object("metadata").String("uid");
        var other = await Assert.ThrowsAsync<ApiStatusException>(
            () => client.DeleteAsync(ConfigMaps, "default", "till", new DeleteOptions { Uid = "11111111-2222-3333-4444-555555555555" }, Cancellation));
        Assert.Equal(409, other.Status.Code);
        Assert.NotNull(await client.DeleteAsync(ConfigMaps, "default", "till", new DeleteOptions { Uid = uid, PropagationPolicy = "Background" }, Cancellation));
        Assert.Null(await client.GetAsync(ConfigMaps, "default", "till", Cancellation));
        Assert.Null(await client.DeleteAsync(ConfigMaps, "default", "till", DeleteOptions.Default, Cancellation));
    }

    [Theory]
    [InlineData(Way.Wire, PatchKind.Merge, """{"data":{"price":"2","name":"till"}}""")]
    [InlineData(Way.Memory, PatchKind.StrategicMerge, """{"data":{"price":"2","name":"till"}}""")]
    [InlineData(Way.Memory, PatchKind.Json, """[{"op":"replace","path":"/data/price","value":"2"},{"op":"add","path":"/data/name","value":"till"}]""")]
    public async Task Every_kind_of_patch_is_known(Way way, PatchKind kind, string patch)
    {
        await using var served = await StartAsync(way);
        await served.Client.CreateAsync(ConfigMaps, "default", ConfigMap("till", "1"), WriteOptions.Default, Cancellation);
        var options = new PatchOptions { FieldManager = "cashier" };
        var patched = await served.Client.PatchAsync(ConfigMaps, "default", "till", kind, JsonNode.Parse(patch)!, options, Cancellation);
        Assert.Equal("""{"name":"till","price":"2"}""", Sorted(patched.Object("data")!));
        Assert.Contains(patched.Object("metadata").Array("managedFields")!, f => f.String("manager") == "cashier" && f.String("operation") == "Update");
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Objects_are_applied_as_nodes_and_as_text(Way way)
    {
        await using var served = await StartAsync(way);
        var client = served.Client;
        var ours = new ApplyOptions { FieldManager = "ours" };

        var first = await client.ApplyAsync(ConfigMap("till", "1"), ours, Cancellation);
        Assert.Equal("1", first.Object("data").String("price"));
        var text = Encoding.UTF8.GetBytes(ConfigMap("till", "2").ToJsonString());
        var again = await client.ApplyAsync(ConfigMaps, "default", "till", text, ours with { MetadataOnly = true }, Cancellation);
        Assert.False(again.Created);
        Assert.Equal("PartialObjectMetadata", again.Object.String("kind"));
        Assert.Equal("2", (await client.GetAsync(ConfigMaps, "default", "till", Cancellation)).Object("data").String("price"));

        var theirs = new ApplyOptions { FieldManager = "theirs" };
        var conflict = await Assert.ThrowsAsync<ApiStatusException>(() => client.ApplyAsync(ConfigMap("till", "3"), theirs, Cancellation));
        Assert.Equal(409, conflict.Status.Code);
        Assert.Contains(conflict.Status.Causes, c => c is { Reason: "FieldManagerConflict", Field: ".data.price" });
        var tried = await client.ApplyAsync(ConfigMap("till", "3"), theirs with { Force = true, DryRun = true }, Cancellation);
        Assert.Equal("3", tried.Object("data").String("price"));
        Assert.Equal("2", (await client.GetAsync(ConfigMaps, "default", "till", Cancellation)).Object("data").String("price"));
        Assert.True((await client.ApplyAsync(ConfigMaps, "default", "bar", Encoding.UTF8.GetBytes(ConfigMap("bar", "1").ToJsonString()), theirs, Cancellation)).Created);
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Subresources_are_read_and_written_apart(Way way)
    {
        await using var served = await StartAsync(way);
        var client = served.Client;
        var labels = new JsonObject { ["app"] = "till" };
        var deployment = new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject { ["name"] = "till" },
            ["spec"] = new JsonObject
            {
                ["replicas"] = 2,
                ["selector"] = new JsonObject { ["matchLabels"] = labels },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
                    ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "till", ["image"] = "till:1" }) },
                },
            },
        };
        var created = await client.CreateAsync(Deployments, null, deployment, WriteOptions.Default, Cancellation);
        created["status"] = new JsonObject { ["replicas"] = 2, ["readyReplicas"] = 1 };
        created["spec"]!["replicas"] = 5;
        var updated = await client.UpdateAsync(Deployments, null, created, new WriteOptions { Subresource = "status" }, Cancellation);
        Assert.Equal((2, 1), ((long)updated["spec"]!["replicas"]!, (long)updated["status"]!["readyReplicas"]!));
        var ready = new JsonObject { ["status"] = new JsonObject { ["readyReplicas"] = 2 } };
        updated = await client.PatchAsync(Deployments, "default", "till", PatchKind.Merge, ready, new PatchOptions { Subresource = "status" }, Cancellation);
        Assert.Equal(2, (long)updated["status"]!["readyReplicas"]!);

        var scale = await client.GetAsync(Deployments, "default", "till", "scale", Cancellation);
        Assert.Equal(("Scale", 2), (scale.String("kind"), (long)scale!["spec"]!["replicas"]!));
        scale["spec"]!["replicas"] = 3;
        await client.UpdateAsync(Deployments, "default", scale, new WriteOptions { Subresource = "scale" }, Cancellation);
        Assert.Equal(3, (long)(await client.GetAsync(Deployments, "default", "till", Cancellation))!["spec"]!["replicas"]!);
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Lists_come_whole_whatever_the_size_of_a_page(Way way)
    {
        await using var served = await StartAsync(way);
        var names = Enumerable.Range(0, 23).Select(i => $"till-{i.ToString("d2", CultureInfo.InvariantCulture)}").ToArray();
        foreach (var name in names)
        {
            var obj = ConfigMap(name, "1");
            obj["metadata"]!["labels"] = new JsonObject { ["last"] = name[^1..] };
            await served.Client.CreateAsync(ConfigMaps, "default", obj, WriteOptions.Default, Cancellation);
        }
        foreach (var size in new[] { 0, 1, 5, 23, 500 })
        {
            var list = await served.Client.ListAsync(ConfigMaps, "default", new ListOptions { PageSize = size, LabelSelector = "last" }, Cancellation);
            Assert.Equal(names, list.Items.Select(i => ObjectKey.Of(i).Name));
            Assert.All(list.Items, i => Assert.Equal(("v1", "ConfigMap"), (i.String("apiVersion"), i.String("kind"))));
            Assert.True(long.Parse(list.ResourceVersion, CultureInfo.InvariantCulture) > 0);
        }
        var some = await served.Client.ListAsync(ConfigMaps, null, new ListOptions { LabelSelector = "last in (1,2)", PageSize = 2, MetadataOnly = true }, Cancellation);
        Assert.Equal(["till-01", "till-02", "till-11", "till-12", "till-21", "till-22"], some.Items.Select(i => ObjectKey.Of(i).Name));
        Assert.All(some.Items, i => Assert.Null(i.Object("data")));
        var one = await served.Client.ListAsync(ConfigMaps, null, new ListOptions { FieldSelector = "metadata.name=till-07" }, Cancellation);
        Assert.Equal("till-07", ObjectKey.Of(Assert.Single(one.Items)).Name);
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Names_with_special_characters_and_large_bodies_arrive(Way way)
    {
        await using var served = await StartAsync(way);
        var roles = new ResourceReference("rbac.authorization.k8s.io", "v1", "clusterroles", false, "ClusterRole");
        await served.Client.CreateAsync(roles, null, new JsonObject
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = "ClusterRole",
            ["metadata"] = new JsonObject { ["name"] = "fleet:a bö" },
        }, WriteOptions.Default, Cancellation);
        Assert.Equal("fleet:a bö", ObjectKey.Of((await served.Client.GetAsync(roles, null, "fleet:a bö", Cancellation))!).Name);

        var large = new string('x', 900_000);
        await served.Client.CreateAsync(ConfigMaps, "default", ConfigMap("large", large), WriteOptions.Default, Cancellation);
        Assert.Equal(large, (await served.Client.GetAsync(ConfigMaps, "default", "large", Cancellation)).Object("data").String("price"));
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task What_is_refused_says_so(Way way)
    {
        await using var served = await StartAsync(way);
        var nobody = way == Way.Wire
            ? new KubernetesClient(Kubeconfig.Parse(served.Api.Kubeconfig) with { Token = "wrong" })
            : new KubernetesClient(served.Api.CreateHandler(), served.Api.Address, token: "wrong");
        using (nobody)
            Assert.Equal("Unauthorized", (await Assert.ThrowsAsync<ApiStatusException>(() => nobody.VersionAsync(Cancellation))).Status.Reason);

        Assert.StartsWith("v1.", await served.Client.VersionAsync(Cancellation), StringComparison.Ordinal);
        var bad = await Assert.ThrowsAsync<ApiStatusException>(
            () => served.Client.CreateAsync(ConfigMaps, "default", ConfigMap("No Name", "1"), WriteOptions.Default, Cancellation));
        Assert.Equal(422, bad.Status.Code);
        Assert.Equal("metadata.name", Assert.Single(bad.Status.Causes).Field);
        using var one = await served.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces?limit=1&fieldSelector=metadata.name%3Ddefault"), Cancellation);
        Assert.Equal("default", ObjectKey.Of((JsonObject)JsonText.Parse(await one.Content.ReadAsByteArrayAsync(Cancellation)).Array("items")![0]!).Name);
        using var raw = await served.Client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/no/such/path"), Cancellation);
        Assert.Equal(404, (int)raw.StatusCode);
        Assert.Equal("404 page not found\n", await raw.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(Way.Wire)]
    [InlineData(Way.Memory)]
    public async Task Virtual_clusters_are_reached_below_their_path(Way way)
    {
        await using var served = await StartAsync(way);
        var address = await served.Api.AddClusterAsync("ship", Cancellation);
        using var ship = way == Way.Wire
            ? new KubernetesClient(Kubeconfig.Parse(served.Api.Kubeconfig, "ship"))
            : new KubernetesClient(served.Api.CreateHandler(), address, token: served.Api.Token);
        await ship.ApplyAsync(ConfigMap("till", "1"), new ApplyOptions { FieldManager = "t" }, Cancellation);
        Assert.NotNull(await ship.GetAsync(ConfigMaps, "default", "till", Cancellation));
        Assert.Null(await served.Client.GetAsync(ConfigMaps, "default", "till", Cancellation));
    }

    private static string Sorted(JsonObject obj) => new JsonObject(obj.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString();

    internal static JsonObject ConfigMap(string name, string price) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["data"] = new JsonObject { ["price"] = price },
    };
}
