using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>Clients that want the same thing at the same time.</summary>
public sealed class RaceTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private RunningApi api = null!;

    public async ValueTask InitializeAsync() => api = await RunningApi.StartAsync();

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task Of_64_clients_that_create_one_name_exactly_one_wins()
    {
        var answers = await Many(64, i => api.SendAsync("POST", Maps, Map("one", "by", $"{i}")));
        Assert.Equal(63, answers.Count(a => a.Code == 409 && a.Body.String("reason") == "AlreadyExists"));
        var winner = Assert.Single(answers, a => a.Code == 201).Body;
        Assert.True(JsonNodeExtensions.DeepEquals(winner, await api.DoAsync("GET", Maps + "/one")));
    }

    [Fact]
    public async Task Each_revision_is_replaced_by_exactly_one_conditional_update()
    {
        const int Clients = 16;
        const int Each = 10;
        await api.DoAsync("POST", Maps, Map("counter", "count", "0"));
        var replaced = new ConcurrentBag<string>();
        await Many(Clients, async _ =>
        {
            for (var won = 0; won < Each;)
            {
                var map = await api.DoAsync("GET", Maps + "/counter");
                var count = int.Parse(map.Object("data").String("count")!, CultureInfo.InvariantCulture);
                map.Object("data")!["count"] = $"{count + 1}";
                var answer = await api.SendAsync("PUT", Maps + "/counter", map);
                if (answer.Code == 200)
                {
                    replaced.Add(map.Object("metadata").String("resourceVersion")!);
                    won++;
                }
                else
                {
                    Assert.Equal((409, "Conflict"), (answer.Code, answer.Body.String("reason")));
                }
            }
            return true;
        });
        Assert.Equal(Clients * Each, replaced.Distinct().Count());
        Assert.Equal($"{Clients * Each}", (await api.DoAsync("GET", Maps + "/counter")).Object("data").String("count"));
    }

    [Fact]
    public async Task Unconditional_updates_and_patches_all_succeed()
    {
        await api.DoAsync("POST", Maps, Map("busy", "a", "b"));
        var answers = await Many(64, i => i % 2 == 0
            ? api.SendAsync("PUT", Maps + "/busy", Map("busy", "put", $"{i}"))
            : api.SendAsync("PATCH", Maps + "/busy", new JsonObject { ["data"] = new JsonObject { [$"k{i}"] = "v" } }, "application/merge-patch+json"));
        Assert.All(answers, a => Assert.True(a.Code == 200, a.Body.ToJsonString()));
    }

    [Fact]
    public async Task Appliers_of_one_object_that_is_not_there_yet_lose_no_field()
    {
        const int Managers = 48;
        var answers = await Many(Managers, i => api.SendAsync(
            "PATCH", $"{Maps}/shared?fieldManager=m{i}", Map("shared", $"k{i}", "v"), "application/apply-patch+yaml"));
        Assert.All(answers, a => Assert.True(a.Code is 200 or 201, a.Body.ToJsonString()));
        Assert.Single(answers, a => a.Code == 201);
        var map = await api.DoAsync("GET", Maps + "/shared");
        Assert.Equal(Managers, map.Object("data")!.Count);
        Assert.Equal(Managers, map.Object("metadata").Array("managedFields")!.Count);
    }

    [Fact]
    public async Task Deletes_of_an_object_that_changes_all_the_time_succeed()
    {
        await api.DoAsync("POST", Maps, Map("target", "a", "b"));
        using var stop = new CancellationTokenSource();
        var changing = Many(8, async i =>
        {
            var code = 200;
            for (var n = 0; code == 200; n++)
                code = (await api.SendAsync("PATCH", Maps + "/target", Map("target", $"k{i}", $"{n}"), "application/merge-patch+json")).Code;
            return code;
        });
        await api.UntilAsync(Maps, "target", m => m.Object("data")?.Count > 4);
        await api.DoAsync("DELETE", Maps + "/target");
        Assert.All(await changing, code => Assert.Equal(404, code));
    }

    [Fact]
    public async Task Nothing_survives_in_a_namespace_that_was_deleted_while_clients_created_in_it()
    {
        for (var round = 0; round < 5; round++)
        {
            await api.DoAsync("POST", "/api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "busy" } });
            var creating = CreateUntilRefusedAsync("/api/v1/namespaces/busy/configmaps", (name, _) => Map(name, "a", "b"));
            await api.UntilAsync("/api/v1/namespaces/busy/configmaps", "c0-5", m => m is not null);
            await api.DoAsync("DELETE", "/api/v1/namespaces/busy");
            Assert.All(await creating, a => Assert.True(a.Code is 403 or 404, a.Body.ToJsonString()));
            await api.UntilAsync("/api/v1/namespaces", "busy", ns => ns is null);
            Assert.Empty((await api.DoAsync("GET", "/api/v1/namespaces/busy/configmaps")).Array("items")!);
        }
    }

    [Fact]
    public async Task No_object_survives_a_definition_that_was_deleted_while_clients_created_it()
    {
        const string Boats = "/apis/sea.example.com/v1/namespaces/default/boats";
        for (var round = 0; round < 5; round++)
        {
            await api.DoAsync("POST", Definitions, Definition());
            await api.UntilAsync(Definitions, "boats.sea.example.com", IsEstablished);
            Assert.Empty((await api.DoAsync("GET", Boats)).Array("items")!);
            var creating = CreateUntilRefusedAsync(Boats, (name, _) => new JsonObject
            {
                ["apiVersion"] = "sea.example.com/v1",
                ["kind"] = "Boat",
                ["metadata"] = new JsonObject { ["name"] = name },
            });
            await api.UntilAsync(Boats, "c0-5", m => m is not null);
            await api.DoAsync("DELETE", $"{Definitions}/boats.sea.example.com");
            Assert.All(await creating, a => Assert.True(a.Code is 404 or 405, a.Body.ToJsonString()));
            await api.UntilAsync(Definitions, "boats.sea.example.com", d => d is null);
        }
    }

    [Fact]
    public async Task Pages_of_a_list_show_one_moment_while_everything_changes()
    {
        var start = (await api.DoAsync("GET", Maps)).Object("metadata").String("resourceVersion");
        await Many(300, i => api.DoAsync("POST", Maps, Map($"p-{i:D3}", "n", "0")));
        using var stop = new CancellationTokenSource();
        var changing = Many(4, async i =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                var name = $"p-{(n * 7 + i * 75) % 300:D3}";
                await api.SendAsync("DELETE", $"{Maps}/{name}");
                await api.SendAsync("POST", Maps, Map(name, "n", $"{n}"));
            }
            return true;
        });
        for (var round = 0; round < 5; round++)
        {
            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            string? revision = null;
            var next = "";
            do
            {
                var page = await api.DoAsync("GET", $"{Maps}?limit=40&continue={next}");
                Assert.Equal(revision ??= page.Object("metadata").String("resourceVersion"), page.Object("metadata").String("resourceVersion"));
                foreach (var item in page.Array("items")!)
                    found.Add(item.Object("metadata").String("name")!, item.Object("metadata").String("resourceVersion")!);
                next = page.Object("metadata").String("continue") ?? "";
            }
            while (next.Length > 0);
            Assert.Equal((await StateAtAsync(start!, long.Parse(revision!, CultureInfo.InvariantCulture))).OrderBy(p => p.Key), found.OrderBy(p => p.Key));
        }
        await stop.CancelAsync();
        await changing;
    }

    /// <summary>Names and revisions at a revision, from the events since another.</summary>
    private async Task<Dictionary<string, string>> StateAtAsync(string from, long until)
    {
        var state = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var change in api.WatchAsync($"{Maps}?watch=true&resourceVersion={from}"))
        {
            var metadata = change.Object("object").Object("metadata");
            if (long.Parse(metadata.String("resourceVersion")!, CultureInfo.InvariantCulture) > until)
                break;
            if (change.String("type") == "DELETED")
                state.Remove(metadata.String("name")!);
            else
                state[metadata.String("name")!] = metadata.String("resourceVersion")!;
        }
        return state;
    }

    /// <summary>Eight clients create until they are refused; the result is the refusals.</summary>
    private Task<ApiAnswer[]> CreateUntilRefusedAsync(string path, Func<string, int, JsonObject> make) => Many(8, async client =>
    {
        for (var i = 0; ; i++)
        {
            var answer = await api.SendAsync("POST", path, make($"c{client}-{i}", i));
            if (answer.Code != 201)
                return answer;
        }
    });

    private static Task<T[]> Many<T>(int count, Func<int, Task<T>> run) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => run(i), TestContext.Current.CancellationToken)));

    private static bool IsEstablished(JsonObject? definition) =>
        (definition.Object("status").Array("conditions") ?? []).Any(c => c.String("type") == "Established" && c.String("status") == "True");

    private static JsonObject Map(string name, string key, string value) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["data"] = new JsonObject { [key] = value },
    };

    private static JsonNode Definition() => JsonText.Parse(
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"boats.sea.example.com"},
         "spec":{"group":"sea.example.com","scope":"Namespaced","names":{"plural":"boats","singular":"boat","kind":"Boat","listKind":"BoatList"},
          "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
        """u8)!;
}
