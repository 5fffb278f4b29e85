using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Lifecycle;

/// <summary>Namespaces and definitions that wait for what is in them.</summary>
public sealed class DeletionTests : IAsyncLifetime
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Boats = "/apis/sea.example.com/v1/namespaces/default/boats";
    private RunningApi api = null!;

    public async ValueTask InitializeAsync() => api = await RunningApi.StartAsync();

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task A_namespace_tells_what_it_waits_for_and_goes_with_the_last_finalizer()
    {
        await api.DoAsync("POST", "/api/v1/namespaces", Named("n"));
        const string maps = "/api/v1/namespaces/n/configmaps";
        await api.DoAsync("POST", maps, Named("free"));
        await api.DoAsync("POST", maps, Held("held"));
        await api.DoAsync("DELETE", "/api/v1/namespaces/n");

        var waiting = await api.UntilAsync("/api/v1/namespaces", "n", ns => Condition(ns, "NamespaceFinalizersRemaining") == "True");
        Assert.Equal("Terminating", waiting.Object("status").String("phase"));
        Assert.Equal("True", Condition(waiting, "NamespaceContentRemaining"));
        Assert.Contains("example.com/hold in 1 resource instances", waiting!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(404, (await api.SendAsync("GET", $"{maps}/free")).Code);
        var refused = await api.SendAsync("POST", maps, Named("late"));
        Assert.Equal((403, "NamespaceTerminating"), (refused.Code, refused.Body.Object("details").Array("causes")![0].String("reason")));

        await api.DoAsync("PATCH", $"{maps}/held", new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, "application/merge-patch+json");
        await api.UntilAsync("/api/v1/namespaces", "n", ns => ns is null);
    }

    [Fact]
    public async Task A_definition_goes_with_its_last_object_and_comes_back_empty()
    {
        await api.DoAsync("POST", Definitions, Definition());
        await api.UntilAsync(Definitions, "boats.sea.example.com", d => Condition(d, "Established") == "True");
        await api.DoAsync("POST", Boats, Boat(Named("free")));
        await api.DoAsync("POST", Boats, Boat(Held("held")));
        await api.DoAsync("DELETE", $"{Definitions}/boats.sea.example.com");
        await api.UntilAsync(Definitions, "boats.sea.example.com", d => Condition(d, "Terminating") == "True");
        await api.UntilAsync(Boats, "free", b => b is null);
        Assert.Equal(405, (await api.SendAsync("POST", Boats, Boat(Named("late")))).Code);

        await api.DoAsync("PATCH", $"{Boats}/held", new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, "application/merge-patch+json");
        await api.UntilAsync(Definitions, "boats.sea.example.com", d => d is null);

        await api.DoAsync("POST", Definitions, Definition());
        await api.UntilAsync(Definitions, "boats.sea.example.com", d => Condition(d, "Established") == "True");
        Assert.Empty((await api.DoAsync("GET", Boats)).Array("items")!);
    }

    [Fact]
    public async Task A_namespace_empties_custom_resources_too()
    {
        await api.DoAsync("POST", Definitions, Definition());
        await api.UntilAsync(Definitions, "boats.sea.example.com", d => Condition(d, "Established") == "True");
        await api.DoAsync("POST", "/api/v1/namespaces", Named("n"));
        await api.DoAsync("POST", "/apis/sea.example.com/v1/namespaces/n/boats", Boat(Named("b")));
        await api.DoAsync("DELETE", "/api/v1/namespaces/n");
        await api.UntilAsync("/api/v1/namespaces", "n", ns => ns is null);
        Assert.Empty((await api.DoAsync("GET", "/apis/sea.example.com/v1/boats")).Array("items")!);
    }

    [Fact]
    public async Task Deleting_the_default_service_account_brings_a_new_one()
    {
        const string accounts = "/api/v1/namespaces/default/serviceaccounts";
        var first = await api.UntilAsync(accounts, "default", a => a is not null);
        await api.DoAsync("DELETE", $"{accounts}/default");
        await api.UntilAsync(accounts, "default", a => a is not null && Uid(a) != Uid(first!));
    }

    private static string? Uid(JsonObject obj) => obj.Object("metadata").String("uid");

    private static string? Condition(JsonObject? obj, string type) =>
        (obj.Object("status").Array("conditions") ?? []).FirstOrDefault(c => c.String("type") == type).String("status");

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name } };

    private static JsonObject Held(string name)
    {
        var obj = Named(name);
        obj["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        return obj;
    }

    private static JsonObject Boat(JsonObject obj)
    {
        obj["apiVersion"] = "sea.example.com/v1";
        obj["kind"] = "Boat";
        return obj;
    }

    private static JsonNode Definition() => JsonText.Parse(
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"boats.sea.example.com"},
         "spec":{"group":"sea.example.com","scope":"Namespaced","names":{"plural":"boats","singular":"boat","kind":"Boat","listKind":"BoatList"},
          "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
        """u8)!;
}
