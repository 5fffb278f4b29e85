using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Faults;

/// <summary>Owners with thousands of dependents.</summary>
public sealed class GarbageTests : IAsyncLifetime
{
    private const int Dependents = 2000;
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private RunningApi api = null!;

    public async ValueTask InitializeAsync() => api = await RunningApi.StartAsync();

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task A_background_delete_removes_the_owner_at_once_and_then_all_dependents()
    {
        await MakeAsync();
        await api.DoAsync("DELETE", $"{Maps}/owner?propagationPolicy=Background");
        Assert.Equal(404, (await api.SendAsync("GET", $"{Maps}/owner")).Code);
        await UntilLeftAsync(0);
    }

    [Fact]
    public async Task A_foreground_delete_removes_the_owner_after_all_dependents()
    {
        var revision = await MakeAsync();
        await api.DoAsync("DELETE", $"{Maps}/owner?propagationPolicy=Foreground");
        var gone = new List<string>();
        await foreach (var change in api.WatchAsync($"{Maps}?watch=true&resourceVersion={revision}"))
        {
            if (change.String("type") == "DELETED")
                gone.Add(change.Object("object").Object("metadata").String("name")!);
            if (gone.Count > Dependents)
                break;
        }
        Assert.Equal("owner", gone[^1]);
        Assert.Equal(Dependents + 1, gone.Distinct().Count());
    }

    [Fact]
    public async Task An_orphaning_delete_takes_the_references_away_and_keeps_all_dependents()
    {
        await MakeAsync();
        await api.DoAsync("DELETE", $"{Maps}/owner?propagationPolicy=Orphan");
        await api.UntilAsync(Maps, "owner", o => o is null);
        var items = (await api.DoAsync("GET", Maps)).Array("items")!;
        Assert.Equal(Dependents, items.Count);
        Assert.All(items, item => Assert.Null(item.Object("metadata").Array("ownerReferences")));
    }

    /// <summary>Makes an owner and its dependents; returns the revision after that.</summary>
    private async Task<string> MakeAsync()
    {
        var owner = await api.DoAsync("POST", Maps, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "owner" } });
        var uid = owner.Object("metadata").String("uid");
        await Parallel.ForAsync(0, Dependents, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            var reference = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["name"] = "owner", ["uid"] = uid, ["blockOwnerDeletion"] = true };
            await api.DoAsync("POST", Maps, new JsonObject { ["metadata"] = new JsonObject { ["name"] = $"d-{i}", ["ownerReferences"] = new JsonArray(reference) } });
        });
        return (await api.DoAsync("GET", $"{Maps}?limit=1")).Object("metadata").String("resourceVersion")!;
    }

    private async Task UntilLeftAsync(int wanted)
    {
        var list = await api.DoAsync("GET", Maps);
        var left = list.Array("items")!.Count;
        if (left == wanted)
            return;
        await foreach (var change in api.WatchAsync($"{Maps}?watch=true&resourceVersion={list.Object("metadata").String("resourceVersion")}"))
        {
            if (change.String("type") == "DELETED" && --left == wanted)
                return;
        }
    }
}
